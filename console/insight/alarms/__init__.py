"""Alarms: one fault is one alarm, whoever reports it.

conditions.py   what polls show: a table of findings and of what settles each
signals.py      what traps and log lines say: tables of what raises and what clears
lifecycle.py    raise, count, clear, reopen
"""
