"""`pairwatch collect`: polls and receives traps without a screen, for all consoles that share the journal."""

import asyncio
import contextlib
import signal
from pathlib import Path

import click

from console.collector.opening import open_collector
from console.collector.participant import Participant, Role, tick
from console.errors import JournalError
from console.journal.writer import JournalWriter
from console.notify.notifier import Notifier
from console.settings.clients import clients
from console.settings.setup import settings_at

CHECK_SECONDS = 0.5


def run(config: Path | None, seconds: float | None) -> int:
    """Collect until SIGTERM or SIGINT, or for that time. Prints one line for each change of its role."""
    settings = settings_at(config)
    asked = {each.name: clients(each) for each in settings.pair}
    opening_result = open_collector(
        settings, asked, lambda text: click.echo(f"pairwatch: {text}", err=True), collects=True
    )
    opening_result.store.lives_on = True
    if opening_result.writer is None:
        raise JournalError("a collector needs a journal: set journal under [console]")
    writer = opening_result.writer
    writer.start()

    async def work() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        tasks = [
            asyncio.create_task(each)
            for each in (
                opening_result.participant.run(),
                send_notifications(opening_result.notifier),
                tick(opening_result.store),
                _report_changes(opening_result.participant, writer),
            )
        ]
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({stop, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (stop, *tasks):
            task.cancel()
        for task in (stop, *tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))

    try:
        asyncio.run(work())
    finally:
        writer.close()
    return 0


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
    return f"waiting: {participant.collector or 'another'} collects"
