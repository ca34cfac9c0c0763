"""The addresses of one scope, by the server that may allocate them. A change costs the same in a pool of any size."""

from collections.abc import Sequence

from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.status import Status


class Pool:
    """One scope's addresses.

    Attributes:
        name: the scope's name.
        network, mask: as unsigned integers.
        ranges: pairs (first, last), ascending, that do not overlap.
        reserved: addresses for one client each. They are in neither free set; both partners may serve that client.
        free: addresses that are FREE, not reserved and not offered: the main allocates from them.
        backup: addresses that are BACKUP, not reserved and not offered: the backup allocates from them.
        pending: EXPIRED, RELEASED and RESET addresses, in the order in which they ended.
        abandoned: ABANDONED addresses, in the order in which they became so.
        counts: number of lease records by status.
        offered: number of addresses in an open offer.
        held: addresses that are FREE or BACKUP and in neither free set, because they are held (`Lease.held`).
        version: the book's version at the last change.
        new_clients: how often an address was leased to another client than before, since start.
        renewals: how often a lease was extended, since start.
        untaken: how many offers ended without a REQUEST of their clients, since start.
    """

    __slots__ = (
        "abandoned",
        "backup",
        "counts",
        "first",
        "free",
        "held",
        "last",
        "mask",
        "name",
        "network",
        "new_clients",
        "offered",
        "pending",
        "ranges",
        "renewals",
        "reserved",
        "total",
        "untaken",
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
        self.abandoned: dict[int, None] = {}
        self.counts = [0] * (max(Status) + 1)
        self.offered = 0
        self.held: set[int] = set()
        self.version = 0
        self.new_clients = 0
        self.renewals = 0
        self.untaken = 0

    def in_ranges(self, address: int) -> bool:
        """Whether one of the ranges contains the address."""
        for begin, end in self.ranges:  # noqa: SIM110 - a generator is much slower
            if begin <= address <= end:
                return True
        return False

    def __contains__(self, address: int) -> bool:
        """Whether the scope manages the address: it is in a range, or reserved."""
        return address in self.reserved or self.in_ranges(address)

    def on_network(self, address: int) -> bool:
        """Whether the address is in the scope's subnet."""
        return address & self.mask == self.network

    @property
    def leased(self) -> int:
        """Number of ACTIVE leases."""
        return self.counts[Status.ACTIVE]

    @property
    def unavailable(self) -> int:
        """Number of ABANDONED leases, and of free addresses that are held."""
        return self.counts[Status.ABANDONED] + len(self.held)

    @property
    def idle_reserved(self) -> int:
        """Number of reserved addresses that no client has at present; available on both partners."""
        others = self.leased + self.unavailable + len(self.pending) + self.offered
        return self.total - others - len(self.free) - len(self.backup)
