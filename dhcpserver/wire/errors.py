"""The errors of decoding.

WireError                octets that are not a valid message; the text names what was found and what was expected
└── TruncatedError       octets that end within a message
"""


class WireError(ValueError):
    """The octets are not a valid message of the protocol."""


class TruncatedError(WireError):
    """The octets end within a message."""
