"""One process's part in a journal that it may share: it records, reads on, and collects while it has the seat.

    alone        there is no journal, or it cannot be reached: this process polls for itself and writes nothing
    collecting   it has the collector's seat: it polls, receives and writes
    watching     another process has the seat: it folds what that one writes, and writes the actions of this host

A process that may not write (`reads_only`) polls for itself as one that is alone, and folds in what the others write.

An operator must see the pair when the database fails, so a process that cannot ask for the seat polls for itself.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Protocol

from console.errors import JournalError
from console.journal.election import Seat, holder
from console.journal.keeper import AlarmKeeper, ArrivalsKeeper, PinsKeeper
from console.journal.store import READ_AT_A_TIME, Journal
from console.model.observations import AlarmsKept, Health, Observation, PinsKept, PollAnswer, PollUnchanged
from console.model.picture import OWN
from console.settings.clients import Clients
from console.settings.document import Settings
from console.sources.collect import collect
from console.state.store import PictureStore

READ_SECONDS = 0.25
WATCH_SECONDS = 2.0
"""How often a process that watches asks for the latest answers."""
SEAT_SECONDS = 2.0
"""How often a process asks for the seat, and its holder checks that it still has it."""
KEEP_SECONDS = 1.0
LOOK_SECONDS = 1.0
SILENT_SECONDS = 150.0
"""A collector writes at least once a minute; after two missed times it is taken for gone."""

Own = Callable[[], tuple[dict[str, str | None], dict[str, int]]]
"""The faults of a process by name, and its counters (console.insight.alarms.own)."""
HOST = socket.gethostname()


class Role(Enum):
    """What this process does now."""

    ALONE = "alone"
    COLLECTING = "collecting"
    WATCHING = "watching"


class Collect(Protocol):
    """Runs every source until cancelled (`console.sources.collect.collect`)."""

    async def __call__(self) -> None: ...


class Participant:
    """See the module.

    Attributes:
        role: what this process does now.
        collector: who has the seat when it is another.
        trouble: what keeps the journal from being shared; None when nothing does.
    """

    def __init__(
        self,
        store: PictureStore,
        sources: Collect,
        journal: Journal | None,
        seat: Seat | None,
        keep: Callable[[Observation], None],
        read_from: int = 0,
        health: Own | None = None,
        *,
        reads_only: bool = False,
    ) -> None:
        """`keep` writes to the journal; `seat` None for a process that never collects; `read_from` is the number of
        the last entry that was already read; `health` is what this process reports about itself."""
        self._reads_only = reads_only
        self._store = store
        self._sources = sources
        self._journal = journal
        self._seat = seat
        self._keep = keep
        self._read = read_from
        self._health = health
        self.silence: Callable[[], None] = lambda: None
        """Silences alarms by plan."""
        self._last_read_at = store.clock()
        self._latest_at = float("-inf")
        self._watched_at = float("-inf")
        self._keepers = (AlarmKeeper(), ArrivalsKeeper(), PinsKeeper())
        self._collecting: asyncio.Task[None] | None = None
        self.role = Role.ALONE
        self._become(Role.ALONE if journal is None or reads_only else Role.WATCHING)
        self.collector: str | None = None
        self.trouble: str | None = None

    def begin_again(self) -> None:
        """Keep all alarms and arrivals once more: the journal is a new one. May be called from any thread."""
        self._keepers = (AlarmKeeper(), ArrivalsKeeper(), PinsKeeper())

    async def run(self) -> None:
        """Until cancelled."""
        if self._journal is None:
            looking = asyncio.create_task(self._look_at_itself())
            try:
                await self._sources()
            finally:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look_at_itself())
                group.create_task(self._read_on(self._journal))
                if self._reads_only:
                    group.create_task(self._sources())
                    return
                group.create_task(self._keep_alarms())
                if self._seat is not None:
                    group.create_task(self._take_turns(self._journal, self._seat))
        finally:
            await self._stop_collecting()
            if self._seat is not None:
                await asyncio.to_thread(self._seat.leave)

    def _become(self, role: Role) -> None:
        """Set the role. A process that polls derives alarms; one that watches takes them from the journal."""
        self.role = role
        self._store.judges = role is not Role.WATCHING

    async def _look_at_itself(self) -> None:
        """Observe the health of this process once a second, and silence by plan. Only the collector's health is kept in
        the journal."""
        if self._health is None:
            return
        while True:
            facts, counters = self._health()
            facts["journal"] = facts.get("journal") or self.trouble
            facts["collector"] = self._missing()
            health = Health(self._store.clock(), OWN, HOST, facts, counters)
            if self.role is Role.COLLECTING:
                self._store.observe(health)
            else:
                self._store.notice(health)
            self.silence()
            await asyncio.sleep(LOOK_SECONDS)

    def _missing(self) -> str | None:
        silent = self._store.clock() - self._last_read_at
        if self.role is not Role.WATCHING or self.trouble is not None or silent < SILENT_SECONDS:
            return None
        return f"no collector: the picture is old (the last collector was {self.collector or 'unknown'})"

    async def _read_on(self, journal: Journal) -> None:
        """Fold in what other processes write."""
        while True:
            latest: list[PollAnswer | PollUnchanged] = []
            try:
                self._read, found = await asyncio.to_thread(journal.others_since, self._read)
                if self.role is Role.WATCHING:
                    await self._watch(journal)
                    latest = await asyncio.to_thread(journal.latest_since, self._latest_at)
            except JournalError as error:
                self.trouble = str(error)
                found = []
            else:
                if self.role is not Role.ALONE:
                    self.trouble = None
            if found or self.role is not Role.WATCHING:
                self._last_read_at = self._store.clock()
            news = [each for each in found if not isinstance(each, AlarmsKept | PinsKept)]
            if news:
                self._store.recall(news)
            self.show_latest(latest)
            if len(found) < READ_AT_A_TIME:
                await asyncio.sleep(READ_SECONDS)

    async def _watch(self, journal: Journal) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._watched_at >= WATCH_SECONDS:
            self._watched_at = now
            await asyncio.to_thread(journal.watch)

    def show_latest(self, latest: Iterable[PollAnswer | PollUnchanged]) -> None:
        """Fold in the latest answers that have no entry of their own, where they are newer than what is shown."""
        for each in latest:
            self._latest_at = max(self._latest_at, each.at)
            pair = self._store.picture.pairs.get(each.pair)
            server = None if pair is None else pair.servers.get(each.server)
            if server is None:
                continue
            shown = max(server.reported_at or float("-inf"), server.unseen_since or float("-inf"))
            if each.at > shown:
                self._store.recall([each])

    async def _keep_alarms(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            if self.role is Role.COLLECTING:
                for keeper in self._keepers:
                    for kept in keeper.due(self._store.picture, self._store.clock()):
                        self._keep(kept)

    async def _take_turns(self, journal: Journal, seat: Seat) -> None:
        while True:
            try:
                mine = await asyncio.to_thread(seat.take)
                self.collector = None if mine else await asyncio.to_thread(holder, journal)
                self._become(Role.COLLECTING if mine else Role.WATCHING)
            except JournalError as error:
                self.trouble = str(error)
                self._become(Role.ALONE)
            if self.role is Role.WATCHING:
                await self._stop_collecting()
            elif self._collecting is None:
                self._collecting = asyncio.create_task(self._sources())
            if self._collecting is not None and self._collecting.done():
                await self._collecting  # Sources end only by failing; this raises the error.
            await asyncio.sleep(SEAT_SECONDS)

    async def _stop_collecting(self) -> None:
        task, self._collecting = self._collecting, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def sources_of(
    settings: Settings,
    asked: Mapping[str, Clients],
    store: PictureStore,
    complain: Callable[[str], None],
    counted: Callable[[Mapping[str, int]], None],
    *,
    traps: bool = True,
) -> Collect:
    """All sources of a configuration, as a participant starts and stops them. `traps`: the trap receiver too."""

    async def run() -> None:
        await collect(settings, asked, store.observe, store.clock, complain, counted, traps=traps)

    return run


async def tick(store: PictureStore, seconds: float = 1.0) -> None:
    """Advance the clock once a second where no screen does, until cancelled."""
    while True:
        store.tick()
        await asyncio.sleep(seconds)
