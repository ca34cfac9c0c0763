"""The observation journal: everything that was learnt, kept so that an incident can be seen again.

recording.py   what is worth keeping of a stream of polls
store.py       the database: append, read by time, retention
writer.py      a thread of its own, so that a slow disk never holds the screen up
files.py       recordings as files, to hand on
"""
