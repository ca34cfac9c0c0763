"""`pairwatch --plain`: one line of text for each change, for screen readers. Nothing is drawn and no key is read."""

import asyncio
from pathlib import Path

import click

from console.collector.opening import open_collector
from console.collector.participant import tick
from console.commands.collect import send_notifications
from console.commands.running import until_stopped
from console.insight.plain_lines import PlainLines
from console.settings.clients import clients
from console.settings.setup import settings_at
from console.state.store import PictureStore

LOOK_SECONDS = 0.5
ENOUGH_SECONDS = 4.0
"""How long the first lines wait for the first answers of all servers: longer than an answer may take."""


def run(config: Path | None, pair: str | None, seconds: float | None = None) -> int:
    """Print the lines until SIGTERM, SIGINT, or for that time. It takes the same part in the journal as a console."""
    settings = settings_at(config)
    only = None if pair is None else settings.named(pair).name
    asked = {each.name: clients(each) for each in settings.pair}
    parts = open_collector(settings, asked, _complain, collects=True)
    parts.store.lives_on = True
    if parts.writer is not None:
        parts.writer.start()

    async def work() -> None:
        running = (
            parts.participant.run(),
            send_notifications(parts.notifier),
            tick(parts.store),
            _print_changes(parts.store, only),
        )
        await until_stopped(running, seconds, asyncio.Event())
        await asyncio.gather(*(client.close() for servers in asked.values() for client in servers.values()))

    try:
        asyncio.run(work())
    finally:
        if parts.writer is not None:
            parts.writer.close()
    return 0


async def _print_changes(store: PictureStore, only: str | None) -> None:
    lines = PlainLines(store.zone, only)
    waited = 0.0
    while waited < ENOUGH_SECONDS and not _all_answered(store, only):
        waited += LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
    while True:
        for line in lines.changes(store.picture, store.clock()):
            click.echo(line)
        await asyncio.sleep(LOOK_SECONDS)


def _all_answered(store: PictureStore, only: str | None) -> bool:
    """Whether every server that is polled has answered, or failed to."""
    return all(
        server.reported_at is not None or server.unseen_since is not None or not server.make.polled
        for pair in store.picture.pairs.values()
        if only in (None, pair.name)
        for server in pair.servers.values()
    )


def _complain(text: str) -> None:
    click.echo(f"pairwatch: {text}", err=True)
