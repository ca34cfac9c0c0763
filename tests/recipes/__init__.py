"""The recipes of CONTRIBUTING.md, done: each test follows one in a copy of the packages and then uses what was added.

changed_tree   the copy, and which of its files a recipe changed
page           the files that a recipe of CONTRIBUTING.md names
test_NAME      the steps of a recipe
trial_NAME     the program that uses the result; it runs in the copy
"""
