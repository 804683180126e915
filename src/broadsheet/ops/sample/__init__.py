"""The first sample edition: three invented publications that the program serves to itself.

`edition` reads the files, `feeds` and `pages` render them for one instant, `origin` answers
for them on loopback. Nothing here knows the database: a sample article reaches the paper the
way every other article does, through the wire.
"""
