"""Alarms. One fault is one alarm, whichever source reports it.

table.py        every kind of alarm; the rows are in *_rows.py, row.py has their type
judging.py      raises and clears alarms from polls, by the rows
signals.py      tables of the traps and log lines that raise and clear alarms
keys.py         the entity of a trap: the second half of the reduction key
lifecycle.py    raise, count, clear, reopen
own.py          alarms about the console itself
causes.py       which alarm is a consequence of which
listing.py      the list of alarms on the screen
"""
