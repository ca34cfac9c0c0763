"""`pairwatch status`: polls every server once, and prints the result as a monitoring plugin does.

It reads the journal too, where there is one: alarms that came by trap or log, acknowledgements and silences are not in
any poll. Where there is none, or where no one collects, it says what it cannot know.
"""

import asyncio
import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.errors import JournalError
from console.insight.freshness import is_seen, main_first
from console.insight.shares import own_free
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, status_json, worst
from console.insight.verdict import severity
from console.insight.wording import wall
from console.model.picture import PairPicture, Severity
from console.settings.clients import clients
from console.settings.document import PairSettings, Settings
from console.settings.setup import chosen, new_store, settings_at
from console.sources.polling import poll_server
from console.state.store import PictureStore

if TYPE_CHECKING:
    from console.journal.store import Journal

COLLECTED_SECONDS = 150.0
"""A collector writes at least once a minute."""


@dataclass(frozen=True, slots=True)
class JournalView:
    """What the journal could add. `state` is a word for scripts: read, none, old or unreadable; `text` for a person."""

    state: str
    text: str


def run(config: Path | None, name: str | None, as_json: bool) -> int:
    """Poll once and print. Returns the exit status of a monitoring plugin."""
    settings = settings_at(config)
    pairs = chosen(settings, name)
    store = new_store(pairs)
    journal = recall_alarms(settings, store)
    asyncio.run(poll_once(store, pairs))
    now = store.clock()
    pictures = list(store.picture.pairs.values())
    unsure = Severity.UNKNOWN if journal.state == "unreadable" else Severity.OK
    overall = worst([unsure, *(severity(pair, now, store.zone) for pair in pictures)])
    if as_json:
        document = {**status_json(store.picture, now, store.zone), "journal": journal.state}
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo(plugin_line(pictures, now, store.zone, overall))
        for pair in pictures:
            for line in details(pair, store):
                click.echo(line)
        click.echo(journal.text)
    return EXIT_STATUS[PLUGIN[overall]]


def recall_alarms(settings: Settings, store: PictureStore) -> JournalView:
    """Put the alarms of the journal into the picture."""
    url = settings.journal_url
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        return JournalView("none", f"no journal ({path}): {UNKNOWN_WITHOUT}")
    # The database library takes longer to load than a poll.
    module = importlib.import_module("console.journal.store")
    try:
        journal: Journal = module.Journal.reading(url)
        try:
            now = store.clock()
            store.recall(journal.alarms_until(now))
            span = journal.span()
        finally:
            journal.close()
    except JournalError as error:
        return JournalView("unreadable", f"{error}: {UNKNOWN_WITHOUT}")
    if span is None or now - span[1] > COLLECTED_SECONDS:
        since = "" if span is None else f" since {wall(span[1], store.zone, now)}"
        return JournalView("old", f"nothing was collected{since}: later {UNKNOWN_WITHOUT}")
    return JournalView("read", f"with the alarms of the journal until {wall(span[1], store.zone, now)}")


UNKNOWN_WITHOUT = "alarms from traps and logs, acknowledgements and silences are not known"


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
        free = own_free(facts) or "free addresses unknown"
        partner = facts.partner_word or "unknown"
        contact = "unknown" if facts.contact is None else "ok" if facts.contact else "interrupted"
        unacked = "unknown" if facts.unacked_updates is None else facts.unacked_updates
        lines.append(
            f"{pair.name} {server.role} {server.name}: {facts.word or 'unknown'}{since}, communications "
            f"{contact}, partner {partner}, {free}, unacknowledged updates {unacked}"
        )
        lines += [f"{pair.name} {server.role} {server.name}: cannot be read: {text}" for text in facts.misfits]
    for alarm in pair.open_alarms:
        owner = "" if alarm.acknowledged_by is None else f" (acknowledged by {alarm.acknowledged_by})"
        silence = "" if alarm.suppressed_until is None else " (silenced)"
        lines.append(f"{alarm.severity}: {alarm.kind}: {alarm.text}{owner}{silence}")
    return lines
