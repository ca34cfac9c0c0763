"""What is wrong with bytes that somebody sent.

WireError                a message that cannot be read; says what was seen and what was expected
└── TruncatedError       it ends before it should
"""


class WireError(ValueError):
    """Bytes that are no message of this protocol."""


class TruncatedError(WireError):
    """Bytes that end in the middle of a message."""
