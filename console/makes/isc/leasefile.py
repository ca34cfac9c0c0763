"""dhcpd.leases of ISC dhcpd: the last entry of an address counts (dhcpd.leases(5)).

Entries are read line by line. A damaged one (cut off by a crash, or without a state or an address) is skipped and
counted. Times are in UTC, or seconds after `epoch`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address

from console.model.plain_text import plain

STATES = frozenset({"free", "active", "expired", "released", "abandoned", "reset", "backup"})
_ENTRY = re.compile(r"lease (\d{1,3}(?:\.\d{1,3}){3}) \{")
_STATEMENT = re.compile(
    r"\s*(starts|ends|tstp|tsfp|atsfp|cltt|binding state|hardware|uid|client-hostname|reserved|abandoned)\b\s*(.*);"
)
_TIME = re.compile(r"(?:(never)|epoch (\d{1,12})|\d (\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d))")
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class LeaseEntry:
    """The entry of an address. `state` is the word of `binding state`. Of the potential ends, the partner was sent
    `announced`, has acknowledged `acked` and has sent `received` (tstp, tsfp, atsfp). `ends` is infinite for a lease
    without an end."""

    address: str
    state: str
    starts: float | None = None
    ends: float | None = None
    announced: float | None = None
    acked: float | None = None
    received: float | None = None
    last_transaction: float | None = None
    hardware: str | None = None
    client_id: str | None = None
    host_name: str | None = None
    reserved: bool = False

    @property
    def lead(self) -> float:
        """The latest end that the partner acknowledged or sent; 0 for none."""
        return max(self.acked or 0.0, self.received or 0.0)


class LeaseFile:
    """The entries of a file that is read in parts."""

    def __init__(self) -> None:
        self.entries: dict[str, LeaseEntry] = {}
        self.damaged = 0
        self._open: str | None = None
        self._depth = 0
        self._values: dict[str, str] = {}

    def feed(self, lines: Iterable[str]) -> None:
        """Take the next lines of the file."""
        for line in lines:
            self._take(line)

    def _take(self, line: str) -> None:
        if line.startswith("lease "):
            entry = _ENTRY.match(line)
            if self._open is not None or entry is None:
                self.damaged += 1
            self._open = entry[1] if entry is not None else None
            self._depth, self._values = 0, {}
            return
        if self._open is None:
            return
        text = line.strip()
        if text.endswith("{"):
            self._depth += 1
        elif text == "}" and self._depth:
            self._depth -= 1
        elif text == "}":
            self._finish(self._open)
            self._open = None
        elif not self._depth:
            found = _STATEMENT.match(line)
            if found is not None:
                self._values[found[1]] = found[2]

    def _finish(self, address: str) -> None:
        try:
            entry = _entry(address, self._values)
        except (ValueError, OverflowError):
            self.damaged += 1
            return
        self.entries[address] = entry


def _entry(address: str, values: Mapping[str, str]) -> LeaseEntry:
    """An entry. Raises ValueError."""
    state = "abandoned" if "abandoned" in values else values.get("binding state", "").strip()
    if state not in STATES:
        raise ValueError(f"state {state!r}")
    hardware = values.get("hardware", "").split()
    name = values.get("client-hostname")
    return LeaseEntry(
        str(IPv4Address(address)),
        state,
        starts=_time(values.get("starts")),
        ends=_time(values.get("ends")),
        announced=_time(values.get("tstp")),
        acked=_time(values.get("tsfp")),
        received=_time(values.get("atsfp")),
        last_transaction=_time(values.get("cltt")),
        hardware=plain(hardware[-1].lower()) if hardware else None,
        client_id=_octets(values["uid"]).hex(":") if "uid" in values else None,
        host_name=None if name is None else plain(_octets(name).decode("utf-8", "replace")),
        reserved="reserved" in values,
    )


def _time(text: str | None) -> float | None:
    """Unix seconds; None without a time. Raises ValueError."""
    if text is None:
        return None
    found = _TIME.match(text)
    if found is None:
        raise ValueError(f"time {text!r}")
    never, epoch, *parts = found.groups()
    if never:
        return NEVER
    return float(epoch) if epoch else datetime(*map(int, parts), tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")


def _octets(text: str) -> bytes:
    """The octets of a quoted string with dhcpd's escapes, or of `01:02:03`."""
    text = text.strip()
    if not text.startswith('"'):
        return bytes(int(part, 16) for part in text.split(":"))

    def one(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8) & 0xFF]) if len(found[1]) == 3 else found[1]

    return _ESCAPE.sub(one, text.strip('"').encode("utf-8", "surrogateescape"))
