"""Judges the alarms that polls raise and settle, by the rows of the table.

What is not seen is never taken for cured, and neither is what cannot be told: an alarm stays while a fact is missing
that its row needs.
"""

from collections.abc import Iterable

from console.insight.alarms.lifecycle import REST, cleared, expired, raised
from console.insight.alarms.row import AlarmRow
from console.insight.alarms.table import ROWS
from console.insight.forecast import rate_unknown
from console.insight.freshness import is_seen
from console.insight.memo import once
from console.model.fact_table import Known, Missing, lacking, look_up
from console.model.picture import Alarm, AlarmSource, PairPicture, ServerPicture
from console.model.profiles import Fact

IN_TRANSIT_SECONDS = 1.0
"""How old an answer may be when it arrives."""

POLLED = tuple(row for row in ROWS if row.polled)

ALWAYS_NEEDED = (Fact.STATE, Fact.SERVES)
"""Without these nothing good can be said about a server, whatever its make reports."""


def judged_by_poll(pair: PairPicture, now: float) -> PairPicture:
    """The pair with every row judged at `now`: new faults raised, settled alarms cleared."""
    return judged_by(expired(pair, now), POLLED, now)


def judged_by(
    pair: PairPicture, rows: Iterable[AlarmRow], now: float, source: AlarmSource = AlarmSource.POLL
) -> PairPicture:
    """The pair with these rows judged: what is found is raised, what is over is cleared, by `source`."""
    active: dict[str, list[str]] = {}
    for alarm in pair.alarms.values():
        if alarm.stands:
            active.setdefault(alarm.kind, []).append(alarm.id)
    for row in rows:
        found = {fault.id(pair.name): fault for fault in row.find(pair, now)}
        for fault in found.values():
            pair = raised(pair, fault, source, now)
        prefix = f"{pair.name}/{row.kind}/"
        for key in active.get(row.kind, ()):
            line = key == prefix + REST
            alarm = pair.alarms[key]
            for entity in alarm.members if line else (key[len(prefix) :],):
                concerned = _concerned(pair, entity)
                if prefix + entity in found or not _asked_since(alarm, concerned):
                    continue
                if _can_tell(row, concerned) and row.settled(pair, now, entity):
                    pair = cleared(pair, prefix + entity, source, now)
    return pair


@once
def undecided(pair: PairPicture, now: float) -> str | None:
    """Why it cannot be said that no alarm is due: a server that is not seen, or a fact that is missing; None where all
    are known. What a make does not report raises no alarm there, but for what is always needed."""
    for server in pair.servers.values():
        if not is_seen(server, now):
            return f"cannot see {server.name}"
        missing = lacking(server, *ALWAYS_NEEDED)
        if missing is not None:
            return missing
        for fact in _NEEDED:
            if look_up(server, fact) is Missing.UNKNOWN:
                return lacking(server, fact)
    return rate_unknown(pair, now)


_NEEDED = tuple(dict.fromkeys(fact for row in POLLED for fact in row.needs))


def _can_tell(row: AlarmRow, concerned: Iterable[ServerPicture]) -> bool:
    needs = row.needs if row.needs_to_settle is None else row.needs_to_settle
    return all(isinstance(look_up(server, fact), Known) for server in concerned for fact in needs)


def _concerned(pair: PairPicture, entity: str) -> list[ServerPicture]:
    """The servers that an alarm is about: one, or both."""
    server = pair.servers.get(entity.partition("/")[0])
    return [server] if server is not None else list(pair.servers.values())


def _asked_since(alarm: Alarm, concerned: Iterable[ServerPicture]) -> bool:
    """Whether those whom it concerns have answered since a trap or the log last told of it: an answer from before says
    nothing about it, and one that was on its way then may not either."""
    if not {AlarmSource.TRAP, AlarmSource.LOG} & set(alarm.sources):
        return True
    return all(
        each.reported_at is not None and each.reported_at >= alarm.last + IN_TRANSIT_SECONDS for each in concerned
    )
