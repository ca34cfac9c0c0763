"""A set of addresses within one range, as a bitmap in two levels.

Theory: allocation in a scope of a million addresses must be as fast as in one of a thousand, however full it is. Each
address has one bit; 1,024 bits are a block (a Python integer); one summary integer has a bit for every block that is
not empty. Finding the lowest or highest member then takes two bit operations on small integers for any size. A million
addresses take 125 kB and are filled in a millisecond.
"""

from collections.abc import Iterator

_SHIFT = 10
_BLOCK = 1 << _SHIFT
_MASK = _BLOCK - 1
_FULL = (1 << _BLOCK) - 1


class AddressSet:
    """Addresses (unsigned integers) between `first` and `last`, both included; empty at first."""

    __slots__ = ("_blocks", "_count", "_first", "_last", "_summary")

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self._last = last
        self._blocks = [0] * (((last - first) >> _SHIFT) + 1)
        self._summary = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self._count > 0

    @property
    def count(self) -> int:
        """Number of members."""
        return self._count

    def __contains__(self, address: int) -> bool:
        offset = address - self._first
        return 0 <= offset <= self._last - self._first and bool(self._blocks[offset >> _SHIFT] >> (offset & _MASK) & 1)

    def add(self, address: int) -> bool:
        """Add the address; False if it was in the set. Raises IndexError outside the range."""
        offset = address - self._first
        if not 0 <= offset <= self._last - self._first:
            raise IndexError(f"address {address} is outside {self._first}..{self._last}")
        index = offset >> _SHIFT
        block = self._blocks[index]
        bit = 1 << (offset & _MASK)
        if block & bit:
            return False
        self._blocks[index] = block | bit
        if not block:
            self._summary |= 1 << index
        self._count += 1
        return True

    def discard(self, address: int) -> bool:
        """Remove the address; False if it was not in the set."""
        offset = address - self._first
        if not 0 <= offset <= self._last - self._first:
            return False
        index = offset >> _SHIFT
        block = self._blocks[index]
        bit = 1 << (offset & _MASK)
        if not block & bit:
            return False
        block ^= bit
        self._blocks[index] = block
        if not block:
            self._summary ^= 1 << index
        self._count -= 1
        return True

    def add_range(self, first: int, last: int) -> None:
        """Add all addresses from `first` to `last`, both included, one block at a time."""
        if not self._first <= first <= last <= self._last:
            raise IndexError(f"range {first}..{last} is outside {self._first}..{self._last}")
        begin, end = first - self._first, last - self._first
        for index in range(begin >> _SHIFT, (end >> _SHIFT) + 1):
            low = max(begin - (index << _SHIFT), 0)
            high = min(end - (index << _SHIFT), _MASK)
            bits = (_FULL >> (_MASK - high)) & ~((1 << low) - 1)
            old = self._blocks[index]
            self._blocks[index] = old | bits
            self._count += (bits & ~old).bit_count()
            self._summary |= 1 << index

    def lowest(self) -> int | None:
        """Return the lowest member, or None."""
        summary = self._summary
        if not summary:
            return None
        index = (summary & -summary).bit_length() - 1
        block = self._blocks[index]
        return self._first + (index << _SHIFT) + (block & -block).bit_length() - 1

    def highest(self) -> int | None:
        """Return the highest member, or None."""
        if not self._summary:
            return None
        index = self._summary.bit_length() - 1
        return self._first + (index << _SHIFT) + self._blocks[index].bit_length() - 1

    def lowest_from(self, address: int) -> int | None:
        """Return the lowest member that is not below `address`, or None."""
        offset = max(address - self._first, 0)
        if offset > self._last - self._first:
            return None
        index = offset >> _SHIFT
        block = self._blocks[index] >> (offset & _MASK) << (offset & _MASK)
        if not block:
            summary = self._summary >> (index + 1)
            if not summary:
                return None
            index += (summary & -summary).bit_length()
            block = self._blocks[index]
        return self._first + (index << _SHIFT) + (block & -block).bit_length() - 1

    def highest_below(self, address: int) -> int | None:
        """Return the highest member below `address`, or None."""
        offset = min(address - 1, self._last) - self._first
        if offset < 0:
            return None
        index = offset >> _SHIFT
        block = self._blocks[index] & (_FULL >> (_MASK - (offset & _MASK)))
        if not block:
            summary = self._summary & ((1 << index) - 1)
            if not summary:
                return None
            index = summary.bit_length() - 1
            block = self._blocks[index]
        return self._first + (index << _SHIFT) + block.bit_length() - 1

    def __iter__(self) -> Iterator[int]:
        """Iterate over all members, ascending. Members may be removed after they were returned."""
        address = self.lowest()
        while address is not None:
            yield address
            address = self.lowest_from(address + 1)
