"""The store of a configuration with its journal: the start of the console and of the collector."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.collector.health import ProcessHealth
from console.collector.participant import Participant, Role, sources_of
from console.collector.silencing import Silencer
from console.errors import JournalError
from console.insight.fold import fold_all
from console.insight.wording import DAY, HOUR
from console.journal.damage import set_aside
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
"""How much of the journal is folded in at the start, so that charts and timelines are not empty."""
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class JournalState:
    """The journal's picture, up to the entry numbered `last`. `journal` is None where it cannot be opened, and `fault`
    has the reason."""

    journal: Journal | None
    picture: Picture
    last: int
    fault: str | None


def read_journal(settings: Settings, *, reads_only: bool = False) -> JournalState:
    """Open the journal and fold its last hour; may take seconds. `reads_only`: an existing one, without a change."""
    empty = empty_picture(settings.pair)
    aside: str | None = None
    try:
        try:
            if reads_only:
                return _recalled(Journal.reading(settings.journal_url), empty, None)
            journal = Journal.open(settings.journal_url)
            journal.last()
        except JournalError:
            moved = None if reads_only else set_aside(settings.journal_url)
            if moved is None:
                raise
            aside = f"the journal was damaged: it was renamed to {moved}, and a new one was begun"
            journal = Journal.open(settings.journal_url)
        return _recalled(journal, empty, aside)
    except (JournalError, OSError) as error:
        return JournalState(
            None, empty, 0, f"{error}; {'the past is not shown' if reads_only else 'nothing is recorded'}"
        )


def _recalled(journal: Journal, empty: Picture, fault: str | None) -> JournalState:
    now, last = time.time(), journal.last()
    picture = fold_all(empty, journal.recall(now - RECALLED_SECONDS, now, upto=last), judges=False)
    return JournalState(journal, picture, last, fault)


@dataclass(frozen=True, slots=True)
class CollectorParts:
    """A store with the journal's picture; its writer (None without a journal), its participant, notifier and health."""

    store: PictureStore
    writer: JournalWriter | None
    participant: Participant
    notifier: Notifier
    health: ProcessHealth


def open_collector(
    settings: Settings, asked: Mapping[str, Clients], complain: Callable[[str], None], *, collects: bool
) -> CollectorParts:
    """The store of a configuration with its parts. Without a journal that can be opened it complains and works on.

    `collects`: whether this process may take the collector's seat.
    """
    store = PictureStore(empty_picture(settings.pair), time.time, LocalZone())
    return join_journal(settings, store, read_journal(settings), asked, complain, collects=collects)


def join_journal(
    settings: Settings,
    store: PictureStore,
    known: JournalState,
    asked: Mapping[str, Clients],
    complain: Callable[[str], None],
    *,
    collects: bool,
    reads_only: bool = False,
) -> CollectorParts:
    """The same for a store that may have observed something already.

    `reads_only`: nothing is written, no traps are received, and no notifications are sent.
    """
    journal, writer = known.journal, None
    if journal is not None and not reads_only:
        console = settings.console
        writer = JournalWriter(journal, console.journal_days * DAY, int(console.journal_megabytes * MEBIBYTE))
    keep = _nowhere if writer is None else writer.keep
    store.remember(known.picture, keep)
    health = ProcessHealth(writer)

    reported: set[str] = set()

    def complained(text: str) -> None:
        if text not in reported:
            reported.add(text)
            health.complain(text)
            complain(text)

    if known.fault is not None:
        complained(known.fault)
    own_seat = seat(journal) if journal is not None and collects else None
    sources = sources_of(settings, asked, store, complained, health.counted, traps=not reads_only)
    participant = Participant(store, sources, journal, own_seat, keep, known.last, health, reads_only=reads_only)
    if writer is not None:
        writer.begun_again = participant.begin_again
    silencer = Silencer(
        [each.plan() for each in settings.silence], store, lambda: participant.role is not Role.WATCHING
    )
    participant.silence = silencer.silence_due
    notifier = Notifier(
        () if reads_only else settings.notify,
        store,
        lambda: participant.role is not Role.WATCHING,
        before=silencer.silence_due,
    )
    health.failed = lambda: notifier.sender.failure
    return CollectorParts(store, writer, participant, notifier, health)


def _nowhere(observation: Observation) -> None:
    """Keep nothing: there is no journal."""
