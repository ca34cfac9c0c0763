"""Builds the live console from its configuration: clients, sources, journal, audit log, actions and the app.

A start shows the present state first: the answers of the first pair, which a process of its own has polled
(`console.sources.beginning`). Then a thread opens the journal; the recorded observations are merged behind the answers.
Last, the modules are loaded that the first frame did not need.
"""

import asyncio
import importlib
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from console.actions.access import Access
from console.actions.alarms import AlarmActions
from console.actions.audit import AuditLog
from console.actions.inquiries import Inquiries
from console.actions.operator import this_operator
from console.model.observations import Observation
from console.model.picture import Picture
from console.settings import paths
from console.sources.beginning import Beginning, BeginningHere
from console.state import garbage
from console.state.on_demand import OnDemand
from console.state.store import PictureStore
from console.state.zones import LocalZone
from console.tui.app import PairwatchApp
from console.tui.session import Session

if TYPE_CHECKING:
    from console.actions.execute import ActionRunner
    from console.actions.pins import PinActions
    from console.actions.runbooks import RunbookActions
    from console.collector.opening import CollectorParts
    from console.insight.alarm_quality.measures import Quality
    from console.settings.clients import Clients
    from console.settings.document import Settings


FIRST_SECONDS = 1.0
"""The journal is opened after this time, even if the servers have not answered."""


def live_app(
    settings: "Settings",
    theme: str | None,
    pair: str | None,
    write: bool | None,
    command: Sequence[str] = (),
    access: Access = Access.OPERATE,
) -> PairwatchApp:
    """Build the console for settings that are read already. Arguments as for `begun_app`."""
    return begun_app(BeginningHere(settings, pair), theme, write, command, access)


def begun_app(
    beginning: Beginning,
    theme: str | None,
    write: bool | None,
    command: Sequence[str] = (),
    access: Access = Access.OPERATE,
) -> PairwatchApp:
    """Build the console for the configured pairs: for the chosen one, or for all. Raises ConfigError.

    The app does not run yet. `access`: whether it may change anything.
    """
    watches = access is Access.WATCH_ONLY
    outline = beginning.outline
    asked = OnDemand([each.name for each in outline.pairs], lambda name: _clients(beginning, name))
    complaints: list[str] = []
    store = PictureStore(outline.picture, time.time, LocalZone())
    store.lives_on = True
    store.begin_early()
    operator = this_operator(None if watches else outline.operator)
    audit = AuditLog(outline.audit_log, access)
    writable = {each.name: not watches and (each.writable if write is None else write) for each in outline.pairs}

    def runner(name: str) -> "ActionRunner":
        from console.actions.execute import ActionRunner

        return ActionRunner(store, name, asked[name], audit, operator, writable=writable[name])

    def runbook_actions() -> "RunbookActions":
        from console.actions.runbooks import RunbookActions

        return RunbookActions(store, operator, audit)

    def pin_actions() -> "PinActions":
        from console.actions.pins import PinActions

        return PinActions(store, operator, audit)

    session = Session(
        store,
        actions=OnDemand(list(asked), runner),
        writable=writable,
        colours={each.name: each.colour for each in outline.pairs if each.colour is not None},
        operator=operator.name,
        attention=outline.attention,
        alarm_actions=AlarmActions(store, operator, audit),
        runbook_actions=runbook_actions,
        pin_actions=pin_actions,
        complaints=complaints,
        starting=True,
        access=access,
        command=command,
        inquiries=Inquiries(store, asked),
        logs={each.name: each.logs for each in outline.pairs},
    )
    collects = outline.collects and not watches
    begun: list[CollectorParts] = []

    async def run() -> None:
        module = importlib.import_module
        async with asyncio.TaskGroup() as group:
            if collects or watches:
                await _show_first(app, group.create_task(_observe_first(store, beginning)))
            session.starting = False
            settings = await asyncio.to_thread(beginning.settings)
            opening = group.create_task(
                asyncio.to_thread(
                    lambda: module("console.collector.opening").read_journal(settings, reads_only=watches)
                )
            )
        known = opening.result()
        begin = module("console.collector.opening").join_journal
        opened: CollectorParts = begin(
            settings, store, known, asked, complaints.append, collects=collects, reads_only=watches
        )
        begun.append(opened)
        _start_recording(session, opened, settings.journal_url, outline.picture, recorded=known.journal is not None)
        await asyncio.gather(opened.participant.run(), opened.notifier.run(), _load_the_rest(app))

    async def close() -> None:
        beginning.close()
        await asyncio.gather(*(client.close() for servers in asked.made for client in servers.values()))
        for opened in begun:
            if opened.writer is not None:
                await asyncio.to_thread(opened.writer.close)

    fleet = not beginning.chosen and len(outline.pairs) > 1
    app = PairwatchApp(session, beginning.pair, theme or outline.theme, run, close, fleet, outline.keys)
    return app


def _clients(beginning: Beginning, pair: str) -> "Clients":
    from console.settings.clients import clients

    return clients(beginning.settings().named(pair))


async def _show_first(app: PairwatchApp, polling: "asyncio.Task[None]") -> None:
    """Wait until the first answers are on the screen, but not for servers that are slow: a thread that loads modules
    would delay the drawing."""
    shown = asyncio.Event()
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_SECONDS):
            await asyncio.shield(polling)
            app.draw_changes()
            app.screen.call_after_refresh(shown.set)
            await shown.wait()


async def _load_the_rest(app: PairwatchApp) -> None:
    """Load what keys may need, and end the start."""
    preloading = importlib.import_module("console.tui.preloading")
    await asyncio.to_thread(preloading.load_modules)
    await preloading.read_styles(app.stylesheet)
    if garbage.settle():
        app.rounds = garbage.Rounds(time.monotonic(), time.monotonic())


async def _observe_first(store: PictureStore, beginning: Beginning) -> None:
    """Store the first answers, each as soon as it arrives."""
    async for each in beginning.answers():
        store.observe(each)


def _start_recording(
    session: Session, opened: "CollectorParts", journal: str, empty: Picture, *, recorded: bool
) -> None:
    """Start the journal writer, if there is one, and let the session report recording failures.

    `journal`: its URL. `empty`: the pairs before anything was observed. `recorded`: there is a journal to read.
    """
    writer, participant = opened.writer, opened.participant
    session.trouble = lambda: session.store.fault or participant.trouble or (None if writer is None else writer.failure)
    if writer is not None:
        writer.start()
    if recorded:
        saving = importlib.import_module("console.incidents.saving")
        session.incidents = saving.JournalIncidents(journal, paths.incidents(), session.access)
        reading = importlib.import_module("console.journal.history")
        session.histories = reading.JournalHistories(journal)
        session.quality = partial(_quality, journal, empty)
        session.shift_actions = partial(_shift_actions, journal)


def _quality(url: str, empty: Picture, start: float, end: float) -> "Quality":
    from console.journal.alarm_history import read_quality

    return read_quality(url, empty, start, end)


def _shift_actions(url: str, start: float, end: float) -> list[Observation]:
    from console.journal.store import Journal

    journal = Journal.reading(url)
    try:
        return journal.actions(start, end)
    finally:
        journal.close()
