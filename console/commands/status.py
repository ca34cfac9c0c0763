"""`pairwatch status`: every server asked once, answered as monitoring plugins are."""

import asyncio
import json
from pathlib import Path

import click

from console.commands.setup import chosen, new_watch, settings_at
from console.config import PairSettings
from console.insight.sight import is_seen, main_first
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, severity, status_json, worst
from console.insight.wording import plural, wall
from console.model.picture import PairPicture
from console.sources.asking import clients
from console.sources.pairwatch_server import Poller
from console.watch import Watch


def run(config: Path | None, name: str | None, as_json: bool) -> int:
    """Poll once and print; the exit status of a monitoring plugin."""
    settings = settings_at(config)
    pairs = chosen(settings, name)
    watch = new_watch(pairs)
    asyncio.run(poll_once(watch, pairs))
    now = watch.clock()
    pictures = list(watch.picture.pairs.values())
    if as_json:
        click.echo(json.dumps(status_json(watch.picture, now, watch.zone), indent=2))
    else:
        click.echo(plugin_line(pictures, now, watch.zone))
        for pair in pictures:
            for line in details(pair, watch):
                click.echo(line)
    return EXIT_STATUS[PLUGIN[worst(severity(pair, now) for pair in pictures)]]


async def poll_once(watch: Watch, pairs: tuple[PairSettings, ...]) -> None:
    """Ask every server of the pairs at the same time."""
    asked = [(pair, clients(pair)) for pair in pairs]
    pollers = [
        Poller(client, pair.name, server, watch.clock) for pair, found in asked for server, client in found.items()
    ]
    try:
        for observation in await asyncio.gather(*(poller.once() for poller in pollers)):
            watch.observe(observation)
    finally:
        await asyncio.gather(*(client.close() for _, found in asked for client in found.values()))


def details(pair: PairPicture, watch: Watch) -> list[str]:
    """The lines below the first: each server, then each alarm."""
    now = watch.clock()
    lines = []
    for server in main_first(pair.servers.values()):
        report = server.report
        if report is None or not is_seen(server, now):
            lines.append(f"{pair.name} {server.role} {server.name}: cannot see it: {server.error or 'no answer'}")
            continue
        since = "" if report.state_since is None else f" since {wall(report.state_since, watch.zone, now)}"
        free = plural(sum(pool.available for pool in report.pools), "free address", "free addresses")
        partner = report.partner_state or "unknown"
        lines.append(
            f"{pair.name} {server.role} {server.name}: {report.state}{since}, communications "
            f"{report.communications}, partner {partner}, {free}, unacknowledged updates "
            f"{report.unacked_updates}"
        )
    lines += [f"{alarm.severity}: {alarm.kind}: {alarm.text}" for alarm in pair.open_alarms]
    return lines
