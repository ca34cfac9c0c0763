"""The live console from its configuration: clients, sources, journal, audit, actions, wired to the app."""

import asyncio
import time

from console.actions.audit import AuditLog
from console.actions.operator import this_operator
from console.actions.set_partner_down import SetPartnerDown
from console.app import PairwatchApp
from console.commands.setup import empty_picture
from console.config import Settings
from console.desk import Desk
from console.errors import JournalError
from console.insight.wording import DAY, HOUR
from console.journal.store import Journal
from console.journal.writer import JournalWriter
from console.model.observations import Observation
from console.sources.collect import clients, collect
from console.watch import Watch
from console.zones import LocalZone

RECALLED_SECONDS = HOUR
"""How much of the journal is folded in at the start: the chart and the story do not begin empty."""


def live_app(settings: Settings, theme: str | None, pair: str, write: bool | None) -> PairwatchApp:
    """The console on the configured pairs, not running yet. Raises ConfigError."""
    asked = {each.name: clients(each) for each in settings.pair}
    complaints: list[str] = []
    writer, remembered = _journal(settings, complaints)
    watch = Watch(empty_picture(settings.pair), time.time, LocalZone(), None if writer is None else writer.keep)
    watch.recall(remembered)
    operator = this_operator()
    audit = AuditLog(settings.audit_log)
    writable = {each.name: each.write if write is None else write for each in settings.pair}
    desk = Desk(
        watch,
        actions={
            name: SetPartnerDown(watch, name, servers, audit, operator, writable=writable[name])
            for name, servers in asked.items()
        },
        writable=writable,
        colours={each.name: each.colour for each in settings.pair if each.colour is not None},
        operator=operator.name,
        trouble=lambda: None if writer is None else writer.failure,
        complaints=complaints,
    )

    async def run() -> None:
        await collect(settings, asked, watch.observe, watch.clock, complaints.append)

    async def close() -> None:
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))
        if writer is not None:
            await asyncio.to_thread(writer.close)

    if writer is not None:
        writer.start()
    return PairwatchApp(desk, pair, theme or settings.console.theme, run, close)


def _journal(settings: Settings, complaints: list[str]) -> tuple[JournalWriter | None, list[Observation]]:
    """The journal's writer and what it remembers. Without a journal the console still watches, and says
    so."""
    try:
        journal = Journal.open(settings.journal_url)
        now = time.time()
        remembered = list(journal.read(now - RECALLED_SECONDS, now))
    except JournalError as error:
        complaints.append(f"{error}; nothing is recorded")
        return None, []
    return JournalWriter(journal, settings.console.journal_days * DAY), remembered
