"""One lease as both servers have it (docs/http-api.md has the fields), side by side, and what of it contradicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from math import inf
from typing import Any

from console.insight.wording import wall
from console.model.times import instant

CLOSE_SECONDS = 5.0
"""Times of two servers within this are the same (the protocol's own tolerance)."""


class UnreadableLease(ValueError):
    """A server answered something that is no lease."""


@dataclass(frozen=True, slots=True)
class Record:
    """A server's record. Instants are by that server's clock; `end` is infinite for a lease without an end."""

    address: str
    scope: str
    state: str
    status: str
    client_id: str | None
    hardware: str | None
    end: float | None
    sent: float | None
    acked: float | None
    received: float | None
    last_transaction: float | None
    since: float | None
    relay_info: str | None
    reserved: bool
    needs_update: bool

    @property
    def lead(self) -> float:
        """The latest time that the partner knows of or announced; 0 for none."""
        return max(self.acked or 0.0, self.received or 0.0)


def read_record(raw: Mapping[str, Any]) -> Record:
    """The typed record. Raises UnreadableLease."""
    try:
        end = raw["state_expiration"]
        return Record(
            address=str(raw["address"]),
            scope=str(raw["scope"]),
            state=str(raw["state"]),
            status=str(raw["binding_status"]),
            client_id=raw.get("client_id"),
            hardware=raw.get("hardware"),
            end=inf if end == "never" else instant(end),
            sent=instant(raw.get("potential_sent")),
            acked=instant(raw.get("potential_acked")),
            received=instant(raw.get("potential_received")),
            last_transaction=instant(raw.get("client_last_transaction")),
            since=instant(raw.get("start_of_state")),
            relay_info=raw.get("relay_agent_info"),
            reserved=bool(raw.get("reserved")),
            needs_update=bool(raw.get("needs_update")),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise UnreadableLease(f"the lease cannot be read: {wrong}") from wrong


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both records, in words; whether the two contradict each other."""

    name: str
    main: str
    backup: str
    differs: bool


Told = Callable[[Record, float, tzinfo], str]


def _time(value: float | None, now: float, zone: tzinfo) -> str:
    if value is None:
        return "-"
    return "never" if value == inf else wall(value, zone, now)


FIELDS: tuple[tuple[str, Told, Callable[[Record, Record], bool]], ...] = (
    ("state", lambda each, now, zone: f"{each.state} ({each.status})", lambda a, b: a.status != b.status),
    ("scope", lambda each, now, zone: each.scope, lambda a, b: a.scope != b.scope),
    ("client-id", lambda each, now, zone: each.client_id or "-", lambda a, b: a.client_id != b.client_id),
    ("hardware", lambda each, now, zone: each.hardware or "-", lambda a, b: a.hardware != b.hardware),
    ("ends", lambda each, now, zone: _time(each.end, now, zone), lambda a, b: _apart(a.end, b.end)),
    ("since", lambda each, now, zone: _time(each.since, now, zone), lambda a, b: _apart(a.since, b.since)),
    (
        "last transaction",
        lambda each, now, zone: _time(each.last_transaction, now, zone),
        lambda a, b: _apart(a.last_transaction, b.last_transaction),
    ),
    ("potential sent", lambda each, now, zone: _time(each.sent, now, zone), lambda a, b: False),
    (
        "acknowledged",
        lambda each, now, zone: _time(each.acked, now, zone),
        # What one says was acknowledged, the other must have received.
        lambda a, b: _beyond(a.acked, b.received) or _beyond(b.acked, a.received),
    ),
    ("received", lambda each, now, zone: _time(each.received, now, zone), lambda a, b: False),
    ("reserved", lambda each, now, zone: "yes" if each.reserved else "no", lambda a, b: a.reserved != b.reserved),
    ("partner told", lambda each, now, zone: "not yet" if each.needs_update else "yes", lambda a, b: False),
)


def side_by_side(main: Record | None, backup: Record | None, now: float, zone: tzinfo) -> tuple[Row, ...]:
    """Every field of both; a server without a record never used the address, which is FREE."""
    rows = []
    for name, told, differs in FIELDS:
        words = [
            ("no record" if name == "state" else "-") if each is None else told(each, now, zone)
            for each in (main, backup)
        ]
        both = main is not None and backup is not None
        apart = differs(main, backup) if main is not None and backup is not None else name == "state" and not both
        rows.append(Row(name, words[0], words[1], apart))
    return tuple(rows)


def _apart(one: float | None, other: float | None) -> bool:
    if one is None or other is None or inf in (one, other):
        return one != other
    return abs(one - other) > CLOSE_SECONDS


def _beyond(acked: float | None, received: float | None) -> bool:
    return acked is not None and acked > (received or 0.0) + CLOSE_SECONDS
