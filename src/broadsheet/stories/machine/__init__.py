"""The story machine: which articles tell of one event. Plain Python and numpy, no Django, no clock of its own.

`newsroom.Newsroom` is the door: it keeps one `writer.Writer` per language and hands each article to its own.
"""
