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


class StateCause(StrEnum):
    """What led to the present state of a server, or to a change of state.

    `contact` and `startup-over`: STARTUP ended with and without contact. A server that resumes PARTNER-DOWN after a
    restart has the cause for which it was entered.
    """

    START = "start"
    CONTACT = "contact"
    STARTUP_OVER = "startup-over"
    CONTACT_LOST = "contact-lost"
    PARTNER_STATE = "partner-state"
    OPERATOR = "operator"
    SAFE_PERIOD = "safe-period"
    UPDATES_DONE = "updates-done"
    WAIT_OVER = "wait-over"
    LOST_RECORD = "lost-record"
    RESTORED_COPY = "restored-copy"
    CONFIGURATION = "configuration"
    STOP = "stop"


class LinkFailureCause(StrEnum):
    """Why a failover connection ended, or was not established. Either server may have refused it.

    `timeout`: no answer to a connection attempt, or no CONNECT in time. `ack-timeout`: updates or a request for them
    were not answered. `closed`: the other end closed it without a reason.
    """

    SKEW = "skew"
    VERSION = "version"
    RELATIONSHIP = "relationship"
    MCLT = "mclt"
    BUCKETS = "buckets"
    TLS = "tls"
    DIGEST = "digest"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NO_TRAFFIC = "no-traffic"
    ACK_TIMEOUT = "ack-timeout"
    PROTOCOL = "protocol"
    CLOSED = "closed"
    REPLACED = "replaced"
    PARTNER_STOPPED = "partner-stopped"
    STOPPED = "stopped"
    OPERATOR = "operator"


class Reconfiguring(StrEnum):
    """What a DHCPv6 client is to send after a RECONFIGURE."""

    RENEW = "renew"
    REBIND = "rebind"
    INFORMATION_REQUEST = "information-request"


class Absence(StrEnum):
    """For how long a server is stopped: after `short` the partner waits, after `long` it takes over."""

    SHORT = "short"
    LONG = "long"
