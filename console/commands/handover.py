"""`pairwatch handover` and `pairwatch note`: the page for the next shift, and the notes that it has."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from console.actions.operator import this_operator
from console.commands.opened_pins import opened_pins
from console.commands.status import poll_once, recall_alarms
from console.commands.time_option import parse_time_option
from console.errors import ConfigError, JournalError
from console.incidents.handover_page import html, markdown
from console.insight.handover import handover
from console.insight.wording import HOUR, MINUTE, wall
from console.journal.store import Journal
from console.model.observations import Observation
from console.settings.document import Settings
from console.settings.setup import chosen, empty_picture, new_store, settings_at
from console.state.replay import Player
from console.state.zones import LocalZone

SHIFT_SECONDS = 8 * HOUR
PICTURE_SECONDS = 15 * MINUTE
"""How much of the journal a picture is drawn from."""
PICTURES_AT_MOST = 10


def run(config: Path | None, name: str | None, since: str | None, page: Path | None, theme: str | None) -> int:
    """Poll once, read the journal, and print or write the page. Returns 1 where the journal is not known."""
    settings = settings_at(config)
    pairs = chosen(settings, name)
    store = new_store(pairs)
    view = recall_alarms(settings, store)
    now = store.clock()
    begin = now - SHIFT_SECONDS if since is None else parse_time_option("--since", since, now, LocalZone())
    actions: list[Observation] = []
    if view.state in ("read", "old"):
        journal = Journal.reading(settings.journal_url)
        try:
            store.recall(journal.pins_until(now))
            actions = journal.actions(begin, now)
        finally:
            journal.close()
    asyncio.run(poll_once(store, pairs))
    now = store.clock()
    found = handover(store.picture.pairs.values(), store.picture.own, actions, now, store.zone)
    author = this_operator(settings.console.operator, asks=False).name
    if page is None:
        click.echo(markdown(found, begin, now, author, store.zone))
    else:
        open_pairs = [each.name for each in found if not each.calm and each.name in store.picture.pairs]
        pictures = _pictures(settings, open_pairs[:PICTURES_AT_MOST], now, theme) if view.state == "read" else {}
        _write(page, html(found, begin, now, author, store.zone, pictures))
        click.echo(page)
        if len(open_pairs) > len(pictures):
            click.echo(f"pairwatch: {len(open_pairs) - len(pictures)} pairs without a picture", err=True)
    click.echo(f"pairwatch: {view.text}", err=True)
    return 0 if view.state == "read" else 1


def _write(page: Path, text: str) -> None:
    """Write the page with mode 0600: it has names and addresses."""
    try:
        descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)
    except OSError as error:
        raise JournalError(f"cannot write {page}: {error.strerror or error}") from error


def _pictures(settings: Settings, names: Sequence[str], now: float, theme: str | None) -> dict[str, str]:
    """The screen of each pair as the journal has it, as SVG by pair."""
    from console.tui.pictures import draw_pictures

    journal = Journal.reading(settings.journal_url)
    try:
        observations = list(journal.replayed(now - PICTURE_SECONDS, now))
    finally:
        journal.close()
    if not observations:
        return {}
    drawn: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="pairwatch-handover-") as folder:
        for name in names:
            player = Player(observations, empty_picture((settings.named(name),)).pairs.values(), LocalZone())
            files = draw_pictures(player, name, [player.end], Path(folder), theme)
            drawn[name] = (Path(folder) / files[player.end]).read_text(encoding="utf-8")
    return drawn


def note(config: Path | None, name: str, text: str | None, remove: str | None) -> int:
    """Pin a note, remove one, or list them. Raises ConfigError, JournalError, AuditError."""
    settings = settings_at(config)
    settings.named(name)
    if text is not None and remove is not None:
        raise click.UsageError("write TEXT or --remove, not both")
    if text is not None and not text.strip():
        raise click.UsageError("the note has no text")
    with opened_pins(settings) as pins:
        store = pins.store
        if remove is not None and remove not in store.pair(name).notes:
            raise ConfigError(f"there is no note {remove!r} on {name}: pairwatch note {name} lists them")
        if remove is not None:
            pins.actions.unpin(name, remove)
        elif text is not None:
            pins.actions.pin(name, text.strip())
    for key, each in store.pair(name).notes.items():
        click.echo(f"{key}  {each.text} ({each.who}, {wall(each.at, store.zone, store.clock())})")
    return 0
