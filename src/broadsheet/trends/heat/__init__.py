"""Heat, the pure part: what is rising among stories, by independent voices and by readers, and the line that says why.

`rank.rank` is the one entry. Plain Python: no database, no clock of its own, the same answer for the same question.
"""
