"""The addresses or prefixes of a pool that a server may give: one set of questions for every kind of pool.

    AddressSet     a bitmap: IPv4 addresses, whose number is small
    SteppedSet     the same for prefixes, which are apart by the size of a prefix
    ParitySet      a rule and its exceptions: IPv6 addresses, of which a pool has more than can be listed

The keys are those of `dhcpserver.leases.keys`. `count` is exact and can exceed what `len` can return.
"""

from collections.abc import Iterator
from typing import Protocol

from dhcpserver.leases.addressset import AddressSet


class FreeSet(Protocol):
    """A set of keys between two bounds."""

    @property
    def count(self) -> int:
        """Number of members."""

    def __bool__(self) -> bool: ...

    def __contains__(self, key: int) -> bool: ...

    def __iter__(self) -> Iterator[int]: ...

    def add(self, key: int) -> bool:
        """Add a key; False if it was in the set."""

    def discard(self, key: int) -> bool:
        """Remove a key; False if it was not in the set."""

    def lowest(self) -> int | None:
        """Return the lowest member, or None."""

    def highest(self) -> int | None:
        """Return the highest member, or None."""

    def lowest_from(self, key: int) -> int | None:
        """Return the lowest member that is not below a key, or None."""

    def highest_below(self, key: int) -> int | None:
        """Return the highest member below a key, or None."""


class SteppedSet:
    """Keys that are multiples of a step apart, as a bitmap."""

    __slots__ = ("_first", "_set", "_shift")

    def __init__(self, first: int, count: int, shift: int) -> None:
        """`first`: the lowest key; `count`: how many keys there are; `shift`: the step is two to this power."""
        self._first = first
        self._shift = shift
        self._set = AddressSet(0, max(count - 1, 0))

    @property
    def count(self) -> int:
        """See FreeSet."""
        return self._set.count

    def __bool__(self) -> bool:
        return self._set.count > 0

    def __contains__(self, key: int) -> bool:
        return self._aligned(key) and self._index(key) in self._set

    def _index(self, key: int) -> int:
        return (key - self._first) >> self._shift

    def _aligned(self, key: int) -> bool:
        return not (key - self._first) & ((1 << self._shift) - 1)

    def _key(self, index: int | None) -> int | None:
        return None if index is None else self._first + (index << self._shift)

    def add(self, key: int) -> bool:
        """See FreeSet. Raises IndexError for a key that is not of the pool."""
        if not self._aligned(key):
            raise IndexError(f"prefix {key:#x} does not begin where a prefix of the pool does")
        return self._set.add(self._index(key))

    def discard(self, key: int) -> bool:
        """See FreeSet."""
        return self._aligned(key) and self._set.discard(self._index(key))

    def add_all(self, count: int) -> None:
        """Add the first `count` keys."""
        if count:
            self._set.add_range(0, count - 1)

    def lowest(self) -> int | None:
        """See FreeSet."""
        return self._key(self._set.lowest())

    def highest(self) -> int | None:
        """See FreeSet."""
        return self._key(self._set.highest())

    def lowest_from(self, key: int) -> int | None:
        """See FreeSet."""
        return self._key(self._set.lowest_from(-(-(key - self._first) >> self._shift)))

    def highest_below(self, key: int) -> int | None:
        """See FreeSet."""
        return self._key(self._set.highest_below(-(-(key - self._first) >> self._shift)))

    def __iter__(self) -> Iterator[int]:
        for index in self._set:
            yield self._first + (index << self._shift)


class ParitySet:
    """The keys of one parity in some ranges, but for those that were taken out.

    What it costs is the number of keys that were taken out, and of those with a record.

    Attributes:
        parity: 1 if the members are odd, 0 if they are even.
    """

    __slots__ = ("_kept", "_ranges", "_rested", "_taken", "_total", "parity")

    def __init__(self, ranges: tuple[tuple[int, int], ...], parity: int, kept: int = 0) -> None:
        """`ranges`: pairs (first, last), ascending, that do not overlap. `parity`: 1 for odd keys, 0 for even ones.

        `kept`: a bit of the keys that belong to one client each, and are not used again for another one.
        """
        self.parity = parity
        self._kept = kept
        self._ranges = ranges
        self._taken: set[int] = set()
        self._rested: dict[int, None] = {}
        self._total = sum((last + 1 + (1 - parity)) // 2 - (first + (1 - parity)) // 2 for first, last in ranges)

    @property
    def count(self) -> int:
        """See FreeSet."""
        return self._total - len(self._taken)

    def __bool__(self) -> bool:
        return self._total > len(self._taken)

    def _belongs(self, key: int) -> bool:
        return key & 1 == self.parity and any(first <= key <= last for first, last in self._ranges)

    def __contains__(self, key: int) -> bool:
        return key not in self._taken and self._belongs(key)

    def add(self, key: int) -> bool:
        """See FreeSet. A key that the rule does not put into the set stays outside."""
        if key not in self._taken:
            return False
        self._taken.discard(key)
        if not key & self._kept:
            self._rested[key] = None
        return True

    def rest(self, key: int) -> None:
        """Note that a member has a record."""
        if key in self and not key & self._kept:
            self._rested[key] = None

    def longest_rested(self) -> int | None:
        """Return the member with a record that has been in the set for longest, or None."""
        return next(iter(self._rested), None)

    def discard(self, key: int) -> bool:
        """See FreeSet."""
        if key in self._taken or not self._belongs(key):
            return False
        self._taken.add(key)
        self._rested.pop(key, None)
        return True

    def lowest(self) -> int | None:
        """See FreeSet."""
        return self.lowest_from(self._ranges[0][0]) if self._ranges else None

    def highest(self) -> int | None:
        """See FreeSet."""
        return self.highest_below(self._ranges[-1][1] + 1) if self._ranges else None

    def lowest_from(self, key: int) -> int | None:
        """See FreeSet. The cost is the number of neighbours that were taken out."""
        for first, last in self._ranges:
            candidate = max(key, first)
            candidate += (candidate ^ self.parity) & 1
            while candidate in self._taken:
                candidate += 2
            if candidate <= last:
                return candidate
        return None

    def highest_below(self, key: int) -> int | None:
        """See FreeSet. The cost is the number of neighbours that were taken out."""
        for first, last in reversed(self._ranges):
            candidate = min(key - 1, last)
            candidate -= (candidate ^ self.parity) & 1
            while candidate in self._taken:
                candidate -= 2
            if candidate >= first:
                return candidate
        return None

    def __iter__(self) -> Iterator[int]:
        key = self.lowest()
        while key is not None:
            yield key
            key = self.lowest_from(key + 1)
