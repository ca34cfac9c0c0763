"""The moments of a recording that tell its story: found by playing it, each with what was true then."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.insight.summary import severity
from console.insight.verdict import verdict
from console.model.picture import WORST_FIRST, Severity, TimelineEntry
from console.state.replay import Player

PICTURED_AT_MOST = 8
QUIET_SECONDS = 5.0
"""A picture is taken when what belongs together has come in: a state changes on both servers within seconds."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`entries` are the lines of the story since the moment before; the sentence and the severity hold at `at`."""

    at: float
    entries: tuple[TimelineEntry, ...]
    verdict: str
    severity: Severity


def moments(player: Player, pair: str) -> list[Moment]:
    """Every moment at which the story of the pair goes on, from the start of the recording to its end."""
    player.seek(player.start)
    found = [_moment(player, pair, player.store.pair(pair).timeline)]
    while player.now < player.end:
        before = player.store.pair(pair).timeline
        player.to_event(pair, 1)
        after = player.store.pair(pair).timeline
        new = _new(before, after)
        if new:
            found.append(_moment(player, pair, new))
    if found[-1].at < player.end:
        found.append(_moment(player, pair, ()))
    return found


def pictured(story: list[Moment]) -> list[float]:
    """When to take pictures: where it got worse, where somebody acted, where the state changed, and the end.

    Of more than may be, those are kept that say most, in the order of time.
    """
    ranked: list[tuple[int, float]] = [(0, story[-1].at)]
    worst = WORST_FIRST.index(Severity.OK)
    for each in story[:-1]:
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


def _new(before: tuple[TimelineEntry, ...], after: tuple[TimelineEntry, ...]) -> tuple[TimelineEntry, ...]:
    """What was added. The story is bounded, so that its head may have gone meanwhile."""
    if not before:
        return after
    # Searched from its end: two equal lines of one instant are one as well.
    for position in range(len(after) - 1, -1, -1):
        if after[position] is before[-1]:
            return after[position + 1 :]
    return after
