"""`pairwatch status`: polls every server once, and prints the result as a monitoring plugin does."""

import asyncio
import json
from pathlib import Path

import click

from console.insight.freshness import is_seen, main_first
from console.insight.shares import total_of
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, severity, status_json, worst
from console.insight.wording import plural, wall
from console.model.picture import PairPicture
from console.settings.clients import clients
from console.settings.document import PairSettings
from console.settings.setup import chosen, new_store, settings_at
from console.sources.polling import poll_server
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
    asked = [(pair.name, name, source) for pair in pairs for name, source in clients(pair).items()]
    polls = [poll_server(source, pair, name, store.clock) for pair, name, source in asked if source.profile.polled]
    try:
        for observation in await asyncio.gather(*polls):
            store.observe(observation)
    finally:
        await asyncio.gather(*(source.close() for _, _, source in asked))


def details(pair: PairPicture, store: PictureStore) -> list[str]:
    """The lines after the first: one for each server, then one for each alarm."""
    now = store.clock()
    lines = []
    for server in main_first(pair.servers.values()):
        facts = server.facts
        if facts is None or not is_seen(server, now):
            reason = f"unreachable: {server.error or 'no answer'}"
            if not server.make.polled:
                reason = f"not polled: {server.make.title}, known from its traps and its log only"
            lines.append(f"{pair.name} {server.role} {server.name}: {reason}")
            continue
        since = "" if facts.since is None else f" since {wall(facts.since, store.zone, now)}"
        count = total_of(facts, "available")
        free = "free addresses unknown" if count is None else plural(count, "free address", "free addresses")
        partner = facts.partner_word or "unknown"
        contact = "unknown" if facts.contact is None else "ok" if facts.contact else "interrupted"
        unacked = "unknown" if facts.unacked_updates is None else facts.unacked_updates
        lines.append(
            f"{pair.name} {server.role} {server.name}: {facts.word or 'unknown'}{since}, communications "
            f"{contact}, partner {partner}, {free}, unacknowledged updates {unacked}"
        )
    lines += [f"{alarm.severity}: {alarm.kind}: {alarm.text}" for alarm in pair.open_alarms]
    return lines
