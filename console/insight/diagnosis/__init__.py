"""The problems of a pair: each with its certainty, its prospect if no action is taken, and its steps. A table of rules.

problem.py has the types; table.py the rules and `diagnose`; the other modules have the rules of one subject each.
"""
