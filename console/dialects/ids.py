"""The number of a message id in an index: that of five digits itself, and a checksum of a word."""

import zlib

NO_ID = 0
WORD = 1 << 31
"""Set in the number of a word, so that no word has the number of five digits."""


def id_number(word: str) -> int:
    """The number of a message id. Two words have the same number once in two thousand million."""
    if not word:
        return NO_ID
    return int(word) if word.isascii() and word.isdigit() else WORD | (zlib.crc32(word.encode()) & (WORD - 1))
