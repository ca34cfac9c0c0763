"""The drain's queue: bounded, fair between sources, and loath to lose the first of a kind.

A storm fills any queue. Three rules decide who suffers for it. Sources take turns at leaving, so that one that is
calm does not wait behind one that is not. When the queue is full, room is made at the expense of the source that has
most in it. And of one source what is given up is what came last of a kind that it has said already: a kind is what an
SNMPv1 or SNMPv2c trap is of, found by a glance, and as long as only one of it waits it is the last to go. What a
source says leaves in the order that it was said; only drops differ.

This module is imported by the drain, which runs without the rest of the package: standard library only.
"""

from collections import deque

Item = tuple[float, int, str, int, bytes]
"""Monotonic seconds, number of the listener, source address and port, the datagram."""

_LOOK_BACK = 64
"""Datagrams of the longest line that are looked at for one that can be spared."""
_LOOK_AGAIN = 256
"""Drops until the longest line is looked for again."""
MAXIMUM_DROP_SOURCES = 256
OTHERS = "others"
"""Stands for the sources of drops that there is no room to name."""

_TRAP_OID = bytes.fromhex("060a2b060106030101040100")
"""snmpTrapOID.0 as it stands in a message; the kind of an SNMPv2c trap is the value that follows."""
_GLANCE = 512


def kind(data: bytes) -> bytes:
    """What tells one trap of a source from another: a glance, not a decoder, and never an exception."""
    at = data.find(_TRAP_OID, 0, _GLANCE)
    if at >= 0 and at + 13 < len(data):
        return data[at + 12 : at + 14 + data[at + 13]]
    try:
        return _v1_kind(data)
    except IndexError:
        return b""


def _v1_kind(data: bytes) -> bytes:
    """Enterprise, generic and specific number of an SNMPv1 trap."""
    position = _after_length(data, 0)
    if data[position : position + 3] != b"\x02\x01\x00":
        return data[position : position + 3]
    position = _after_length(data, position + 3) + data[position + 4]
    if data[position] != 0xA4:
        return b""
    enterprise = _after_length(data, position)
    end = enterprise + 2 + data[enterprise + 1]
    numbers = end + 2 + data[end + 1]
    return data[enterprise:end] + data[numbers : numbers + 5 + data[numbers + 4]]


def _after_length(data: bytes, position: int) -> int:
    """Where the contents of the element at `position` begin."""
    length = data[position + 1]
    return position + 2 + (length & 0x7F if length & 0x80 else 0)


class FairQueue:
    """Datagrams between the socket and the pipe.

    Attributes:
        dropped: how many were given up so far.
        dropped_of: the same by source; a bounded table, the rest under `OTHERS`.
    """

    def __init__(self, limit: int, octets: int) -> None:
        """Room for `limit` datagrams, and for no more than `octets` octets of them."""
        self._limit = limit
        self._octets_limit = octets
        self._lines: dict[str, deque[tuple[bytes, Item]]] = {}
        self._turns: deque[str] = deque()
        self._kinds: dict[tuple[str, bytes], int] = {}
        self._size = 0
        self._octets = 0
        self._longest = ""
        self._look_in = 0
        self.dropped = 0
        self.dropped_of: dict[str, int] = {}

    def __len__(self) -> int:
        return self._size

    def put(self, item: Item) -> None:
        """Take the datagram in, giving up another or itself when there is no room."""
        host, data = item[2], item[4]
        said = kind(data)
        key = (host, said)
        waiting = self._kinds.get(key, 0)
        if (self._size >= self._limit or self._octets + len(data) > self._octets_limit) and not self._make_room(
            host, not waiting
        ):
            self._drop(host)
            return
        line = self._lines.get(host)
        if line is None:
            line = self._lines[host] = deque()
            self._turns.append(host)
        line.append((said, item))
        self._kinds[key] = self._kinds.get(key, 0) + 1
        self._size += 1
        self._octets += len(data)

    def take(self, most: int) -> list[Item]:
        """The next datagrams, at most so many, one of each source in turn."""
        taken: list[Item] = []
        lines, turns = self._lines, self._turns
        while turns and len(taken) < most:
            host = turns[0]
            line = lines[host]
            said, item = line.popleft()
            self._forget(host, said, item)
            taken.append(item)
            if line:
                turns.rotate(-1)
            else:
                turns.popleft()
                del lines[host]
        return taken

    def _make_room(self, host: str, first: bool) -> bool:
        """Give up a datagram for one of `host`, the `first` of its kind or not; False when none can be spared."""
        longest = self._find_longest(host)
        if not first and longest == host:
            return False  # Whoever has most in the queue says something again: that is what can be spared.
        line = self._lines.get(longest)
        if line is None:
            return False
        for back in range(1, min(len(line), _LOOK_BACK) + 1):
            said, item = line[-back]
            if self._kinds[longest, said] > 1:
                del line[-back]
                self._forget(longest, said, item)
                self._drop(longest)
                return True
        return False

    def _find_longest(self, host: str) -> str:
        """The source that has most in the queue, as good as it is known."""
        lines = self._lines
        self._look_in -= 1
        if self._look_in < 0 or self._longest not in lines:
            self._look_in = _LOOK_AGAIN
            self._longest = max(lines, key=lambda each: len(lines[each]), default="")
        elif len(lines.get(host, ())) >= len(lines[self._longest]):
            self._longest = host
        return self._longest

    def _forget(self, host: str, said: bytes, item: Item) -> None:
        key = (host, said)
        left = self._kinds[key] - 1
        if left:
            self._kinds[key] = left
        else:
            del self._kinds[key]
        self._size -= 1
        self._octets -= len(item[4])

    def _drop(self, host: str) -> None:
        self.dropped += 1
        if host not in self.dropped_of and len(self.dropped_of) >= MAXIMUM_DROP_SOURCES:
            host = OTHERS
        self.dropped_of[host] = self.dropped_of.get(host, 0) + 1
