"""`pairwatch collect`: polls and receives traps without a screen, for all consoles that share the journal."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Protocol

import click

from console.collector.metrics import exposition
from console.collector.metrics_page import MetricsPage
from console.collector.opening import CollectorParts, open_collector
from console.collector.participant import Participant, Role, tick
from console.commands.running import until_stopped
from console.errors import ConfigError, JournalError
from console.journal.writer import JournalWriter
from console.notify.notifier import Notifier
from console.settings.clients import clients
from console.settings.document import Settings, endpoint
from console.settings.setup import settings_at

CHECK_SECONDS = 0.5


class Supervised(Protocol):
    """The service manager that started this process, if one did."""

    def ready(self) -> None: ...

    def reloading(self) -> None: ...

    def stopping(self) -> None: ...

    async def watch(self) -> None: ...


def run(config: Path | None, seconds: float | None, supervisor: Supervised) -> int:
    """Collect until SIGTERM or SIGINT, or for that time. Prints one line for each change of its role.

    SIGHUP reads the configuration again; one with a fault is refused, and the old one stays in force.
    """
    end = None if seconds is None else time.monotonic() + seconds
    settings = settings_at(config)
    while _collect(settings, config, None if end is None else end - time.monotonic(), supervisor):
        supervisor.reloading()
        settings = settings_at(config)
        click.echo("the configuration was read again")
    supervisor.stopping()
    return 0


def _collect(settings: Settings, config: Path | None, seconds: float | None, supervisor: Supervised) -> bool:
    """Collect with these settings. Returns whether to go on with the configuration as it is now."""
    asked = {each.name: clients(each) for each in settings.pair}
    parts = open_collector(settings, asked, _complain, collects=True)
    parts.store.lives_on = True
    if parts.writer is None:
        raise JournalError("a collector needs a journal: set journal under [console]")
    writer = parts.writer
    writer.start()
    again = False

    async def work() -> None:
        stopping = asyncio.Event()

        def read_again() -> None:
            nonlocal again
            try:
                for each in settings_at(config).pair:
                    clients(each)
            except ConfigError as wrong:
                for line in wrong.lines:
                    _complain(f"{line}: the old configuration stays in force")
                return
            again = True
            stopping.set()

        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, read_again)
        page = await _open_metrics(settings, parts)
        running = (
            parts.participant.run(),
            send_notifications(parts.notifier),
            tick(parts.store),
            _report_changes(parts.participant, writer),
        )
        watch = asyncio.create_task(supervisor.watch())
        supervisor.ready()
        try:
            await until_stopped(running, seconds, stopping)
        finally:
            page.close()
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))

    try:
        asyncio.run(work())
    finally:
        writer.close()
    return again


async def _open_metrics(settings: Settings, parts: CollectorParts) -> MetricsPage:
    """Serve the metrics where the configuration asks for it. A port in use is reported, and all else goes on."""
    store, participant = parts.store, parts.participant

    def text() -> bytes:
        return exposition(store.picture, store.clock(), store.zone, participant.role is not Role.WATCHING)

    page = MetricsPage(text)
    if settings.collect.metrics is not None:
        try:
            await page.open(*endpoint(settings.collect.metrics))
        except OSError as error:
            fault = f"cannot serve metrics on {settings.collect.metrics}: {error.strerror or error}"
            parts.health.complain(fault)
            _complain(fault)
    return page


def _complain(text: str) -> None:
    click.echo(f"pairwatch: {text}", err=True)


async def send_notifications(notifier: Notifier) -> None:
    """Send notifications until cancelled; without any, only wait."""
    await notifier.run()
    await asyncio.Event().wait()


async def _report_changes(participant: Participant, writer: JournalWriter) -> None:
    """Print the role of this process and the journal's failure, each time one of them changes."""
    said = ""
    while True:
        words = _status_text(participant) + (f"; {writer.failure}" if writer.failure else "")
        if words != said:
            said = words
            click.echo(words)
        await asyncio.sleep(CHECK_SECONDS)


def _status_text(participant: Participant) -> str:
    if participant.role is Role.COLLECTING:
        return "collecting"
    if participant.role is Role.ALONE:
        return f"alone: {participant.trouble}"
    if participant.collector is None:
        return "waiting for the collector's seat"
    return f"waiting: {participant.collector} collects"
