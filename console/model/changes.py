"""The facts whose changes are in the timeline of a pair: a table.

A fact that is missing before or now did not change, as far as anyone can tell.
"""

from collections.abc import Callable
from dataclasses import dataclass

from console.model.facts import PairFacts, Takeover
from console.model.picture import EntryKind


@dataclass(frozen=True, slots=True)
class WatchedFact:
    """One fact. `read` is its value, None where it is missing; `words` describe the change from one to the other,
    and `kind` is that of its timeline entry."""

    read: Callable[[PairFacts], object]
    words: Callable[[PairFacts, PairFacts], str]
    kind: Callable[[PairFacts], EntryKind] = lambda now: EntryKind.OTHER


def _serving(before: PairFacts, now: PairFacts) -> str:
    return "serves again" if now.serves else f"serves nobody: {now.not_serving_reason or 'it gives no reason'}"


def _setting(name: str, read: Callable[[PairFacts], object]) -> WatchedFact:
    return WatchedFact(read, lambda before, now: f"{name} {read(before)} -> {read(now)}")


def _switch(name: str, read: Callable[[PairFacts], bool | None]) -> WatchedFact:
    return WatchedFact(read, lambda before, now: f"{name} switched {'on' if read(now) else 'off'}")


def _takeover(facts: PairFacts) -> Takeover:
    return facts.takeover or Takeover()


WATCHED: tuple[WatchedFact, ...] = (
    WatchedFact(
        lambda facts: facts.serves, _serving, lambda now: EntryKind.OTHER if now.serves else EntryKind.NOT_SERVING
    ),
    WatchedFact(
        lambda facts: facts.contact,
        lambda before, now: "lost contact with its partner" if now.interrupted else "has contact with its partner",
        lambda now: EntryKind.CONTACT_LOST if now.interrupted else EntryKind.CONTACT_BACK,
    ),
    WatchedFact(
        lambda facts: facts.config_mismatch,
        lambda before, now: (
            f"finds its partner configured differently: {'; '.join(now.config_mismatch)}"
            if now.config_mismatch
            else "finds its partner configured alike"
        ),
        lambda now: EntryKind.MISMATCH if now.config_mismatch else EntryKind.OTHER,
    ),
    WatchedFact(
        lambda facts: facts.reload_pending,
        lambda before, now: "waits for a reload" if now.reload_pending else "waits for no reload any more",
    ),
    _switch("use-safe-period", lambda facts: _takeover(facts).automatic),
    _switch("load balancing", lambda facts: facts.load_balancing),
    _setting("safe period (s)", lambda facts: _takeover(facts).length),
    _setting("MCLT (s)", lambda facts: facts.mclt),
    _setting("backup percentage", lambda facts: facts.backup_pct),
)


def changed_facts(server: str, before: PairFacts, now: PairFacts) -> list[tuple[str, EntryKind]]:
    """A line for each fact that differs, and what it reports."""
    found = []
    for fact in WATCHED:
        values = fact.read(before), fact.read(now)
        if None not in values and values[0] != values[1]:
            found.append((f"{server} {fact.words(before, now)}", fact.kind(now)))
    return found
