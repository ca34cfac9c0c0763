"""The messages of a DHCPv6 client as octets: who it is, what it requests, and its identity associations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dhcpserver.client.bindings6 import Bindings6, IARequest
from dhcpserver.client.effects6 import Lease6
from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option, pack_options

REQUESTED = (o6.DNS_SERVERS, o6.DOMAIN_SEARCH)
_SEES_OPTIONS = frozenset(
    (
        MessageType6.SOLICIT,
        MessageType6.REQUEST,
        MessageType6.RENEW,
        MessageType6.REBIND,
        MessageType6.INFORMATION_REQUEST,
    )
)
"""Messages with Option Request (RFC 8415 section 21.7)."""


@dataclass(frozen=True, slots=True)
class Identity6:
    """The identity of a client in its messages, and what it requests."""

    duid: bytes
    ias: tuple[IARequest, ...] = (IARequest(IAKind.NA, 1),)
    """Empty for a client that requests configuration only."""
    rapid_commit: bool = False
    reconfigure: bool = False
    """Whether it accepts RECONFIGURE."""
    host_name: str | None = None
    requested: tuple[int, ...] = REQUESTED
    """The options that it requests."""
    user_class: bytes | None = None
    hardware_address: bytes = b""
    """What its relay reports; it is in no message of the client."""


def requested(ias: Iterable[IARequest]) -> tuple[IA, ...]:
    """Return identity associations without leases; a prefix length is a hint."""
    return tuple(IA(ia.kind, ia.iaid, leases=_hints(ia)) for ia in ias)


def _hints(ia: IARequest) -> list[IALease]:
    return [IALease(0, length=ia.length_hint)] if ia.kind is IAKind.PD and ia.length_hint else []


def held(ias: Iterable[IARequest], bindings: Bindings6) -> tuple[IA, ...]:
    """Return all identity associations with their leases; those without one as in a SOLICIT."""
    found: list[IA] = []
    for ia in ias:
        leases = bindings.of(ia.kind, ia.iaid)
        found.append(IA(ia.kind, ia.iaid, leases=[_in_message(lease) for lease in leases] or _hints(ia)))
    return tuple(found)


def grouped(leases: Sequence[Lease6]) -> tuple[IA, ...]:
    """Return the identity associations of leases, with those leases only."""
    found: dict[tuple[IAKind, int], IA] = {}
    for lease in leases:
        ia = found.setdefault((lease.kind, lease.iaid), IA(lease.kind, lease.iaid))
        ia.leases.append(_in_message(lease))
    return tuple(found.values())


def _in_message(lease: Lease6) -> IALease:
    """Return a lease as clients send it: without lifetimes."""
    return IALease(lease.address, length=lease.length)


def without_times(ia: IA) -> IA:
    """Return an association that a server offered, as the client requests it."""
    return IA(ia.kind, ia.iaid, leases=[IALease(lease.address, length=lease.length) for lease in ia.leases])


def encode(
    kind: MessageType6, xid: int, identity: Identity6, elapsed: int, server: bytes | None, ias: Iterable[IA]
) -> bytes:
    """Return a message. `elapsed` is in hundredths of a second, `server` the DUID of the server that it is for."""
    options: list[Option] = [(o6.CLIENT_ID, identity.duid)]
    if server is not None:
        options.append((o6.SERVER_ID, server))
    options.append((o6.ELAPSED_TIME, elapsed.to_bytes(2, "big")))
    if kind in _SEES_OPTIONS:
        stateless = kind is MessageType6.INFORMATION_REQUEST
        codes = [*identity.requested, o6.INF_MAX_RT if stateless else o6.SOL_MAX_RT]
        if stateless:
            codes.append(o6.INFORMATION_REFRESH_TIME)
        elif identity.host_name is not None:
            codes.append(o6.CLIENT_FQDN)  # The answer has the name that the server stores (RFC 4704 section 5).
        options.append((o6.OPTION_REQUEST, dhcp6values.pack_codes(codes)))
        if identity.user_class is not None:
            options.append((o6.USER_CLASS, dhcp6values.pack_counted([identity.user_class])))
        if identity.reconfigure:
            options.append((o6.RECONFIGURE_ACCEPT, b""))
        if identity.host_name is not None and not stateless:
            name = dhcp6values.Fqdn(0, (identity.host_name.encode(),), complete=False)
            options.append((o6.CLIENT_FQDN, dhcp6values.pack_fqdn(name)))
    if kind is MessageType6.SOLICIT and identity.rapid_commit:
        options.append((o6.RAPID_COMMIT, b""))
    return dhcp6.encode(kind, xid, pack_options(options) + b"".join([pack_ia(ia) for ia in ias]))
