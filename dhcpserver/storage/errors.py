"""The errors of stable storage.

StoreError        the store cannot be read or written; the text has the file and the cause
"""


class StoreError(Exception):
    """The store cannot be read or written. The server sends nothing until it can."""
