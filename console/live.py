"""The live console from its configuration: clients, sources, journal, audit, actions, wired to the app."""

import asyncio

from console import paths
from console.actions.acting import Acting
from console.actions.audit import AuditLog
from console.actions.on_alarms import AlarmActions
from console.actions.operator import this_operator
from console.actions.runbooks import RunbookActions
from console.app import PairwatchApp
from console.config import Settings
from console.desk import Desk
from console.incidents.saving import FromJournal
from console.opened import opened
from console.sources.collect import clients


def live_app(settings: Settings, theme: str | None, pair: str | None, write: bool | None) -> PairwatchApp:
    """The console on the configured pairs, not running yet: on one of them, or on all. Raises ConfigError."""
    asked = {each.name: clients(each) for each in settings.pair}
    complaints: list[str] = []
    begun = opened(settings, asked, complaints.append, collects=settings.console.collect == "auto")
    watch, writer, gathering = begun.watch, begun.writer, begun.gathering
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
        trouble=lambda: gathering.trouble or (None if writer is None else writer.failure),
        complaints=complaints,
        clients=asked,
        incidents=None if writer is None else FromJournal(settings.journal_url, paths.incidents()),
        logs={each.name: {one.name: one.log for one in each.server if one.log is not None} for each in settings.pair},
    )

    async def close() -> None:
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))
        if writer is not None:
            await asyncio.to_thread(writer.close)

    if writer is not None:
        writer.start()

    async def run() -> None:
        await asyncio.gather(gathering.run(), begun.notifier.run())

    first = pair or settings.pair[0].name
    fleet = pair is None and len(settings.pair) > 1
    return PairwatchApp(desk, first, theme or settings.console.theme, run, close, fleet, settings.keys)
