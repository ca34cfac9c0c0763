"""Why a datagram was rejected or dropped."""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """The cause of a rejection; the value is the text for people."""

    SOURCE = "its source is not in the allowed networks"
    NETWORK = "its community or user is not allowed from its source"
    COMMUNITY = "its community is not accepted"
    MESSAGE = "it is not a valid trap"
    VERSION = "it is SNMPv3, and no user is configured"
    USER = "its user is not configured"
    ENGINE = "its engine ID is not accepted for its user"
    LEVEL = "its security level is not that of its user"
    DIGEST = "its digest is wrong: another key or another protocol"
    TIME = "it is outside the time window: old, replayed, or from an engine that lost its count of boots"
    DECRYPTION = "it cannot be decrypted: another privacy key or protocol"
    DISCOVERY = "it requested the engine ID or the time, and was answered"

    @property
    def word(self) -> str:
        """The name in counters."""
        return self.name.lower()


MENDED = "mended"
"""Under this word the causes count datagrams that were accepted although values in them are encoded wrongly."""
DROPPED_QUEUE = "queue-full"
DROPPED_RATE = "rate-limit"


@dataclass(frozen=True, slots=True)
class Rejection:
    """How many datagrams of one source were rejected or dropped for one reason."""

    source: str
    reason: str
    """`Reason.word`, or the cause of a drop: `queue-full`, `rate-limit`."""
    count: int
