"""The drain's queue: bounded, fair between sources, and it drops the only trap of a kind last.

A storm fills any queue. Three rules decide which datagrams are dropped. Datagrams leave the queue from one source after
the other, so that a source with few traps does not wait for a source with many. A full queue drops a datagram of the
source that has most datagrams in it. And of that source it drops the latest datagram of a kind that is in the queue
more than once. The kind is the notification of an SNMPv1 or SNMPv2c trap, found without decoding. The datagrams of one
source leave in the order in which they arrived.

The drain imports this module and runs without the rest of the package: standard library only.
"""

from collections import deque

Item = tuple[float, int, str, int, bytes]
"""Monotonic seconds, number of the listener, source address and port, the datagram."""

_SEARCH_DEPTH = 64
"""Datagrams of the longest line that are searched for one to drop."""
_SEARCH_INTERVAL = 256
"""Number of drops after which the longest line is searched again."""
MAXIMUM_DROP_SOURCES = 256
OTHERS = "others"
"""The key for all sources beyond the bounded table."""

_TRAP_OID = bytes.fromhex("060a2b060106030101040100")
"""snmpTrapOID.0 as encoded in a message; the kind of an SNMPv2c trap is the value that follows."""
_KIND_SEARCH_OCTETS = 512


def kind(data: bytes) -> bytes:
    """Return the kind of a trap. It is not decoded; octets that are not a trap have a kind too, and none raise."""
    at = data.find(_TRAP_OID, 0, _KIND_SEARCH_OCTETS)
    if at >= 0 and at + 13 < len(data):
        return data[at + 12 : at + 14 + data[at + 13]]
    try:
        return _v1_kind(data)
    except IndexError:
        return b""


def _v1_kind(data: bytes) -> bytes:
    """Return enterprise, generic and specific number of an SNMPv1 trap."""
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
    """Return where the contents of the element at `position` start."""
    length = data[position + 1]
    return position + 2 + (length & 0x7F if length & 0x80 else 0)


class FairQueue:
    """Datagrams between the sockets and the pipe.

    Attributes:
        dropped: number of dropped datagrams so far.
        dropped_of: the same by source, in a bounded table; all others under `OTHERS`.
    """

    def __init__(self, limit: int, octets: int) -> None:
        """The queue holds at most `limit` datagrams and at most `octets` octets."""
        self._limit = limit
        self._octets_limit = octets
        self._lines: dict[str, deque[tuple[bytes, Item]]] = {}
        self._turns: deque[str] = deque()
        self._kinds: dict[tuple[str, bytes], int] = {}
        self._size = 0
        self._octets = 0
        self._longest = ""
        self._drops_until_search = 0
        self.dropped = 0
        self.dropped_of: dict[str, int] = {}

    def __len__(self) -> int:
        return self._size

    def put(self, item: Item) -> None:
        """Add a datagram. If the queue is full, another datagram or this one is dropped."""
        host, data = item[2], item[4]
        its_kind = kind(data)
        key = (host, its_kind)
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
        line.append((its_kind, item))
        self._kinds[key] = self._kinds.get(key, 0) + 1
        self._size += 1
        self._octets += len(data)

    def take(self, most: int) -> list[Item]:
        """Remove and return at most `most` datagrams, one of each source in turn."""
        taken: list[Item] = []
        lines, turns = self._lines, self._turns
        while turns and len(taken) < most:
            host = turns[0]
            line = lines[host]
            its_kind, item = line.popleft()
            self._uncount(host, its_kind, item)
            taken.append(item)
            if line:
                turns.rotate(-1)
            else:
                turns.popleft()
                del lines[host]
        return taken

    def _make_room(self, host: str, first: bool) -> bool:
        """Drop a datagram in favour of one of `host`, `first` of its kind or not; False if none may be dropped."""
        longest = self._find_longest(host)
        if not first and longest == host:
            return False  # The new datagram repeats a kind of the longest line, so it is the one to drop.
        line = self._lines.get(longest)
        if line is None:
            return False
        for back in range(1, min(len(line), _SEARCH_DEPTH) + 1):
            its_kind, item = line[-back]
            if self._kinds[longest, its_kind] > 1:
                del line[-back]
                self._uncount(longest, its_kind, item)
                self._drop(longest)
                return True
        return False

    def _find_longest(self, host: str) -> str:
        """Return the source with most datagrams in the queue, as of the last search."""
        lines = self._lines
        self._drops_until_search -= 1
        if self._drops_until_search < 0 or self._longest not in lines:
            self._drops_until_search = _SEARCH_INTERVAL
            self._longest = max(lines, key=lambda each: len(lines[each]), default="")
        elif len(lines.get(host, ())) >= len(lines[self._longest]):
            self._longest = host
        return self._longest

    def _uncount(self, host: str, its_kind: bytes, item: Item) -> None:
        key = (host, its_kind)
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
