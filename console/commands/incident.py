"""`pairwatch incident save` and `pairwatch incident export`: a recording in one file, and a page about it."""

import time
from pathlib import Path

import click

from console.actions.operator import this_operator
from console.commands.time_option import parse_time_option
from console.errors import ConfigError, JournalError
from console.incidents.moments import find_moments, picture_times
from console.incidents.report import incident_page
from console.incidents.saving import JournalIncidents, incident_details
from console.insight.wording import HOUR
from console.journal.files import read_recording
from console.journal.recorded_pairs import pairs_of
from console.settings import paths
from console.settings.setup import empty_picture, settings_at
from console.state.replay import Player
from console.state.zones import LocalZone

PAGE = "incident.md"


def save(config: Path | None, pair: str | None, start: str | None, end: str | None, to: Path | None, note: str) -> int:
    """Write the file and print its path. Raises JournalError, ConfigError."""
    settings = settings_at(config)
    chosen = settings.pair[0] if pair is None else settings.named(pair)
    zone, now = LocalZone(), time.time()
    first = now - HOUR if start is None else parse_time_option("--from", start, now, zone)
    last = now if end is None else parse_time_option("--to", end, now, zone)
    if first >= last:
        raise click.UsageError("--from must be before --to")
    author = this_operator(settings.console.operator, asks=False).name
    details = incident_details(empty_picture((chosen,)).pairs[chosen.name], first, last, now, author, note)
    saved = JournalIncidents(settings.journal_url, to or paths.incidents()).save(details)
    click.echo(saved.path)
    if saved.note:
        click.echo(f"pairwatch: {saved.note}", err=True)
    return 0


def export(file: Path, to: Path | None, theme: str | None, pair: str | None) -> int:
    """Write the page and its pictures to a folder, and print the page's path. Raises JournalError, ConfigError."""
    recording = read_recording(file)
    pairs = pairs_of(recording)
    names = [each.name for each in pairs]
    if not recording.observations or not names:
        raise JournalError(f"{file} contains no pair: was it saved by pairwatch?")
    if pair is not None and pair not in names:
        raise ConfigError(f"no pair {pair!r} in the recording: choose one of {', '.join(names)}")
    chosen = pair or names[0]
    folder = to or file.with_name(file.name.removesuffix(".gz").removesuffix(".jsonl") + "-page")
    player = Player(recording.observations, pairs, LocalZone())
    moments = find_moments(player, chosen)
    from console.tui.pictures import draw_pictures

    try:
        pictures = draw_pictures(player, chosen, picture_times(moments), folder, theme)
        player.seek(player.end)
        page = folder / PAGE
        text = incident_page(
            player.store.pair(chosen), moments, recording.observations, pictures, recording.about, player.store.zone
        )
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise JournalError(f"cannot write {folder}: {error.strerror or error}") from error
    click.echo(page)
    return 0
