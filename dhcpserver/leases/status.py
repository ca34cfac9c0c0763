"""Binding status of an address (draft-12 section 7, option 3)."""

from enum import IntEnum


class Status(IntEnum):
    """Binding status; the numbers are those of draft-12."""

    FREE = 1
    ACTIVE = 2
    EXPIRED = 3
    RELEASED = 4
    ABANDONED = 5
    RESET = 6
    BACKUP = 7


PENDING = frozenset((Status.EXPIRED, Status.RELEASED, Status.RESET))
"""The lease has ended and the partner has not acknowledged that: neither server may give the address
(pending-available)."""
