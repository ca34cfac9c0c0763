"""Accept or refuse what the partner says of a binding (RFC 8156 section 8.5.5, draft-12 section 7.1.3).

A table by our status and the one received; each cell names what must hold. Times decide most of it: the news must not
be older than ours. Clocks agree to a few seconds only, so times that close are the same time.

News of the same time from both sides needs more than "not later" to refuse it: a client that releases and asks anew
within those seconds, or gets an address just moved to the server, is the everyday case, and on an ordered connection
what arrives is what the partner decided knowing all that we had told it. So the same time is refused only when
we hold news that the partner does not have. Then a lease wins over the end of one: a client that releases at one server
and returns to the other is served by clocks of which nobody can say which is right, and has the address for certain.
Otherwise both compare the times as they are, the main's winning a draw. So both come to the same end whichever message
arrives first.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from dhcpserver.leases.lease import PENDING, Lease, Status, client_key
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import RESERVED_FLAG, BindingUpdate


class Rule(Enum):
    """What must hold for a cell to accept."""

    LATER = "not older than what we know"
    ENDED = "our lease is over"
    CONTACT = "the client was heard after our state began"
    CLIENT = "the same client; else CONTACT, or we are the backup and the partner's lease still runs"
    NEVER = "less critical than what we know"


_L, _E, _C, _S, _N = Rule.LATER, Rule.ENDED, Rule.CONTACT, Rule.CLIENT, Rule.NEVER
_COLUMNS = (
    Status.ACTIVE,
    Status.EXPIRED,
    Status.RELEASED,
    Status.FREE,
    Status.BACKUP,
    Status.RESET,
    Status.ABANDONED,
)

TABLE: Mapping[Status, Mapping[Status, Rule]] = {
    ours: dict(zip(_COLUMNS, row, strict=True))
    for ours, row in {
        #                 active expired released free backup reset abandoned
        Status.ACTIVE: (_S, _E, _L, _E, _E, _L, _L),
        Status.EXPIRED: (_L, _L, _L, _L, _L, _L, _L),
        Status.RELEASED: (_L, _L, _L, _L, _L, _L, _L),
        Status.FREE: (_L, _L, _L, _L, _L, _L, _L),
        Status.BACKUP: (_L, _L, _L, _L, _L, _L, _L),
        Status.RESET: (_C, _L, _L, _L, _L, _L, _L),
        Status.ABANDONED: (_L, _L, _L, _L, _L, _L, _L),
    }.items()
}
FOREIGN: Mapping[Status, Mapping[Status, Rule]] = {
    **TABLE,
    Status.ABANDONED: dict(zip(_COLUMNS, (_N, _N, _N, _N, _N, _L, _L), strict=True)),
}
"""Draft-12 lets nothing but RESET and ABANDONED replace ABANDONED; so towards a partner that speaks draft-12 alone."""

_BY_CONTACT = frozenset((Status.ACTIVE, Status.EXPIRED, Status.RELEASED))
_NEEDS_HARDWARE = _BY_CONTACT


class Refusal(NamedTuple):
    """Why an update is refused; `conflict` when two clients hold the address."""

    reason: Reject
    message: str
    conflict: bool = False


def malformed(update: BindingUpdate) -> Refusal | None:
    """What an update lacks that none may lack."""
    if not update.address:
        return Refusal(Reject.MISSING_BINDING, "no assigned-IP-address")
    if not Status.FREE <= update.status <= Status.BACKUP:
        return Refusal(Reject.MISSING_BINDING, f"binding-status {update.status}; expected 1 to 7")
    if update.status in _NEEDS_HARDWARE and not update.hardware and update.client_id is None:
        return Refusal(Reject.MISSING_BINDING, "neither client-hardware-address nor client-identifier")
    if update.status in _BY_CONTACT and not (update.cltt or update.sos):
        return Refusal(Reject.MISSING_BINDING, "neither client-last-transaction-time nor start-time-of-state")
    if update.status == Status.ACTIVE and not update.state_exp:
        return Refusal(Reject.MISSING_BINDING, "no lease-expiration-time")
    return None


def judge(lease: Lease, update: BindingUpdate, now: float, *, main: bool, foreign: bool, skew: float) -> Refusal | None:
    """Whether a well-formed update of a lease is refused, and why. `skew` is how far clocks may differ, in seconds."""
    if update.status == Status.BACKUP and bool(update.flags & RESERVED_FLAG) is not lease.reserved:
        # ISC dhcpd marks reservations of its own kind alone, so that a missing mark says nothing of its configuration.
        if not lease.reserved:
            return Refusal(Reject.NOT_RESERVED, "the address is not reserved here")
        if not foreign:
            return Refusal(Reject.NOT_RESERVED, "the address is reserved here")
    rule = (FOREIGN if foreign else TABLE)[lease.status][Status(update.status)]
    if rule is Rule.LATER:
        fits = _later(lease, update, main, skew)
    elif rule is Rule.ENDED:
        # The partner's clock may see the end of a lease first, but only of one whose end it has been told.
        told = update.status == Status.EXPIRED and not lease.needs_update
        fits = now > lease.state_exp - (skew if told else 0)
    elif rule is Rule.CONTACT:
        fits = update.cltt > lease.sos
    elif rule is Rule.CLIENT:
        if client_key(update.client_id, update.hardware) == lease.key:
            return None
        over = update.state_exp + skew < now < lease.state_exp
        if update.cltt > lease.sos or not (main or over):
            return None
        if over:
            return Refusal(Reject.OUTDATED, "the address is leased to another client since that lease ended")
        return Refusal(Reject.FATAL_CONFLICT, "the address is leased to another client", conflict=True)
    else:
        return Refusal(Reject.LESS_CRITICAL, f"the address is {lease.status.name} here")
    if fits:
        return None
    return Refusal(Reject.OUTDATED, f"the address is {lease.status.name} here, by later information")


def received_time(update: BindingUpdate) -> int:
    """The time that an update is compared by: the client's last transaction, or when the state began."""
    if update.status in _BY_CONTACT:
        return update.cltt or update.sos
    return max(update.cltt, update.sos)


def known_time(lease: Lease) -> int:
    """The time that our record is compared by."""
    if lease.status in _BY_CONTACT:
        return lease.cltt or lease.sos
    return max(lease.cltt, lease.sos)


def _later(lease: Lease, update: BindingUpdate, main: bool, skew: float) -> bool:
    difference = received_time(update) - known_time(lease)
    if abs(difference) > skew:
        return difference > 0
    if not lease.needs_update or same_content(lease, update):
        return True
    active = update.status == Status.ACTIVE
    if active != (lease.status is Status.ACTIVE) and Status.ABANDONED not in (lease.status, update.status):
        return active
    return difference > 0 or (difference == 0 and not main)


def same_content(lease: Lease, update: BindingUpdate) -> bool:
    """Whether an update says what we know already."""
    status = lease.status
    if update.status != status and not (update.status in PENDING and status is Status.FREE):
        return False
    if status is not Status.ACTIVE:
        return True
    return lease.state_exp == update.state_exp and lease.key == client_key(update.client_id, update.hardware)
