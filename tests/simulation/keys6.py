"""The keys of DHCPv6 clients and their leases in a lease book, made here and not by the product.

An error of the product in them would else be in the checks too.
"""

from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease

_ADDRESS, _PREFIX = 1 << 128, 2 << 128


def association_key(duid: bytes | None, kind: IAKind, iaid: int) -> bytes:
    """Return the key of a client for one of its identity associations."""
    return b"\2" + bytes((kind,)) + iaid.to_bytes(4, "big") + (duid or b"")


def client_of_ia(duid: bytes | None, ia: IA) -> bytes:
    """Return the same for an association in a message."""
    return association_key(duid, ia.kind, ia.iaid)


def address_in(ia: IA, lease: IALease) -> int:
    """Return the key of an address or prefix in an identity association."""
    return address_key(ia.kind, lease.address, lease.length)


def address_key(kind: IAKind, value: int, length: int) -> int:
    """Return the key of an address or prefix."""
    return (_PREFIX + (length << 128) if kind is IAKind.PD else _ADDRESS) | value
