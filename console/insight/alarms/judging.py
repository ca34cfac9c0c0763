"""Raises and settles alarms from polls, by the rows of the table.

An alarm of a server that is not seen stays active. It also stays active while a fact that its row needs is missing.
"""

from collections.abc import Iterable

from console.insight.alarms.lifecycle import OVERFLOW, clear_alarm, expire_alarms, raise_alarm
from console.insight.alarms.row import AlarmRow
from console.insight.alarms.table import ROWS
from console.insight.consistency import contradictions
from console.insight.forecast import rate_unknown
from console.insight.freshness import is_seen
from console.insight.memo import once
from console.model.fact_table import Known, Missing, lacking, look_up
from console.model.picture import Alarm, AlarmSource, PairPicture, ServerPicture
from console.model.profiles import Fact

IN_TRANSIT_SECONDS = 1.0
"""The longest time that an answer is on its way."""

POLLED = tuple(row for row in ROWS if row.polled)

ALWAYS_NEEDED = (Fact.STATE, Fact.SERVES)
"""The facts that are needed to call a server healthy, for every make."""


def judge_polled(pair: PairPicture, now: float) -> PairPicture:
    """Returns the pair with every polled row judged at `now`: new faults raised, settled alarms cleared."""
    if pair.untouched:
        return pair  # A large fleet begins with such pairs alone.
    return judge_rows(expire_alarms(pair, now), POLLED, now)


def judge_rows(
    pair: PairPicture, rows: Iterable[AlarmRow], now: float, source: AlarmSource = AlarmSource.POLL
) -> PairPicture:
    """Returns the pair with these rows judged: faults that are found are raised, settled ones cleared, by `source`."""
    active: dict[str, list[str]] = {}
    for alarm in pair.alarms.values():
        if alarm.is_active:
            active.setdefault(alarm.kind, []).append(alarm.id)
    for row in rows:
        found = {fault.id(pair.name): fault for fault in row.find(pair, now)}
        for fault in found.values():
            pair = raise_alarm(pair, fault, source, now)
        prefix = f"{pair.name}/{row.kind}/"
        for key in active.get(row.kind, ()):
            overflow = key == prefix + OVERFLOW
            alarm = pair.alarms[key]
            for entity in alarm.members if overflow else (key[len(prefix) :],):
                concerned = _concerned(pair, entity)
                if prefix + entity in found or not _asked_since(alarm, concerned):
                    continue
                if _can_tell(row, concerned) and row.settled(pair, now, entity):
                    pair = clear_alarm(pair, prefix + entity, source, now)
    return pair


@once
def undecided(pair: PairPicture, now: float) -> str | None:
    """Why the console cannot exclude an alarm: a server is not seen, a fact is missing, or two facts contradict each
    other. None where all are known.

    A fact that a make does not report is not counted as missing, except for the facts that are always needed.
    """
    wrong = contradictions(pair, now)
    if wrong:
        return wrong[0]
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
    """The servers that an alarm concerns: one, or both."""
    server = pair.servers.get(entity.partition("/")[0])
    return [server] if server is not None else list(pair.servers.values())


def _asked_since(alarm: Alarm, concerned: Iterable[ServerPicture]) -> bool:
    """Whether the servers concerned have answered since a trap or log line last reported the fault.

    An older answer does not show whether the fault is over. Neither does an answer that was on its way at that time.
    """
    if not {AlarmSource.TRAP, AlarmSource.LOG} & set(alarm.sources):
        return True
    return all(
        each.reported_at is not None and each.reported_at >= alarm.last + IN_TRANSIT_SECONDS for each in concerned
    )
