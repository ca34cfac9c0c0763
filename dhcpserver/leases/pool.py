"""The addresses or prefixes of one scope or prefix, by the server that may give them.

There are three kinds: IPv4 addresses, IPv6 addresses and delegated prefixes. The keys are those of
`dhcpserver.leases.keys`. A change costs the same in a pool of any size.
"""

from collections.abc import Sequence
from typing import ClassVar

from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.freeset import FreeSet, ParitySet, SteppedSet
from dhcpserver.leases.keys import Kind, address6, prefix, value_of
from dhcpserver.leases.status import Status

Span = tuple[int, int]
"""The first and the last key of a range, both included."""


class Pool:
    """What the three kinds have in common.

    Attributes:
        kind: what is leased.
        balanced: whether free keys are moved between the two servers. If not, a rule has the owner of each.
        name: the name of the scope or prefix.
        ranges: ascending, without overlaps.
        reserved: keys for one client each. They are in neither free set; both partners may serve that client.
        free: keys that are FREE, not reserved and not offered: the main allocates from them.
        backup: keys that are BACKUP, not reserved and not offered: the backup allocates from them.
        pending: EXPIRED, RELEASED and RESET keys, in the order in which they ended.
        abandoned: ABANDONED keys, in the order in which they became so.
        counts: number of lease records by status.
        offered: number of keys in an open offer.
        held: keys that are FREE or BACKUP and in neither free set, because they are held (`Lease.held`).
        total: how many leases there can be at a time.
        version: the book's version at the last change.
        new_clients: how often a key was leased to another client than before, since start.
        renewals: how often a lease was extended, since start.
        untaken: how many offers ended without a REQUEST of their clients, since start.
    """

    kind: ClassVar[Kind]
    balanced: ClassVar[bool] = True
    free: FreeSet
    backup: FreeSet

    __slots__ = (
        "abandoned",
        "backup",
        "counts",
        "first",
        "free",
        "held",
        "last",
        "name",
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

    def __init__(self, name: str, ranges: Sequence[Span], reserved: frozenset[int], otherwise: int) -> None:
        """`otherwise`: a key of the pool that is its bound if it has neither ranges nor reserved keys."""
        self.name = name
        self.ranges = tuple(sorted(ranges))
        self.reserved = reserved
        bounds = [bound for span in self.ranges for bound in span] + list(reserved)
        self.first = min(bounds, default=otherwise)
        self.last = max(bounds, default=otherwise)
        inside = sum(1 for key in reserved if self.in_ranges(key))
        self.total = self._size() + len(reserved) - inside
        self.pending: dict[int, None] = {}
        self.abandoned: dict[int, None] = {}
        self.counts = [0] * (max(Status) + 1)
        self.offered = 0
        self.held: set[int] = set()
        self.version = 0
        self.new_clients = 0
        self.renewals = 0
        self.untaken = 0

    def _size(self) -> int:
        """Return how many keys the ranges have."""
        return sum(end - begin + 1 for begin, end in self.ranges)

    def in_ranges(self, key: int) -> bool:
        """Whether one of the ranges contains the key."""
        for begin, end in self.ranges:  # noqa: SIM110 - a generator is much slower
            if begin <= key <= end:
                return True
        return False

    def __contains__(self, key: int) -> bool:
        """Whether the pool manages the key: it is in a range, or reserved."""
        return key in self.reserved or self.in_ranges(key)

    def at_rest(self, key: int) -> Status:
        """Return the status of a key that no client has and that was not moved: of balanced pools FREE, the main's."""
        return Status.FREE

    def note_record(self, key: int) -> None:
        """Note that a key has a record now."""

    def recorded(self) -> Sequence[int]:
        """Return the keys that can have a record, ascending: for IPv4 all addresses from the first to the last."""
        return range(self.first, self.last + 1)

    def in_order(self) -> Sequence[int]:
        """Return the keys that can have a record, those with a new one last: the place of a key does not change."""
        return self.recorded()

    def for_both(self, key: int) -> bool:
        """Whether both servers may give the key although a rule has one owner for it."""
        return False

    @property
    def left(self) -> int:
        """How many more leases there can be."""
        used = self.leased + len(self.pending) + self.unavailable + self.offered
        return max(self.total - used, 0)

    @property
    def records(self) -> int:
        """Number of lease records."""
        return sum(self.counts)

    @property
    def leased(self) -> int:
        """Number of ACTIVE leases."""
        return self.counts[Status.ACTIVE]

    @property
    def unavailable(self) -> int:
        """Number of ABANDONED leases, and of free keys that are held."""
        return self.counts[Status.ABANDONED] + len(self.held)

    @property
    def idle_reserved(self) -> int:
        """Number of reserved keys that no client has at present; available on both partners."""
        others = self.leased + self.unavailable + len(self.pending) + self.offered
        return self.total - others - self.free.count - self.backup.count


class _Recorded:
    """The keys of a pool that have a record, which are few among those that could have one. None is ever removed.

    Attributes:
        in_order: in the order in which they were added, each once.
    """

    __slots__ = ("_ascending", "in_order")

    def __init__(self) -> None:
        self.in_order: list[int] = []
        self._ascending: list[int] = []

    def add(self, key: int) -> None:
        self.in_order.append(key)

    def ascending(self) -> list[int]:
        """Return all keys; they are sorted only when one was added."""
        if len(self._ascending) != len(self.in_order):
            self._ascending = sorted(self.in_order)
        return self._ascending


class Pool4(Pool):
    """The IPv4 addresses of a scope.

    Attributes:
        network, mask: as unsigned integers.
    """

    kind = Kind.ADDRESS4
    free: AddressSet
    backup: AddressSet

    __slots__ = ("mask", "network")

    def __init__(
        self,
        name: str,
        network: int,
        mask: int,
        ranges: Sequence[Span],
        reserved: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(name, ranges, reserved, network)
        self.network = network
        self.mask = mask
        self.free = AddressSet(self.first, self.last)
        self.backup = AddressSet(self.first, self.last)
        for begin, end in self.ranges:
            self.free.add_range(begin, end)
        for address in reserved:
            self.free.discard(address)

    def on_network(self, address: int) -> bool:
        """Whether the address is in the scope's subnet."""
        return address & self.mask == self.network


class Pool6(Pool):
    """The IPv6 addresses of a prefix: the odd ones are the main's, the even ones the backup's (R-022).

    A prefix has more addresses than can be listed, so what it costs is the number of records. That is limited: when
    there are `max_leases` of them, an address that rests is used again.

    Attributes:
        network, length: the prefix.
        max_leases: how many leases there can be at a time, without the reserved ones.
        identifiers: whether clients get addresses made of their interface identifiers, which both servers may give.
            No other client gets such an address: neither server would know.
        identified: number of records of such addresses. They do not count as records that can be used again.
    """

    kind = Kind.ADDRESS6
    balanced = False
    free: ParitySet
    backup: ParitySet

    __slots__ = ("_recorded", "_supplied", "identified", "identifiers", "length", "max_leases", "network")

    def __init__(
        self,
        name: str,
        network: int,
        length: int,
        ranges: Sequence[Span] = (),
        reserved: frozenset[int] = frozenset(),
        max_leases: int = 65_536,
        identifiers: bool = False,
    ) -> None:
        """`network`: unsigned. `ranges`: pairs of unsigned integers, none for the whole prefix without its first
        address, which is that of every router (RFC 4291 section 2.6.1). `reserved`: unsigned integers."""
        self._recorded = _Recorded()
        self.network = network
        self.length = length
        self.max_leases = max_leases
        self.identifiers = identifiers
        self._supplied: dict[int, None] = {}
        spans = list(ranges) or [(network + 1, network + (1 << (128 - length)) - 1)]
        keys = [(address6(begin), address6(end)) for begin, end in spans if begin <= end]
        super().__init__(name, keys, frozenset(map(address6, reserved)), address6(network))
        kept = UNIVERSAL if identifiers else 0
        self.free = ParitySet(self.ranges, parity=1, kept=kept)
        self.backup = ParitySet(self.ranges, parity=0, kept=kept)
        self.identified = 0
        for key in self.reserved:
            self.set_of(key).discard(key)

    def _size(self) -> int:
        return min(super()._size(), self.max_leases)

    def set_of(self, key: int) -> ParitySet:
        """Return the free set in which the key belongs."""
        return self.free if key & 1 else self.backup

    def at_rest(self, key: int) -> Status:
        """See Pool. The parity decides."""
        return Status.FREE if key & 1 else Status.BACKUP

    def note_record(self, key: int) -> None:
        """See Pool."""
        self._recorded.add(key)
        self.set_of(key).rest(key)
        self.identified += self._is_identified(key)

    def recorded(self) -> Sequence[int]:
        """See Pool."""
        return self._recorded.ascending()

    def in_order(self) -> Sequence[int]:
        """See Pool."""
        return self._recorded.in_order

    def for_both(self, key: int) -> bool:
        """See Pool. An interface identifier is unique; its universal bit is set, that of a random one never (R-026)."""
        return self._is_identified(key) or key in self._supplied

    def is_supplied(self, key: int) -> bool:
        """Whether an extension chose the key for a client."""
        return key in self._supplied

    def _is_identified(self, key: int) -> bool:
        return self.identifiers and bool(key & UNIVERSAL)

    def supply(self, key: int) -> None:
        """Note that an extension chose a key for a client: either server may give it, whatever its parity (R-028).

        The extension answers for it that no other client gets the key; the last `max_leases` are remembered.
        """
        self._supplied[key] = None
        while len(self._supplied) > self.max_leases:
            del self._supplied[next(iter(self._supplied))]

    def on_link(self, value: int) -> bool:
        """Whether an address, an unsigned integer, is in the prefix."""
        return value >> (128 - self.length) == self.network >> (128 - self.length)

    @property
    def idle_reserved(self) -> int:
        """See Pool. What a prefix has left is not counted by owner, so these are not counted either."""
        return 0


UNIVERSAL = 1 << 57
"""The universal/local bit of a modified EUI-64 interface identifier (RFC 4291 appendix A)."""


class PrefixPool(Pool):
    """The prefixes of one size that are delegated from a prefix, at most the first `max_leases` of them.

    Attributes:
        network, length: the prefix from which they are taken.
        delegated: the length of the delegated ones.
    """

    kind = Kind.PREFIX
    free: SteppedSet
    backup: SteppedSet

    __slots__ = ("_recorded", "delegated", "length", "network", "shift")

    def __init__(
        self,
        name: str,
        network: int,
        length: int,
        delegated: int,
        reserved: frozenset[int] = frozenset(),
        max_leases: int = 65_536,
        excluded: Sequence[tuple[int, int]] = (),
    ) -> None:
        """`network`: unsigned. `reserved`: keys of prefixes of the length `delegated`. `excluded`: prefixes (value,
        length) of the server's own links, of which nothing is delegated."""
        self._recorded = _Recorded()
        self.network = network
        self.length = length
        self.delegated = delegated
        self.shift = 128 - delegated
        count = min(1 << (delegated - length), max_leases)
        first = prefix(network, delegated)
        super().__init__(name, [(first, first + ((count - 1) << self.shift))], reserved, first)
        self.free = SteppedSet(first, count, self.shift)
        self.backup = SteppedSet(first, count, self.shift)
        self.free.add_all(count)
        for key in reserved:
            self.free.discard(key)
        for value, bits in excluded:
            for key in self._overlapping(value, bits):
                self.total -= self.free.discard(key)

    def note_record(self, key: int) -> None:
        """See Pool."""
        self._recorded.add(key)

    def recorded(self) -> Sequence[int]:
        """See Pool."""
        return self._recorded.ascending()

    def in_order(self) -> Sequence[int]:
        """See Pool."""
        return self._recorded.in_order

    def _overlapping(self, value: int, bits: int) -> range:
        """Return the keys of the pool that overlap a prefix."""
        step = 1 << self.shift
        begin = prefix(value >> self.shift << self.shift, self.delegated)
        end = prefix((value | ((1 << (128 - bits)) - 1)) >> self.shift << self.shift, self.delegated)
        first, last = self.ranges[0]
        return range(max(begin, first), min(end, last) + 1, step)

    def _size(self) -> int:
        return sum(((end - begin) >> self.shift) + 1 for begin, end in self.ranges)

    def in_ranges(self, key: int) -> bool:
        """See Pool. A prefix that does not begin where one of the pool does is not in it."""
        return not value_of(key) & ((1 << self.shift) - 1) and super().in_ranges(key)
