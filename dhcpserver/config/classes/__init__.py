"""The catalogue: one file for each class of objects, one field with its row for each attribute.

This package is the only place of the defaults. `config.registry` lists the classes.
"""
