"""What can be seen now and what is only last known. Every judgement asks here before it trusts a report.

A server that does not answer is one that we cannot see; whether it is down is more than a console can know.
"""

from collections.abc import Iterable

from console.insight.memo import once
from console.model.picture import PairPicture, ServerPicture
from console.model.reports import Report
from console.model.states import State

STALE_AFTER_SECONDS = 15.0
"""A report older than this is last known, not live."""

UNSEEN_AFTER_FAILURES = 3
"""So many failures in a row are no hiccup any more, even within the fifteen seconds."""

CLOCK_NOISE_SECONDS = 2.0
"""Below this a difference between a server's clock and ours is travel time and rounding."""


def age(server: ServerPicture, now: float) -> float | None:
    """Seconds since its last report arrived, `None` when it never answered."""
    return None if server.reported_at is None else max(0.0, now - server.reported_at)


def is_fresh(server: ServerPicture, now: float) -> bool:
    """Whether its last report is recent enough to act on."""
    seconds = age(server, now)
    return seconds is not None and seconds <= STALE_AFTER_SECONDS


def is_seen(server: ServerPicture, now: float) -> bool:
    """Whether it answers now: a fresh report and no run of failures since."""
    return is_fresh(server, now) and server.failures < UNSEEN_AFTER_FAILURES


def live(server: ServerPicture, now: float) -> Report | None:
    """Its report if it is seen now."""
    return server.report if is_seen(server, now) else None


@once
def live_reports(pair: PairPicture, now: float) -> tuple[tuple[ServerPicture, Report], ...]:
    """The servers that are seen now, with their reports, the main first."""
    found = []
    for server in main_first(pair.servers.values()):
        report = live(server, now)
        if report is not None:
            found.append((server, report))
    return tuple(found)


def main_first(servers: Iterable[ServerPicture]) -> list[ServerPicture]:
    """The main, then the backup."""
    return sorted(servers, key=lambda server: (server.role != "main", server.name))


def last_state(server: ServerPicture) -> State | None:
    """The state that it last reported, however long ago."""
    return None if server.report is None else server.report.state


def clock_offset(server: ServerPicture) -> float:
    """How far the server's clock is ahead of ours, in seconds; 0 within the noise."""
    if server.report is None or server.reported_at is None:
        return 0.0
    offset = server.report.at - server.reported_at
    return offset if abs(offset) > CLOCK_NOISE_SECONDS else 0.0


def on_our_clock(server: ServerPicture, at: float) -> float:
    """An instant that the server told, by our clock."""
    return at - clock_offset(server)
