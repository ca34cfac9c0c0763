"""`pairwatch status`: polls every server once, and prints the result as a monitoring plugin does."""

import asyncio
import json
from pathlib import Path

import click

from console.insight.freshness import is_seen, main_first
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, severity, status_json, worst
from console.insight.wording import plural, wall
from console.makes.pairwatch.client import Poller
from console.model.picture import PairPicture
from console.settings.clients import clients
from console.settings.document import PairSettings
from console.settings.setup import chosen, new_store, settings_at
from console.state.store import PictureStore


def run(config: Path | None, name: str | None, as_json: bool) -> int:
    """Poll once and print. Returns the exit status of a monitoring plugin."""
    settings = settings_at(config)
    pairs = chosen(settings, name)
    store = new_store(pairs)
    asyncio.run(poll_once(store, pairs))
    now = store.clock()
    pictures = list(store.picture.pairs.values())
    if as_json:
        click.echo(json.dumps(status_json(store.picture, now, store.zone), indent=2))
    else:
        click.echo(plugin_line(pictures, now, store.zone))
        for pair in pictures:
            for line in details(pair, store):
                click.echo(line)
    return EXIT_STATUS[PLUGIN[worst(severity(pair, now) for pair in pictures)]]


async def poll_once(store: PictureStore, pairs: tuple[PairSettings, ...]) -> None:
    """Poll every server of the pairs, all at the same time."""
    asked = [(pair, clients(pair)) for pair in pairs]
    pollers = [
        Poller(client, pair.name, server, store.clock) for pair, found in asked for server, client in found.items()
    ]
    try:
        for observation in await asyncio.gather(*(poller.once() for poller in pollers)):
            store.observe(observation)
    finally:
        await asyncio.gather(*(client.close() for _, found in asked for client in found.values()))


def details(pair: PairPicture, store: PictureStore) -> list[str]:
    """The lines after the first: one for each server, then one for each alarm."""
    now = store.clock()
    lines = []
    for server in main_first(pair.servers.values()):
        report = server.report
        if report is None or not is_seen(server, now):
            lines.append(f"{pair.name} {server.role} {server.name}: unreachable: {server.error or 'no answer'}")
            continue
        since = "" if report.state_since is None else f" since {wall(report.state_since, store.zone, now)}"
        free = plural(sum(pool.available for pool in report.pools), "free address", "free addresses")
        partner = report.partner_state or "unknown"
        lines.append(
            f"{pair.name} {server.role} {server.name}: {report.state}{since}, communications "
            f"{report.communications}, partner {partner}, {free}, unacknowledged updates "
            f"{report.unacked_updates}"
        )
    lines += [f"{alarm.severity}: {alarm.kind}: {alarm.text}" for alarm in pair.open_alarms]
    return lines
