"""Runbooks: what to do, in which order, and how it is seen to have been done.

`steps` says what a step is, `checks` are the live conditions, `progress` the interpreter, `listing` which runbook fits.
Every other module is the data of one runbook or of a family of them. All of it is pure: a picture, a time and what
people ticked go in, and where one stands comes out, so that a replay shows what was shown then.
"""
