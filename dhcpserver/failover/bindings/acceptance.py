"""Accept or refuse the partner's binding updates (RFC 8156 section 8.5.5, draft-12 section 7.1.3).

A table has the condition for each pair of this server's status and the received one. Mostly the times decide: the
update must not be older than this server's record. The clocks of the two servers agree only to a few seconds, so times
closer than that count as the same time.

An update of the same time is not refused just because it is not later. It is common that a client releases and requests
an address within those seconds, or gets an address that was just moved to the server. On an ordered connection, the
partner also sent the update after it received all that this server had sent before. So an update of the same time is
refused only if this server has a change that the partner does not have. Between two such changes:

    a lease wins over the end of a lease    the client released at one server and returned to the other, which have
                                            different clocks; it certainly uses the address
    otherwise the later time wins           of equal times, the main's

Both servers come to the same result, whichever message arrives first.

A running lease beats an end that was not agreed. A server alone may free an address, by the arithmetic of PARTNER-DOWN,
that its partner has extended meanwhile, so the later time proves nothing. If this server has a free or ended lease that
the partner has not acknowledged, it accepts an active lease whose end is to come. A release by that client is
different: the client ended the lease, and the later time decides. If this server gave the address to another client
meanwhile, the rule for two clients decides.

A server that requests all leases has an older store than its partner, or none. Its record of an address that no client
has proves nothing then, whatever its time: the partner's replaces it, unless this server changed it since.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from dhcpserver.failover.codec import RESERVED_FLAG, BindingUpdate, Reject
from dhcpserver.leases.lease import PENDING, Lease, Status
from dhcpserver.limits import MAXIMUM_CLIENT_ID, MAXIMUM_DUID, MAXIMUM_HARDWARE, MAXIMUM_RELAY_DATA, MAXIMUM_RELAY_INFO


class Condition(Enum):
    """The condition under which a cell accepts the update."""

    LATER = "the update is not older than this server's record"
    ENDED = "this server's lease has ended"
    CONTACT = "the client's last transaction is after the start of this server's state"
    CLIENT = "the same client; else the partner's lease is still active, and CONTACT or this server is the backup"
    NEVER = "less critical than this server's record"


_L, _E, _C, _S, _N = Condition.LATER, Condition.ENDED, Condition.CONTACT, Condition.CLIENT, Condition.NEVER
_COLUMNS = (
    Status.ACTIVE,
    Status.EXPIRED,
    Status.RELEASED,
    Status.FREE,
    Status.BACKUP,
    Status.RESET,
    Status.ABANDONED,
)

CONDITIONS: Mapping[Status, Mapping[Status, Condition]] = {
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
"""Row: this server's status; column: the received status."""
FOREIGN_CONDITIONS: Mapping[Status, Mapping[Status, Condition]] = {
    **CONDITIONS,
    Status.ABANDONED: dict(zip(_COLUMNS, (_N, _N, _N, _N, _N, _L, _L), strict=True)),
}
"""For a foreign partner: in draft-12 only RESET and ABANDONED replace ABANDONED."""

_BY_CONTACT = frozenset((Status.ACTIVE, Status.EXPIRED, Status.RELEASED))
_NEEDS_HARDWARE = _BY_CONTACT
_RELAY_INFO = {4: MAXIMUM_RELAY_INFO, 6: MAXIMUM_RELAY_DATA}
_ENDED = PENDING | {Status.FREE, Status.BACKUP}


class UpdateRefusal(NamedTuple):
    """Why an update is refused. `conflict`: whether two clients have the address."""

    reason: Reject
    message: str
    conflict: bool = False


def check_content(update: BindingUpdate) -> UpdateRefusal | None:
    """Return the refusal of an update without a required option, or with one that is too long; None if it is valid."""
    if not update.address:
        return UpdateRefusal(Reject.MISSING_BINDING, "no assigned-IP-address")
    if not Status.FREE <= update.status <= Status.BACKUP:
        return UpdateRefusal(Reject.MISSING_BINDING, f"binding-status {update.status}; expected 1 to 7")
    if update.status in _NEEDS_HARDWARE and not update.hardware and update.client_id is None:
        return UpdateRefusal(Reject.MISSING_BINDING, "neither client-hardware-address nor client-identifier")
    if update.status in _BY_CONTACT and not (update.cltt or update.sos):
        return UpdateRefusal(Reject.MISSING_BINDING, "neither client-last-transaction-time nor start-time-of-state")
    for name, octets, most in (
        ("client-hardware-address", update.hardware, MAXIMUM_HARDWARE),
        ("client-identifier", update.client_id or b"", MAXIMUM_DUID if update.family == 6 else MAXIMUM_CLIENT_ID),
        ("relay agent information", update.relay_info or b"", _RELAY_INFO[update.family]),
    ):
        if len(octets) > most:
            return UpdateRefusal(Reject.MISSING_BINDING, f"{name} of {len(octets)} octets; at most {most}")
    if update.status == Status.ACTIVE and not update.state_exp:
        return UpdateRefusal(Reject.MISSING_BINDING, "no lease-expiration-time")
    return None


def check_times(update: BindingUpdate, now: float, skew: float) -> UpdateRefusal | None:
    """Return the refusal of an update with a time ahead of this server's clock; None if there is none.

    Such a time would make every later update of the lease look older.
    """
    for name, time in (
        ("client-last-transaction-time", update.cltt),
        ("start-time-of-state", update.sos),
        ("time of the message", update.time),
    ):
        if time > now + skew:
            return UpdateRefusal(Reject.TIME_MISMATCH, f"{name} is {time - now:.0f} s ahead of this server's clock")
    return None


def check_update(
    lease: Lease,
    update: BindingUpdate,
    now: float,
    *,
    main: bool,
    foreign: bool,
    skew: float,
    recovering: bool = False,
) -> UpdateRefusal | None:
    """Return the refusal of a complete update of a lease; None if it is accepted.

    `main`: this server's role. `foreign`: whether the partner uses draft-12 without Pairwatch's extensions. `skew`: how
    far the clocks may differ, in seconds. `recovering`: whether this server has requested all leases of its partner,
    and has not received all.
    """
    if update.status == Status.BACKUP and bool(update.flags & RESERVED_FLAG) is not lease.reserved:
        # ISC dhcpd marks only its own kind of reservation, so a missing mark does not mean that it has none.
        if not lease.reserved:
            return UpdateRefusal(Reject.NOT_RESERVED, "the address is not reserved here")
        if not foreign:
            return UpdateRefusal(Reject.NOT_RESERVED, "the address is reserved here")
    if beats_unagreed_end(lease, update, now):
        return None
    condition = (FOREIGN_CONDITIONS if foreign else CONDITIONS)[lease.status][Status(update.status)]
    if _released_by_another_client(lease, update) or _reset_without_the_lease(lease, update):
        condition = Condition.ENDED
    if condition is Condition.LATER:
        unchanged = lease.status is not Status.ACTIVE and not lease.needs_update
        fits = (recovering and unchanged) or _later(lease, update, main, skew)
    elif condition is Condition.ENDED:
        # The partner's clock may reach the end of a lease first, but only if this server sent it that end.
        end_sent = update.status == Status.EXPIRED and not lease.needs_update
        # The end is stored in whole seconds, so the client has up to a second more.
        fits = now > lease.state_exp - skew if end_sent else now >= lease.state_exp + 1
    elif condition is Condition.CONTACT:
        fits = update.cltt > lease.sos
    elif condition is Condition.CLIENT:
        if update.key == lease.key:
            return None
        if update.state_exp <= now < lease.state_exp:
            return UpdateRefusal(Reject.OUTDATED, "the address is leased to another client since that lease ended")
        if update.cltt > lease.sos or not main:
            return None
        return UpdateRefusal(Reject.FATAL_CONFLICT, "the address is leased to another client", conflict=True)
    else:
        return UpdateRefusal(Reject.LESS_CRITICAL, f"the address is {lease.status.name} here")
    if fits:
        return None
    return UpdateRefusal(Reject.OUTDATED, f"the address is {lease.status.name} here, by later information")


def running(update: BindingUpdate, now: float) -> bool:
    """Return whether an update has a lease whose end is to come."""
    return update.status == Status.ACTIVE and update.state_exp > now


def beats_unagreed_end(lease: Lease, update: BindingUpdate, now: float) -> bool:
    """Return whether an update has a running lease, and this server an end of it that the partner has not acknowledged.

    The partner's agreement is the mark: `needs_update` is cleared by an acknowledgement only.
    """
    return (
        lease.status in _ENDED
        and lease.needs_update
        and running(update, now)
        and not released_by_its_client(lease, update)
    )


def released_by_its_client(lease: Lease, update: BindingUpdate) -> bool:
    """Return whether the client of an update released the address here. By its own act, the later time decides."""
    return lease.status is Status.RELEASED and update.key == lease.key


def _released_by_another_client(lease: Lease, update: BindingUpdate) -> bool:
    """Return whether the partner's client released an address that this server has leased to another client.

    That release says nothing about the lease here, however late it is.
    """
    if lease.status is not Status.ACTIVE or update.status != Status.RELEASED:
        return False
    return update.key != lease.key


def _reset_without_the_lease(lease: Lease, update: BindingUpdate) -> bool:
    """Return whether the partner reset an unavailable address without the record of a lease that this server gave.

    No client causes a reset. The address may have been declined before the lease, and the timeout ended after it.
    """
    return lease.status is Status.ACTIVE and update.status == Status.RESET and lease.needs_update


def received_time(update: BindingUpdate) -> int:
    """Return the time by which an update is compared: the client's last transaction, or the start of the state."""
    if update.status in _BY_CONTACT:
        return update.cltt or update.sos
    return max(update.cltt, update.sos)


def recorded_time(lease: Lease) -> int:
    """Return the time by which this server's record is compared."""
    if lease.status in _BY_CONTACT:
        return lease.cltt or lease.sos
    return max(lease.cltt, lease.sos)


def _later(lease: Lease, update: BindingUpdate, main: bool, skew: float) -> bool:
    difference = received_time(update) - recorded_time(lease)
    if abs(difference) > skew:
        return difference > 0
    if not lease.needs_update or same_content(lease, update):
        return True
    active = update.status == Status.ACTIVE
    if active != (lease.status is Status.ACTIVE) and Status.ABANDONED not in (lease.status, update.status):
        return active
    return difference > 0 or (difference == 0 and not main)


def same_content(lease: Lease, update: BindingUpdate) -> bool:
    """Return whether an update has the binding that this server has."""
    status = lease.status
    if update.status != status and not (update.status in PENDING and status is Status.FREE):
        return False
    if status is not Status.ACTIVE:
        return True
    return lease.state_exp == update.state_exp and lease.key == update.key
