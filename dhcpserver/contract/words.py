"""The words that the documents use. A reader must accept a word that is not here: a newer server may send it."""

from enum import StrEnum


class PairRole(StrEnum):
    """The server's role in the failover pair."""

    MAIN = "main"
    BACKUP = "backup"


class Communications(StrEnum):
    """Whether a STATE message arrived on the open failover connection."""

    OK = "ok"
    INTERRUPTED = "interrupted"


class Family(StrEnum):
    """What a pool holds."""

    DHCP4 = "dhcp4"
    DHCP6_NA = "dhcp6-na"
    DHCP6_TA = "dhcp6-ta"
    DHCP6_PD = "dhcp6-pd"


class LeaseState(StrEnum):
    """The state of a lease as an operator reads it: `available` is the answering server's own to give."""

    AVAILABLE = "available"
    OTHER_AVAILABLE = "other-available"
    OFFERED = "offered"
    LEASED = "leased"
    PENDING_AVAILABLE = "pending-available"
    UNAVAILABLE = "unavailable"


class ThresholdScope(StrEnum):
    """What a free-address threshold is counted over."""

    SCOPE = "scope"
    NETWORK = "network"
    SELECTION_TAGS = "selection-tags"


class UserRole(StrEnum):
    """What a user of the API may do."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    EXPERT = "expert"


class Absence(StrEnum):
    """For how long a server is stopped: after `short` the partner waits, after `long` it takes over."""

    SHORT = "short"
    LONG = "long"
