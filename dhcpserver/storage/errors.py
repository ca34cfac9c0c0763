"""What can go wrong with stable storage.

StoreError        the store cannot be read or written; the message names the file and the cause
"""


class StoreError(Exception):
    """Nothing may leave the server until the store works again."""
