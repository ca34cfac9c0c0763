"""Several processes on one journal: one collects, the others watch, and when it is gone another does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from console.collector.participant import SILENT_SECONDS, Participant, Role
from console.errors import JournalError
from console.journal.election import seat
from console.journal.store import Journal
from console.model.observations import AlarmsKept, Health, Observation, OperatorAction
from console.state.store import PictureStore
from tests.console.scenes import MAIN, NOW, PAIR, ZONE, answer, empty, trap


class Process:
    """What one console or collector has: a watch, its journal, and sources that count how often they ran."""

    def __init__(self, url: str, *, collects: bool = True) -> None:
        self.journal = Journal.open(url)
        self.kept: list[Observation] = []
        self.store = PictureStore(empty(), lambda: NOW, ZONE, self.keep)
        self.running = 0
        self.started = 0
        chair = seat(self.journal) if collects else None
        self.participant = Participant(self.store, self.sources, self.journal, chair, self.keep)

    def keep(self, observation: Observation) -> None:
        self.kept.append(observation)
        self.journal.append([observation])

    async def sources(self) -> None:
        self.running += 1
        self.started += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.running -= 1

    @asynccontextmanager
    async def alive(self) -> AsyncIterator["Process"]:
        task = asyncio.create_task(self.participant.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.journal.close()


async def until(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not question():  # noqa: ASYNC110  # what is asked about tells nobody when it changes
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("READ_SECONDS", "SEAT_SECONDS", "KEEP_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(f"console.collector.participant.{name}", 0.02)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.db'}"


async def test_one_collects_and_the_next_takes_over(url: str) -> None:
    first, second = Process(url), Process(url)
    async with second.alive():
        async with first.alive():
            await until(lambda: {first.participant.role, second.participant.role} == {Role.COLLECTING, Role.WATCHING})
            await until(lambda: first.running + second.running == 1)
        await until(lambda: second.participant.role is Role.COLLECTING and second.running == 1)
    assert second.running == 0


async def test_who_watches_sees_what_is_collected_and_shares_what_is_done(url: str) -> None:
    collector, looker = Process(url), Process(url, collects=False)
    async with collector.alive(), looker.alive():
        await until(lambda: collector.participant.role is Role.COLLECTING)
        collector.store.observe(answer(MAIN, NOW))
        collector.store.observe(trap("address-conflict", at=NOW, contested_address="192.0.2.9"))
        await until(lambda: bool(looker.store.pair(PAIR).open_alarms))
        (alarm,) = looker.store.pair(PAIR).open_alarms
        looker.store.observe(OperatorAction(NOW + 1, PAIR, "jo", "acknowledge", alarm.id))
        await until(lambda: collector.store.pair(PAIR).alarms[alarm.id].acknowledged_by == "jo")
        assert len([line for line in looker.store.pair(PAIR).timeline if "acknowledge" in line.text]) == 1
        await until(lambda: any(isinstance(each, AlarmsKept) for each in collector.kept))
    assert looker.started == 0
    assert looker.participant.role is Role.WATCHING


class Broken:
    """A seat that cannot be asked for while the database is gone."""

    def __init__(self) -> None:
        self.gone = True
        self.left = 0

    def take(self) -> bool:
        if self.gone:
            raise JournalError("cannot reach the journal: connection refused")
        return False

    def leave(self) -> None:
        self.left += 1


async def test_without_its_database_a_console_asks_the_servers_itself(url: str) -> None:
    """What the operator sees must not hang on a database; when it is back, the one with the seat collects again."""
    process, broken = Process(url), Broken()
    participant = Participant(process.store, process.sources, process.journal, broken, process.keep)
    task = asyncio.create_task(participant.run())
    await until(lambda: participant.role is Role.ALONE and process.running == 1)
    assert "connection refused" in (participant.trouble or "")
    broken.gone = False
    await until(lambda: participant.role is Role.WATCHING and process.running == 0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert broken.left == 1


async def test_without_any_journal_the_sources_run(url: str) -> None:
    process = Process(url)
    participant = Participant(process.store, process.sources, None, None, process.keep)
    task = asyncio.create_task(participant.run())
    await until(lambda: process.running == 1)
    assert participant.role is Role.ALONE
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert process.running == 0


async def test_sources_that_fail_are_not_passed_over(url: str) -> None:
    process = Process(url)

    async def failing() -> None:
        raise RuntimeError("a mistake of ours")

    participant = Participant(process.store, failing, process.journal, seat(process.journal), process.keep)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        async with asyncio.timeout(10):
            await participant.run()


async def test_what_the_collector_says_of_itself_is_heard_by_all_and_what_a_watcher_says_by_nobody(url: str) -> None:
    """A full disk is an alarm, not a crash."""
    said: dict[str, str | None] = {"journal": "cannot write the journal: disk full"}
    collector, looker = Process(url), Process(url, collects=False)
    for each in (collector, looker):
        chair = seat(each.journal) if each is collector else None
        each.participant = Participant(
            each.store, each.sources, each.journal, chair, each.keep, health=lambda: (dict(said), {"traps-dropped": 0})
        )
    async with collector.alive(), looker.alive():
        await until(lambda: collector.participant.role is Role.COLLECTING)
        await until(lambda: [each.kind for each in collector.store.picture.own.open_alarms] == ["journal-not-written"])
        await until(lambda: [each.kind for each in looker.store.picture.own.open_alarms] == ["journal-not-written"])
        said["journal"] = None
        await until(lambda: not collector.store.picture.own.open_alarms and not looker.store.picture.own.open_alarms)
    assert any(isinstance(each, Health) for each in collector.kept)
    assert not any(isinstance(each, Health) for each in looker.kept)


async def test_who_watches_and_hears_nothing_says_that_nobody_collects(url: str) -> None:
    now = NOW
    looker = Process(url, collects=False)
    looker.store.clock = lambda: now
    looker.participant = Participant(
        looker.store, looker.sources, looker.journal, None, looker.keep, health=lambda: ({}, {})
    )
    async with looker.alive():
        await until(lambda: bool(looker.store.picture.hosts))
        assert not looker.store.picture.own.open_alarms
        now = NOW + SILENT_SECONDS
        await until(lambda: [each.kind for each in looker.store.picture.own.open_alarms] == ["collector-gone"])
        other = Journal.open(url)
        other.append([answer(MAIN, now)])
        await until(lambda: not looker.store.picture.own.open_alarms)
        other.close()
