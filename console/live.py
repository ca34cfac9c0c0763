"""The live console from its configuration: clients, sources, journal, audit, actions, wired to the app.

A start shows what the servers say now before anything else: the servers of the first pair are asked while the journal
is opened on a thread, and what it remembers is put beneath the answers a moment later.
"""

import asyncio
import importlib
import time
from typing import TYPE_CHECKING

from console import garbage, paths
from console.actions.acting import Acting
from console.actions.audit import AuditLog
from console.actions.on_alarms import AlarmActions
from console.actions.operator import this_operator
from console.actions.runbooks import RunbookActions
from console.app import PairwatchApp
from console.commands.setup import empty_picture
from console.config import Settings
from console.desk import Desk
from console.sources.asking import Clients, clients
from console.sources.pairwatch_server import Poller
from console.watch import Watch
from console.zones import LocalZone

if TYPE_CHECKING:
    from console.opened import Opened


def live_app(settings: Settings, theme: str | None, pair: str | None, write: bool | None) -> PairwatchApp:
    """The console on the configured pairs, not running yet: on one of them, or on all. Raises ConfigError."""
    asked = {each.name: clients(each) for each in settings.pair}
    complaints: list[str] = []
    watch = Watch(empty_picture(settings.pair), time.time, LocalZone())
    watch.begin_early()
    operator = this_operator()
    audit = AuditLog(settings.audit_log)
    writable = {each.name: each.write if write is None else write for each in settings.pair}
    desk = Desk(
        watch,
        actions={
            name: Acting(watch, name, servers, audit, operator, writable=writable[name])
            for name, servers in asked.items()
        },
        writable=writable,
        colours={each.name: each.colour for each in settings.pair if each.colour is not None},
        operator=operator.name,
        attention=settings.console.attention,
        alarm_actions=AlarmActions(watch, operator, audit),
        runbook_actions=RunbookActions(watch, operator, audit),
        complaints=complaints,
        clients=asked,
        logs={each.name: {one.name: one.log for one in each.server if one.log is not None} for each in settings.pair},
    )
    first = pair or settings.pair[0].name
    collects = settings.console.collect == "auto"
    begun: list[Opened] = []

    async def run() -> None:
        module = importlib.import_module
        async with asyncio.TaskGroup() as group:
            if collects:
                group.create_task(_look(watch, first, asked[first]))
            opening = group.create_task(asyncio.to_thread(lambda: module("console.opened").remembered(settings)))
        known = opening.result()
        begin = module("console.opened").joined
        opened: Opened = begin(settings, watch, known, asked, complaints.append, collects=collects)
        begun.append(opened)
        _recording(desk, opened, settings)
        if garbage.settle():
            app.rounds = garbage.Rounds(time.monotonic(), time.monotonic())
        await asyncio.gather(opened.gathering.run(), opened.notifier.run())

    async def close() -> None:
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))
        for opened in begun:
            if opened.writer is not None:
                await asyncio.to_thread(opened.writer.close)

    fleet = pair is None and len(settings.pair) > 1
    app = PairwatchApp(desk, first, theme or settings.console.theme, run, close, fleet, settings.keys)
    return app


async def _look(watch: Watch, pair: str, servers: Clients) -> None:
    """What the servers of a pair say now, each as soon as it has said it."""

    async def ask(name: str) -> None:
        watch.observe(await Poller(servers[name], pair, name, watch.clock).once())

    await asyncio.gather(*(ask(name) for name in servers))


def _recording(desk: Desk, opened: "Opened", settings: Settings) -> None:
    """From now on it is recorded what is seen, and the desk knows what of that does not work."""
    writer, gathering = opened.writer, opened.gathering
    desk.trouble = lambda: gathering.trouble or (None if writer is None else writer.failure)
    if writer is not None:
        writer.start()
        saving = importlib.import_module("console.incidents.saving")
        desk.incidents = saving.FromJournal(settings.journal_url, paths.incidents())
