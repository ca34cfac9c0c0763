"""The live console with two real HTTP servers: it polls, records, reads its journal and closes cleanly."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from console.actions.access import Access
from console.collector.opening import JournalState, read_journal
from console.errors import SourceError
from console.journal.store import Journal
from console.makes.source import Source
from console.model.observations import Observation, OperatorAction
from console.model.phases import Phase
from console.settings.document import Settings, load
from console.sources.polling import poll_server
from console.state.store import PictureStore
from console.tui.widgets.partner import PartnerPanel
from console.wiring import live_app
from tests.console import scenes
from tests.console.scenes import BACKUP, MAIN, PAIR
from tests.console.test_cli import Site, alone, now, site

__all__ = ["site"]


def no_traps(settings: object) -> None:
    raise SourceError("cannot listen for traps on 127.0.0.1:1162: Address already in use; choose another port")


async def test_polls_both_servers_follows_their_logs_and_records(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.sources.collect.open_receiver", no_traps)
    site.main.log = ["a line of the main's log"]
    settings = load(Path(site.config()))
    app = live_app(settings, None, PAIR, None)
    assert app.session is not None
    store = app.session.store
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(20):
            while not (store.pair(PAIR).logs and all(each.facts for each in store.pair(PAIR).servers.values())):
                await pilot.pause(0.05)
        site.backup.status = alone(BACKUP)
        async with asyncio.timeout(20):
            while not store.pair(PAIR).open_alarms or not app.session.complaints:
                await pilot.pause(0.05)
        assert any("Address already in use" in each for each in app.session.complaints)
    journal = Journal.open(settings.journal_url)
    kinds = {each.kind for each in journal.read(0, now() + 10)}
    journal.close()
    assert {"poll-answer", "log"} <= kinds

    again = live_app(settings, None, PAIR, None)
    assert again.session is not None
    async with again.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(20):
            while not any("-> COMMUNICATIONS" in each.text for each in again.session.store.pair(PAIR).timeline):
                await pilot.pause(0.05)
        assert again.session.incidents is not None
    assert again.session.store.pair(PAIR).servers[BACKUP].facts is not None


async def test_the_console_polls_without_a_journal_that_can_be_opened(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.sources.collect.open_receiver", no_traps)
    settings = load(Path(site.config()))
    broken = settings.console.model_copy(update={"journal": "/proc/nowhere/journal.db"})
    app = live_app(settings.model_copy(update={"console": broken}), None, PAIR, None)
    assert app.session is not None
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(20):
            while app.session.store.pair(PAIR).servers[MAIN].facts is None or not app.session.complaints:
                await pilot.pause(0.05)
        assert any("nothing is recorded" in each for each in app.session.complaints)


async def test_the_first_facts_are_drawn_before_the_journal_is_opened(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.sources.collect.open_receiver", no_traps)
    drawn: list[bool] = []

    def read(settings: Settings, **named: bool) -> JournalState:
        drawn.append("NORMAL" in str(app.screen.query_one("#main", PartnerPanel).render()))
        return read_journal(settings, **named)

    monkeypatch.setattr("console.collector.opening.read_journal", read)
    app = live_app(load(Path(site.config())), None, PAIR, None)
    async with app.run_test(size=(80, 24)) as pilot, asyncio.timeout(20):
        while not drawn:
            await pilot.pause(0.05)
    assert drawn == [True]


async def test_the_journal_does_not_wait_for_a_slow_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.sources.collect.open_receiver", no_traps)
    monkeypatch.setattr("console.wiring.FIRST_SECONDS", 0.05)

    opened = threading.Event()

    async def late(source: Source, *asked: Any) -> Observation:
        assert await asyncio.to_thread(opened.wait, 20)
        return await poll_server(source, *asked)

    def read(settings: Settings, **named: bool) -> JournalState:
        opened.set()
        return read_journal(settings, **named)

    monkeypatch.setattr("console.sources.polling.poll_server", late)
    monkeypatch.setattr("console.collector.opening.read_journal", read)
    app = live_app(load(Path(site.config())), None, PAIR, None)
    async with app.run_test(size=(80, 24)) as pilot, asyncio.timeout(20):
        while app.session is None or app.session.histories is None:
            await pilot.pause(0.05)


def test_early_observations_are_kept_after_the_journal_is_read() -> None:
    """Early operator actions are recorded. Early answers are not, because another console may be the collector."""
    kept: list[Observation] = []
    store = PictureStore(scenes.empty(), lambda: scenes.NOW, scenes.ZONE)
    store.begin_early()
    store.observe(scenes.answer(BACKUP, scenes.NOW, "COMMUNICATIONS-INTERRUPTED"))
    action = OperatorAction(scenes.NOW, PAIR, "jo", "acknowledge", "x")
    store.observe(action)
    store.remember(scenes.picture([scenes.answer(BACKUP, scenes.NOW - 60)]), kept.append)
    facts = store.pair(PAIR).servers[BACKUP].facts
    assert facts is not None
    assert facts.phase is Phase.ALONE
    assert any("NORMAL -> COMMUNICATIONS" in each.text for each in store.pair(PAIR).timeline)
    assert kept == [action]
    store.observe(scenes.answer(BACKUP, scenes.NOW, "PARTNER-DOWN"))
    assert len(kept) > 1


def files_of(site: Site) -> dict[str, bytes]:
    """The files of the site, without those that SQLite makes for each reader."""
    found = [path for path in site.folder.iterdir() if not path.name.endswith(("-shm", "-wal"))]
    return {path.name: path.read_bytes() for path in found}


async def test_a_console_that_only_watches_polls_and_leaves_every_file_as_it_is(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no seat, opens no trap receiver, and writes neither the journal nor the audit log."""
    monkeypatch.setattr("console.sources.collect.open_receiver", no_traps)
    settings = load(Path(site.config()))
    app = live_app(settings, None, PAIR, None)
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(20):
            while app.session is None or app.session.histories is None:
                await pilot.pause(0.05)
        await pilot.pause(1.5)
    before = {
        path.name: path.read_bytes() for path in site.folder.iterdir() if not path.name.endswith(("-shm", "-wal"))
    }
    watching = live_app(settings, None, PAIR, True, access=Access.WATCH_ONLY)
    assert watching.session is not None
    store = watching.session.store
    async with watching.run_test(size=(80, 24)) as pilot:
        site.backup.status = alone(BACKUP)
        async with asyncio.timeout(20):
            while not store.pair(PAIR).open_alarms or watching.session.histories is None:
                await pilot.pause(0.05)
        await pilot.press("a", "a", *"mine", "enter")
        assert watching.session.complaints == []
        assert watching.session.trouble() is None
        assert not watching.session.writable[PAIR]
    assert files_of(site) == before
    assert site.main.bodies == site.backup.bodies == []
