"""The moments of a recording at which the timeline changed, found by replaying it, with the verdict at each of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.insight.verdict import severity, verdict
from console.model.picture import WORST_FIRST, Severity, TimelineEntry
from console.state.replay import Player

PICTURED_AT_MOST = 8
QUIET_SECONDS = 5.0
"""The least time between two pictures: a state changes on both servers within seconds, and one picture shows both."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`entries` are the timeline entries since the moment before; the verdict and the severity are those at `at`."""

    at: float
    entries: tuple[TimelineEntry, ...]
    verdict: str
    severity: Severity


def find_moments(player: Player, pair: str) -> list[Moment]:
    """Every moment at which the timeline of the pair changed, from the start of the recording to its end."""
    player.seek(player.start)
    found = [_moment(player, pair, player.store.pair(pair).timeline)]
    while player.now < player.end:
        before = player.store.pair(pair).timeline
        player.to_event(pair, 1)
        after = player.store.pair(pair).timeline
        new = _new_entries(before, after)
        if new:
            found.append(_moment(player, pair, new))
    if found[-1].at < player.end:
        found.append(_moment(player, pair, ()))
    return found


def picture_times(found: list[Moment]) -> list[float]:
    """When to take pictures: where it got worse, where an operator acted, where a state changed, and at the end.

    If there are too many, the most important ones are kept. Ascending.
    """
    ranked: list[tuple[int, float]] = [(0, found[-1].at)]
    worst = WORST_FIRST.index(Severity.OK)
    for each in found[:-1]:
        rank = WORST_FIRST.index(each.severity)
        sources = {entry.source for entry in each.entries}
        if rank < worst:
            worst = rank
            ranked.append((1, each.at))
        elif "operator" in sources:
            ranked.append((2, each.at))
        elif "state" in sources:
            ranked.append((3, each.at))
    chosen: list[float] = []
    for _, at in sorted(ranked):
        if all(abs(at - other) > QUIET_SECONDS for other in chosen):
            chosen.append(at)
    return sorted(chosen[:PICTURED_AT_MOST])


def _moment(player: Player, pair: str, entries: Iterable[TimelineEntry]) -> Moment:
    store = player.store
    seen = store.pair(pair)
    return Moment(player.now, tuple(entries), verdict(seen, player.now, store.zone), severity(seen, player.now))


def _new_entries(before: tuple[TimelineEntry, ...], after: tuple[TimelineEntry, ...]) -> tuple[TimelineEntry, ...]:
    """The entries that were added. The timeline is bounded, so that its oldest entries may be gone."""
    if not before:
        return after
    # Searched from the end, by identity: equal entries of one instant stay apart.
    for position in range(len(after) - 1, -1, -1):
        if after[position] is before[-1]:
            return after[position + 1 :]
    return after
