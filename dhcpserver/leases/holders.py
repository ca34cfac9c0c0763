"""The leases of a machine, whatever client keys it has: by hardware address, and by DUID.

A DHCPv4 client that sends an identifier is indexed by that alone, and a DHCPv6 client by its DUID and one identity
association. Lease queries ask for the hardware address and for the DUID. A server that answers queries has this index
beside the others; one that does not, has none and pays nothing.
"""

from collections.abc import Iterable, Iterator

from dhcpserver.leases.lease import Lease


class Holders:
    """The addresses of the leases of each machine."""

    __slots__ = ("_leases",)

    def __init__(self, leases: Iterable[Lease]) -> None:
        self._leases: dict[bytes, dict[int, None]] = {}
        for lease in leases:
            self.add(lease)

    def add(self, lease: Lease) -> None:
        """Add a lease with its present client."""
        name = _name(lease)
        if name is not None:
            self._leases.setdefault(name, {})[lease.address] = None

    def remove(self, lease: Lease) -> None:
        """Remove a lease, before its client changes."""
        name = _name(lease)
        found = None if name is None else self._leases.get(name)
        if name is not None and found is not None:
            found.pop(lease.address, None)
            if not found:
                del self._leases[name]

    def of_hardware(self, hardware: bytes) -> Iterator[int]:
        """Iterate over the leases of a hardware address whose clients have an identifier."""
        return iter(self._leases.get(b"\0" + hardware, {}))

    def of_duid(self, duid: bytes) -> Iterator[int]:
        """Iterate over the leases of a DUID."""
        return iter(self._leases.get(b"\2" + duid, {}))


def _name(lease: Lease) -> bytes | None:
    """Return what a lease is found by; None if nothing, or if an index of the book has it."""
    if lease.ia:
        return b"\2" + lease.client_id if lease.client_id else None
    return b"\0" + lease.hardware if lease.client_id is not None and lease.hardware else None
