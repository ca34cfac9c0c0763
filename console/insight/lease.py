"""One lease in the records of both servers, side by side, with the fields that contradict each other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from math import inf

from console.insight.limits import SAME_TIME_SECONDS
from console.insight.wording import wall
from console.model.leases import LeaseFacts


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """One field of both records, in words. `differs`: the records contradict each other."""

    name: str
    main: str
    backup: str
    differs: bool


FieldText = Callable[[LeaseFacts, float, tzinfo], str]
Field = tuple[str, FieldText, Callable[[LeaseFacts, LeaseFacts], bool]]
"""Its name, its text in a record, and whether two records contradict each other in it."""


def _time(value: float | None, now: float, zone: tzinfo) -> str:
    if value is None:
        return "-"
    return "never" if value == inf else wall(value, zone, now)


def _yes_no(value: bool | None) -> str:
    return "-" if value is None else "yes" if value else "no"


FIELDS: tuple[Field, ...] = (
    ("state", lambda each, now, zone: f"{each.word} ({each.status})", lambda a, b: a.status != b.status),
    ("scope", lambda each, now, zone: each.scope, lambda a, b: a.scope != b.scope),
    ("client-id", lambda each, now, zone: each.client_id or "-", lambda a, b: a.client_id != b.client_id),
    ("hardware", lambda each, now, zone: each.hardware or "-", lambda a, b: a.hardware != b.hardware),
    ("host name", lambda each, now, zone: each.host_name or "-", lambda a, b: a.host_name != b.host_name),
    ("full name", lambda each, now, zone: each.fqdn or "-", lambda a, b: a.fqdn != b.fqdn),
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
        # The partner must have received what a server has as acknowledged.
        lambda a, b: _beyond(a.acked, b.received) or _beyond(b.acked, a.received),
    ),
    ("received", lambda each, now, zone: _time(each.received, now, zone), lambda a, b: False),
    ("reserved", lambda each, now, zone: _yes_no(each.reserved), lambda a, b: a.reserved != b.reserved),
    (
        "partner updated",
        lambda each, now, zone: "-" if each.needs_update is None else "not yet" if each.needs_update else "yes",
        lambda a, b: False,
    ),
)


FIELDS6: tuple[Field, ...] = (
    ("association", lambda each, now, zone: each.association or "-", lambda a, b: a.association != b.association),
    (
        "preferred until",
        lambda each, now, zone: _time(each.preferred_until, now, zone),
        lambda a, b: _apart(a.preferred_until, b.preferred_until),
    ),
)
"""What only a lease of DHCPv6 has."""


def fields_of(*records: LeaseFacts | None) -> tuple[Field, ...]:
    """The fields to show and compare of one lease."""
    return (*FIELDS, *FIELDS6) if any(each is not None and each.association for each in records) else FIELDS


def side_by_side(main: LeaseFacts | None, backup: LeaseFacts | None, now: float, zone: tzinfo) -> tuple[LeaseRow, ...]:
    """Every field of both records. A server without a record has never leased the address: it is FREE."""
    rows = []
    for name, text, differs in fields_of(main, backup):
        words = [
            ("no record" if name == "state" else "-") if each is None else text(each, now, zone)
            for each in (main, backup)
        ]
        both = main is not None and backup is not None
        apart = differs(main, backup) if main is not None and backup is not None else name == "state" and not both
        rows.append(LeaseRow(name, words[0], words[1], apart))
    return tuple(rows)


def _apart(one: float | None, other: float | None) -> bool:
    if one is None or other is None or inf in (one, other):
        return one != other
    return abs(one - other) > SAME_TIME_SECONDS


def _beyond(acked: float | None, received: float | None) -> bool:
    return acked is not None and acked > (received or 0.0) + SAME_TIME_SECONDS
