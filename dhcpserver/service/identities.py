"""What a reservation is for, as a key: a client, or a port of a switch that a relay names in option 82 (RFC 3046)."""

from collections.abc import Iterable, Iterator

from dhcpserver.config.classes.scope import Reservation, Scope
from dhcpserver.leases.lease import client_key
from dhcpserver.wire import options4
from dhcpserver.wire.errors import WireError

_PORT = b"\2"
"""The first octet of the keys of ports. Those of clients begin with 0 or 1 (`leases.lease.client_key`)."""


def addresses_by_identity(scopes: Iterable[Scope]) -> dict[bytes, dict[str, int]]:
    """Return the reserved addresses by key and scope name.

    A reservation by hardware address is valid for a client with an identifier too.
    """
    found: dict[bytes, dict[str, int]] = {}
    for scope in scopes:
        for reservation in scope.reservations:
            found.setdefault(identity(reservation), {})[scope.name] = int(reservation.ipaddr)
    return found


def identity(reservation: Reservation) -> bytes:
    """Return the key of the client or port that a reservation is for."""
    if reservation.for_port:
        return _port(reservation.circuit_id, reservation.remote_id)
    if reservation.mac is not None:
        return client_key(None, reservation.mac)
    return client_key(bytes.fromhex((reservation.client_id or "").replace(":", "")), b"")


def port_identities(relay_info: bytes | None) -> Iterator[bytes]:
    """Return the keys of reservations that fit a client with this option 82, the most exact one first.

    Sub-options that end too early fit none.
    """
    if not relay_info:
        return
    try:
        found = options4.sub_options(relay_info)
    except WireError:
        return
    circuit, remote = found.get(options4.CIRCUIT_ID) or None, found.get(options4.REMOTE_ID) or None
    if circuit is not None and remote is not None:
        yield _port(circuit, remote)
    if circuit is not None:
        yield _port(circuit, None)
    if remote is not None:
        yield _port(None, remote)


def _port(circuit: bytes | None, remote: bytes | None) -> bytes:
    """Return the key of a port. The length of the circuit ID separates the two; an absent one has no length octet."""
    first = b"" if circuit is None else bytes((len(circuit),)) + circuit
    return _PORT + bytes((circuit is not None, remote is not None)) + first + (remote or b"")
