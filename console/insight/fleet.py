"""All pairs at a glance, the worst first: one row for each, with everything that decides whether to open it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import Countdown, next_event
from console.insight.danger import banners
from console.insight.forecast import Forecast, worst_forecast
from console.insight.freshness import age, is_seen, last_state, main_first
from console.insight.summary import severity, worst
from console.insight.verdict import verdict
from console.model.picture import WORST_FIRST, PairPicture, Picture, ServerPicture, Severity
from console.model.states import SHORT, State


@dataclass(frozen=True, slots=True)
class Half:
    """One server in a row. `state` is what it last said, `seen` whether it says so now, `age` how old that is (s)."""

    name: str
    state: State | None
    seen: bool
    age: float | None


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One pair. `link` is whether the servers talk: True, False, or None where neither can be asked; `link_since` is
    when that began, by our clock. `unacked` counts the updates of both that wait for the other. `mismatch`: the two
    refuse each other's configuration."""

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
    mismatch: bool
    unacked: int
    unowned: int
    """Alarms that stand and belong to nobody."""

    def matches(self, words: str) -> bool:
        """Whether every word is somewhere in the row: a name, the environment, a state, the severity, the verdict."""
        known = [half.state for half in (self.main, self.backup)]
        states = " ".join(f"{state} {SHORT.get(state, '')}" if state else "unknown" for state in known)
        servers = f"{self.main.name} {self.backup.name}"
        text = f"{self.pair} {self.environment} {self.severity} {servers} {states} {self.verdict}".lower()
        return all(word in text for word in words.lower().split())


def fleet_row(pair: PairPicture, now: float, zone: tzinfo) -> FleetRow:
    """The row of one pair."""
    main, backup = main_first(pair.servers.values())
    reports = [server.report for server in (main, backup) if server.report is not None and is_seen(server, now)]
    interrupted = [report for report in reports if report.interrupted]
    lost = [at for report in interrupted if (at := report.start_of_communications_interrupted) is not None]
    found = banners(pair, now, zone)
    return FleetRow(
        pair=pair.name,
        environment=pair.environment,
        severity=worst([severity(pair, now), *(each.severity for each in found)]),
        verdict=verdict(pair, now, zone),
        event=next_event(pair, now),
        main=_half(main, now),
        backup=_half(backup, now),
        link=None if not reports else not interrupted,
        link_since=min(lost, default=None),
        exhaustion=worst_forecast(pair, now),
        mismatch=any(report.config_mismatch for report in reports),
        unacked=sum(report.unacked_updates for report in reports),
        unowned=sum(alarm.acknowledged_by is None and not alarm.suppressed for alarm in pair.open_alarms),
    )


def fleet(picture: Picture, now: float, zone: tzinfo) -> list[FleetRow]:
    """A row for every pair: by severity, then by what happens soonest by itself, then by name."""
    rows = [fleet_row(pair, now, zone) for pair in picture.pairs.values()]

    def order(row: FleetRow) -> tuple[int, int, float, str]:
        # Minutes, so that two countdowns that run side by side do not change places with every second.
        soon = float("inf") if row.event is None else row.event.at // 60
        return WORST_FIRST.index(row.severity), row.event is None, soon, row.pair

    return sorted(rows, key=order)


def counted(rows: Iterable[FleetRow]) -> dict[Severity, int]:
    """How many pairs are how bad, the worst first; severities that no pair has are left out."""
    found = [row.severity for row in rows]
    return {each: found.count(each) for each in WORST_FIRST if each in found}


def _half(server: ServerPicture, now: float) -> Half:
    return Half(server.name, last_state(server), is_seen(server, now), age(server, now))
