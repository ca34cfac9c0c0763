"""The overview of all pairs, worst first: one row for each pair."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo

from console.insight.countdowns import Countdown, cannot_tell, next_event
from console.insight.forecast import Forecast, cannot_forecast, worst_forecast
from console.insight.freshness import age, is_seen, last_phase, last_word, live_facts, main_first
from console.insight.verdict import judge
from console.model.phases import Phase, short
from console.model.picture import WORST_FIRST, PairPicture, Picture, ServerPicture, Severity


@dataclass(frozen=True, slots=True)
class Half:
    """One server in a row. `phase` is the phase of its last answer, None where it never answered; `word` is the state
    as its make spells it. `seen`: it answers now. `age` is the age of the answer (s)."""

    name: str
    phase: Phase | None
    word: str
    seen: bool
    age: float | None


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One pair. `link` is whether the servers are in contact: True, False, or None where that is not known;
    `link_since` is when contact was lost, on the console's clock. `unacked` is the number of unacknowledged updates of
    both servers. `mismatch`: a server reports a configuration mismatch. Both are None where they are not known.
    `event_known` and `exhaustion_known`: all facts for them are known."""

    pair: str
    environment: str
    severity: Severity
    verdict: str
    event: Countdown | None
    main: Half
    backup: Half
    link: bool | None
    link_since: float | None
    exhaustion: Forecast | None
    mismatch: bool | None
    unacked: int | None
    unowned: int
    """Active alarms without an owner, silenced ones not counted."""
    event_known: bool = True
    exhaustion_known: bool = True

    def matches(self, words: str) -> bool:
        """Whether every word of `words` occurs in the row: names, environment, states, severity, verdict."""
        states = " ".join(f"{half.word} {short(half.word)}" for half in (self.main, self.backup))
        servers = f"{self.main.name} {self.backup.name}"
        text = f"{self.pair} {self.environment} {self.severity} {servers} {states} {self.verdict}".lower()
        return all(word in text for word in words.lower().split())


def fleet_row(pair: PairPicture, now: float, zone: tzinfo) -> FleetRow:
    """The row of one pair."""
    main, backup = main_first(pair.servers.values())
    seen = [facts for _, facts in live_facts(pair, now)]
    lost = [at for facts in seen if facts.interrupted and (at := facts.contact_lost_at) is not None]
    unacked = [facts.unacked_updates for facts in seen if facts.unacked_updates is not None]
    judged = judge(pair, now, zone)
    return FleetRow(
        pair=pair.name,
        environment=pair.environment,
        severity=judged.severity,
        verdict=judged.sentence,
        event=next_event(pair, now),
        main=_half(main, now),
        backup=_half(backup, now),
        link=_all([facts.contact for facts in seen]),
        link_since=min(lost, default=None),
        exhaustion=worst_forecast(pair, now),
        mismatch=_any([None if facts.config_mismatch is None else bool(facts.config_mismatch) for facts in seen]),
        unacked=sum(unacked) if unacked and len(unacked) == len(seen) else None,
        unowned=sum(alarm.acknowledged_by is None and not alarm.suppressed for alarm in pair.open_alarms),
        event_known=cannot_tell(pair, now) is None,
        exhaustion_known=bool(seen) and cannot_forecast(pair, now) is None,
    )


def fleet(picture: Picture, now: float, zone: tzinfo) -> list[FleetRow]:
    """A row for every pair, sorted by severity, then by the next automatic event, then by name."""
    rows = list(_rows(picture, now, zone))

    def order(row: FleetRow) -> tuple[int, int, float, str]:
        # In minutes, so that two countdowns with nearly the same end do not change places every second.
        soon = float("inf") if row.event is None else row.event.at // 60
        return WORST_FIRST.index(row.severity), row.event is None, soon, row.pair

    return sorted(rows, key=order)


def _rows(picture: Picture, now: float, zone: tzinfo) -> Iterator[FleetRow]:
    """The row of each pair. All pairs of which nothing was observed have the row of the first one of their makes."""
    untouched: dict[tuple[int, ...], FleetRow] = {}
    for pair in picture.pairs.values():
        if not pair.untouched:
            yield fleet_row(pair, now, zone)
            continue
        makes = tuple(id(each.make) for each in pair.servers.values())
        known = untouched.get(makes)
        if known is None:
            known = untouched[makes] = fleet_row(pair, now, zone)
        main, backup = main_first(pair.servers.values())
        yield replace(
            known,
            pair=pair.name,
            environment=pair.environment,
            main=replace(known.main, name=main.name),
            backup=replace(known.backup, name=backup.name),
        )


def counted(rows: Iterable[FleetRow]) -> dict[Severity, int]:
    """The number of pairs of each severity, worst first; severities without pairs are left out."""
    found = [row.severity for row in rows]
    return {each: found.count(each) for each in WORST_FIRST if each in found}


def _half(server: ServerPicture, now: float) -> Half:
    return Half(server.name, last_phase(server), last_word(server), is_seen(server, now), age(server, now))


def _all(values: list[bool | None]) -> bool | None:
    """False if one value is False; else None if one is unknown or there are no values; else True."""
    return False if False in values else None if None in values or not values else True


def _any(values: list[bool | None]) -> bool | None:
    """True if one value is True; else None if one is unknown or there are no values; else False."""
    return True if True in values else None if None in values or not values else False
