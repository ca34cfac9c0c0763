"""Why a datagram was not taken."""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """The cause of a rejection; the value is said to people."""

    SOURCE = "its source is not among those allowed"
    NETWORK = "its community or user may not be used from its source"
    COMMUNITY = "its community is not accepted"
    MESSAGE = "it is no trap that can be read"
    VERSION = "it is SNMPv3, and no user is configured"
    USER = "its user is not known"
    ENGINE = "its engine ID is not accepted for its user"
    LEVEL = "its security level is not that of its user"
    DIGEST = "its digest is wrong: another key or another protocol"
    TIME = "it is not in the time window: old, replayed, or of an engine that forgot its boots"
    DECRYPTION = "it cannot be decrypted: another privacy key or protocol"
    DISCOVERY = "it asked who we are or what time it is, and was answered"

    @property
    def word(self) -> str:
        """For counters."""
        return self.name.lower()


DROPPED_QUEUE = "queue-full"
DROPPED_RATE = "rate-limit"


@dataclass(frozen=True, slots=True)
class Rejection:
    """What one source had rejected, or dropped, for one reason."""

    source: str
    reason: str
    """`Reason.word`, or why it was dropped: `queue-full`, `rate-limit`."""
    count: int
