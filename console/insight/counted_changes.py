"""Servers of makes that count changes of state and do not report the state: what may be said of them.

A counter shows that a state was entered. That it was left again is not counted, so no text here claims a state.
"""

from collections.abc import Iterator
from datetime import tzinfo

from console.insight.freshness import is_seen, live_facts
from console.insight.wording import wall
from console.model.phases import Phase, short
from console.model.picture import PairPicture, ServerPicture
from console.model.traffic import CountedChanges, SeenChange

FRESH_SECONDS = 5.0
"""For so long a change counts as one that was seen just now."""


def last_change(server: ServerPicture, zone: tzinfo, now: float) -> str | None:
    """`dhcp-a COMMUNICATION INTERRUPTED at 05:10`, `dhcp-a none since 05:00`; None of a server that is not seen, or
    reports its state."""
    counted = None if server.facts is None or not is_seen(server, now) else server.facts.counted_changes
    return None if counted is None else f"{server.name} {change_words(counted, zone, now)}"


def change_words(counted: CountedChanges, zone: tzinfo, now: float) -> str:
    """The last change that was seen, or since when none was."""
    if counted.last is None:
        return f"none since {wall(counted.since, zone, now)}"
    return f"{counted.last.word} at {wall(counted.last.at, zone, now)}"


def short_words(counted: CountedChanges, zone: tzinfo, now: float) -> str:
    """The same for a narrow column, the time first."""
    if counted.last is None:
        return change_words(counted, zone, now)
    return f"{wall(counted.last.at, zone, now)} {short(counted.last.word)}"


def count_words(counted: CountedChanges) -> str:
    """`COMMUNICATION INTERRUPTED 2, PARTNER DOWN 0`: since the server started."""
    return ", ".join(f"{each.word} {each.count:,}" for each in counted.counts)


def new_changes(pair: PairPicture, now: float) -> Iterator[tuple[ServerPicture, SeenChange]]:
    """The changes that were seen just now."""
    for server, facts in live_facts(pair, now):
        last = None if facts.counted_changes is None else facts.counted_changes.last
        if last is not None and last.phase is not Phase.UNKNOWN and 0 <= now - last.at <= FRESH_SECONDS:
            yield server, last
