"""Which relays were heard lately and about how many clients behind each: what tells whether clients are split.

Clients are counted, not remembered: each minute of a relay is a bitmap of 2,048 bits in which every client sets one,
and their number follows from how many are still clear (linear counting). A few clients are counted exactly, thousands
within some per cent, and a flood of invented ones costs no more memory than one. The hash is the interpreter's own,
which the key has anyway and which differs from start to start: nothing is decided by it.
"""

from dataclasses import dataclass
from math import log

BITS = 2048
WINDOW_MINUTES = 5
RELAYS_AT_MOST = 256
"""Beyond so many the one that was silent for the longest gives way."""


class _Relay:
    """One relay: when it was last heard, and the bitmap of the latest minute in which it was (`minute`, `bits`), with
    those of the minutes before it."""

    __slots__ = ("before", "bits", "last", "minute")

    def __init__(self) -> None:
        self.last = 0.0
        self.minute = 0
        self.bits = 0
        self.before: list[tuple[int, int]] = []

    def since(self, minute: int) -> int:
        """The clients of all minutes after that one together."""
        union = self.bits if self.minute > minute else 0
        for each, bits in self.before:
            if each > minute:
                union |= bits
        return union


@dataclass(frozen=True, slots=True)
class HeardRelay:
    """A relay as of now; `address` 0 stands for clients that were heard without one, renewing by unicast or on our
    link. `clients` is of the last five minutes."""

    address: int
    last: float
    clients: int


class Heard:
    """Notes every client message, whether or not it is answered."""

    __slots__ = ("_relays",)

    def __init__(self) -> None:
        self._relays: dict[int, _Relay] = {}

    def note(self, relay: int, key: bytes, now: float) -> None:
        """A client was heard through a relay (0 for none)."""
        found = self._relays.get(relay)
        if found is None:
            found = self._made(relay)
        found.last = now
        minute = int(now) // 60
        if found.minute != minute:
            found.before.append((found.minute, found.bits))
            del found.before[:-WINDOW_MINUTES]
            found.minute, found.bits = minute, 0
        found.bits |= 1 << (hash(key) & BITS - 1)

    def _made(self, relay: int) -> _Relay:
        if len(self._relays) >= RELAYS_AT_MOST:
            del self._relays[min(self._relays, key=lambda each: self._relays[each].last)]
        made = self._relays[relay] = _Relay()
        return made

    def lately(self, now: float) -> list[HeardRelay]:
        """Every relay that is remembered, the latest first."""
        oldest = int(now) // 60 - WINDOW_MINUTES
        found = [
            HeardRelay(address, relay.last, _counted(relay.since(oldest))) for address, relay in self._relays.items()
        ]
        return sorted(found, key=lambda each: (-each.last, each.address))


def _counted(bits: int) -> int:
    clear = BITS - bits.bit_count()
    # With no bit clear there is nothing to reckon with: then it is as many as the map can tell apart.
    return round(-BITS * log(max(clear, 1) / BITS))
