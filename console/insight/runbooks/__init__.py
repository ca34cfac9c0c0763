"""Runbooks: procedures of steps with an order, each with a check that shows when it is done.

`steps` has the types, `checks` the live conditions, `progress` the interpreter, and `listing` all runbooks and which of
them fit. Every other module is the data of one runbook or of a family of them. All of it is pure: the input is a
picture, a time and the steps that people ticked; the output is the status of each step. So a replay shows the same.
"""
