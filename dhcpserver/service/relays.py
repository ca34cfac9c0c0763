"""The relays from which requests arrived recently, and the approximate number of clients behind each.

A console compares these numbers of both servers, and finds relays that send to one server only (R-240).

Clients are counted without storing them. Each minute of a relay is a bitmap of 2,048 bits; every client sets one bit,
and the number of clear bits gives the number of clients (linear counting). A few clients are counted exactly, thousands
with an error of some percent, and a flood of invented clients needs no more memory than one client. The hash is
Python's own: the key has it already, it differs from start to start, and no decision depends on it.
"""

from dataclasses import dataclass
from math import log

BITS = 2048
WINDOW_MINUTES = 5
MAXIMUM_RELAYS = 256
"""A further relay replaces the one whose last request is the oldest."""


class _Relay:
    """One relay.

    Attributes:
        last: time of the last request.
        minute, bits: the minute of the last request, and its bitmap.
        before: minutes and bitmaps before it.
    """

    __slots__ = ("before", "bits", "last", "minute")

    def __init__(self) -> None:
        self.last = 0.0
        self.minute = 0
        self.bits = 0
        self.before: list[tuple[int, int]] = []

    def bits_after(self, minute: int) -> int:
        """Return the bitmap of all clients after that minute."""
        union = self.bits if self.minute > minute else 0
        for each, bits in self.before:
            if each > minute:
                union |= bits
        return union


@dataclass(frozen=True, slots=True)
class RelayView:
    """A relay at present.

    Attributes:
        address: 0 for requests without a relay: clients on the local link, and renewals by unicast.
        last: time of the last request, Unix seconds.
        clients: clients of the last five minutes.
    """

    address: int
    last: float
    clients: int


class Relays:
    """Records the relay and the client of every request, whether or not the server answers it."""

    __slots__ = ("_relays",)

    def __init__(self) -> None:
        self._relays: dict[int, _Relay] = {}

    def record(self, relay: int, key: bytes, now: float) -> None:
        """Record a request of the client `key` from a relay (0 for none)."""
        found = self._relays.get(relay)
        if found is None:
            found = self._add(relay)
        found.last = now
        minute = int(now) // 60
        if found.minute != minute:
            found.before.append((found.minute, found.bits))
            del found.before[:-WINDOW_MINUTES]
            found.minute, found.bits = minute, 0
        found.bits |= 1 << (hash(key) & BITS - 1)

    def _add(self, relay: int) -> _Relay:
        if len(self._relays) >= MAXIMUM_RELAYS:
            del self._relays[min(self._relays, key=lambda each: self._relays[each].last)]
        added = self._relays[relay] = _Relay()
        return added

    def shift(self, step: float) -> None:
        """Follow a step of the clock, to the minute."""
        minutes = round(step / 60)
        for relay in self._relays.values():
            relay.last += step
            relay.minute += minutes
            relay.before = [(minute + minutes, bits) for minute, bits in relay.before]

    def recent(self, now: float) -> list[RelayView]:
        """Return every recorded relay, the one with the latest request first."""
        oldest = int(now) // 60 - WINDOW_MINUTES
        found = [
            RelayView(address, relay.last, _count(relay.bits_after(oldest))) for address, relay in self._relays.items()
        ]
        return sorted(found, key=lambda each: (-each.last, each.address))


def _count(bits: int) -> int:
    clear = BITS - bits.bit_count()
    # Without a clear bit the logarithm has no value: the result is then the largest number that a bitmap can show.
    return round(-BITS * log(max(clear, 1) / BITS))
