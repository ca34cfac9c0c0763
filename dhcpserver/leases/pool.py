"""The addresses of one scope by who may give them; a change of one costs the same in any pool."""

from collections.abc import Sequence

from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.status import Status


class Pool:
    """One scope's addresses.

    Attributes:
        name: the scope's name.
        network, mask: as unsigned integers.
        ranges: pairs (first, last), ascending, that do not overlap.
        reserved: addresses kept for one client each; in neither free set, either partner may serve its client.
        free: FREE and unreserved and not offered: the main's to give.
        backup: BACKUP and unreserved and not offered: the backup's to give.
        pending: EXPIRED, RELEASED and RESET addresses, in the order in which they ended.
        counts: number of lease records by status.
        offered: number of addresses in an offer not yet taken.
        version: the book's version at the last change.
        newcomers: how often an address went to a client that it did not belong to before, since start.
        renewals: leases extended for the client that has them, since start.
    """

    __slots__ = (
        "backup",
        "counts",
        "first",
        "free",
        "last",
        "mask",
        "name",
        "network",
        "newcomers",
        "offered",
        "pending",
        "ranges",
        "renewals",
        "reserved",
        "total",
        "version",
    )

    def __init__(
        self,
        name: str,
        network: int,
        mask: int,
        ranges: Sequence[tuple[int, int]],
        reserved: frozenset[int] = frozenset(),
    ) -> None:
        self.name = name
        self.network = network
        self.mask = mask
        self.ranges = tuple(sorted(ranges))
        self.reserved = reserved
        bounds = [bound for span in self.ranges for bound in span] + list(reserved)
        self.first = min(bounds, default=network)
        self.last = max(bounds, default=network)
        self.free = AddressSet(self.first, self.last)
        self.backup = AddressSet(self.first, self.last)
        for begin, end in self.ranges:
            self.free.add_range(begin, end)
        for address in reserved:
            self.free.discard(address)
        inside = sum(1 for address in reserved if self.in_ranges(address))
        self.total = sum(end - begin + 1 for begin, end in self.ranges) + len(reserved) - inside
        self.pending: dict[int, None] = {}
        self.counts = [0] * (max(Status) + 1)
        self.offered = 0
        self.version = 0
        self.newcomers = 0
        self.renewals = 0

    def in_ranges(self, address: int) -> bool:
        """Whether one of the ranges covers it."""
        for begin, end in self.ranges:  # noqa: SIM110 - a loop, since a generator costs as much as all the rest
            if begin <= address <= end:
                return True
        return False

    def __contains__(self, address: int) -> bool:
        """Whether the scope manages this address: in a range, or reserved."""
        return address in self.reserved or self.in_ranges(address)

    def on_network(self, address: int) -> bool:
        """Whether the address is of the scope's subnet."""
        return address & self.mask == self.network

    @property
    def leased(self) -> int:
        """Number of ACTIVE leases."""
        return self.counts[Status.ACTIVE]

    @property
    def unavailable(self) -> int:
        """Number of ABANDONED leases."""
        return self.counts[Status.ABANDONED]

    @property
    def idle_reserved(self) -> int:
        """Number of reserved addresses that no client holds now; counted as available on both partners."""
        others = self.leased + self.unavailable + len(self.pending) + self.offered
        return self.total - others - len(self.free) - len(self.backup)
