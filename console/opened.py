"""A configuration's watch with its journal: what the console and the collector both begin with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.commands.setup import empty_picture
from console.config import Settings
from console.errors import JournalError
from console.gathering import Gathering, Role, sources_of
from console.health import OwnHealth
from console.insight.wording import DAY, HOUR
from console.journal.election import seat
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import Observation
from console.notify.notifier import Notifier
from console.sources.collect import Clients
from console.watch import Watch
from console.zones import LocalZone

RECALLED_SECONDS = HOUR
"""How much of the journal is folded in at the start: the chart and the story do not begin empty."""
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A watch that knows what the journal remembers; its writer, None without a journal; who feeds it; how it does."""

    watch: Watch
    writer: JournalWriter | None
    gathering: Gathering
    notifier: Notifier
    health: OwnHealth


def opened(
    settings: Settings, asked: Mapping[str, Clients], complain: Callable[[str], None], *, collects: bool
) -> Opened:
    """The watch of a configuration. A journal that cannot be opened is complained of; the watch works without.

    `collects`: whether this process may take the collector's seat.
    """
    journal: Journal | None = None
    complaints: list[str] = []
    remembered: list[Observation] = []
    read_from = 0
    try:
        journal = Journal.open(settings.journal_url)
        now = time.time()
        read_from = journal.last()
        remembered = list(journal.recall(now - RECALLED_SECONDS, now, upto=read_from))
    except JournalError as error:
        complaints.append(f"{error}; nothing is recorded")
        journal = None
    writer = None
    if journal is not None:
        console = settings.console
        writer = JournalWriter(journal, console.journal_days * DAY, int(console.journal_megabytes * MEBIBYTE))
    keep = _nowhere if writer is None else writer.keep
    watch = Watch(empty_picture(settings.pair), time.time, LocalZone(), keep)
    watch.recall(remembered)
    health = OwnHealth(writer)

    heard: set[str] = set()

    def complained(text: str) -> None:
        if text not in heard:
            heard.add(text)
            health.complain(text)
            complain(text)

    for each in complaints:
        complained(each)
    chair = seat(journal) if journal is not None and collects else None
    sources = sources_of(settings, asked, watch, complained, health.counted)
    gathering = Gathering(watch, sources, journal, chair, keep, read_from, health)
    notifier = Notifier(settings.notify, watch, lambda: gathering.role is not Role.WATCHING)
    health.failed = lambda: notifier.sender.failure
    return Opened(watch, writer, gathering, notifier, health)


def _nowhere(observation: Observation) -> None:
    """Without a journal nothing is kept."""
