"""A configuration's watch with its journal: what the console and the collector both begin with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.collector.health import OwnHealth
from console.collector.participant import Participant, Role, sources_of
from console.errors import JournalError
from console.insight.fold import fold_all
from console.insight.wording import DAY, HOUR
from console.journal.election import seat
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import Observation
from console.model.picture import Picture
from console.notify.notifier import Notifier
from console.settings.clients import Clients
from console.settings.document import Settings
from console.settings.setup import empty_picture
from console.state.store import PictureStore
from console.state.zones import LocalZone

RECALLED_SECONDS = HOUR
"""How much of the journal is folded in at the start: the chart and the story do not begin empty."""
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the journal adds up to, up to the entry numbered `last`. Where it cannot be opened `journal` is None, and
    `fault` says why."""

    journal: Journal | None
    picture: Picture
    last: int
    fault: str | None


def remembered(settings: Settings) -> Remembered:
    """Open the journal and fold its last hour. Takes as long as a disk and an hour of observations do."""
    empty = empty_picture(settings.pair)
    try:
        journal = Journal.open(settings.journal_url)
        now = time.time()
        last = journal.last()
        picture = fold_all(empty, journal.recall(now - RECALLED_SECONDS, now, upto=last), judges=False)
    except JournalError as error:
        return Remembered(None, empty, 0, f"{error}; nothing is recorded")
    return Remembered(journal, picture, last, None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A watch that knows what the journal remembers; its writer, None without a journal; who feeds it; how it does."""

    store: PictureStore
    writer: JournalWriter | None
    participant: Participant
    notifier: Notifier
    health: OwnHealth


def opened(
    settings: Settings, asked: Mapping[str, Clients], complain: Callable[[str], None], *, collects: bool
) -> Opened:
    """The watch of a configuration. A journal that cannot be opened is complained of; the watch works without.

    `collects`: whether this process may take the collector's seat.
    """
    store = PictureStore(empty_picture(settings.pair), time.time, LocalZone())
    return joined(settings, store, remembered(settings), asked, complain, collects=collects)


def joined(
    settings: Settings,
    store: PictureStore,
    known: Remembered,
    asked: Mapping[str, Clients],
    complain: Callable[[str], None],
    *,
    collects: bool,
) -> Opened:
    """The same for a watch that may have observed something already."""
    journal, writer = known.journal, None
    if journal is not None:
        console = settings.console
        writer = JournalWriter(journal, console.journal_days * DAY, int(console.journal_megabytes * MEBIBYTE))
    keep = _nowhere if writer is None else writer.keep
    store.remember(known.picture, keep)
    health = OwnHealth(writer)

    heard: set[str] = set()

    def complained(text: str) -> None:
        if text not in heard:
            heard.add(text)
            health.complain(text)
            complain(text)

    if known.fault is not None:
        complained(known.fault)
    chair = seat(journal) if journal is not None and collects else None
    sources = sources_of(settings, asked, store, complained, health.counted)
    participant = Participant(store, sources, journal, chair, keep, known.last, health)
    notifier = Notifier(settings.notify, store, lambda: participant.role is not Role.WATCHING)
    health.failed = lambda: notifier.sender.failure
    return Opened(store, writer, participant, notifier, health)


def _nowhere(observation: Observation) -> None:
    """Without a journal nothing is kept."""
