"""MIB modules of the operator's choice: the names, words and formats of what other equipment sends."""
