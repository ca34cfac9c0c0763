"""Opens the console on recorded observations: a file, or a time range of the journal."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from console.commands.time_option import parse_time_option
from console.errors import ConfigError, JournalError
from console.model.observations import Observation
from console.settings.document import Settings
from console.settings.setup import empty_picture, settings_at
from console.state.zones import LocalZone


def run(
    config: Path | None,
    file: Path | None,
    start: str | None,
    end: str | None,
    theme: str | None,
    pair: str | None,
    command: Sequence[str],
) -> int:
    """Open the console on recorded observations: a file, or a time range of the journal."""
    from console.incidents.listing import open_incident
    from console.state.replay import Player

    zone = LocalZone()
    missing: list[str] = []
    if file is not None:
        opened = open_incident(file, zone)
        player, names, keys = opened.player, list(opened.pairs), _key_bindings(config)
        missing = summary_of(opened.missing)
        for text in missing:
            click.echo(f"pairwatch: {text}", err=True)
    else:
        settings = settings_at(config)
        observations, keys = _journal_range(settings, start, end, zone), settings.keys
        if not observations:
            raise JournalError("nothing was recorded in that time: choose another time with --from and --to")
        pairs = list(empty_picture(settings.pair).pairs.values())
        player, names = Player(observations, pairs, zone), [each.name for each in pairs]
    if pair is not None and pair not in names:
        raise ConfigError(f"no pair {pair!r} in the recording: choose one of {', '.join(names)}")
    from console.tui.app import PairwatchApp

    fleet = pair is None and len(names) > 1
    app = PairwatchApp.replaying(player, theme, pair or names[0], fleet, keys, command)
    if app.session is not None:
        app.session.complaints += missing
    app.run()
    return app.return_code or 0


MISSING_SHOWN = 3


def summary_of(missing: Sequence[str]) -> list[str]:
    """What is missing in a recording, in a few lines."""
    if len(missing) <= MISSING_SHOWN:
        return list(missing)
    return [*missing[:MISSING_SHOWN], f"and {len(missing) - MISSING_SHOWN} more lines of the recording cannot be read"]


def _key_bindings(config: Path | None) -> Mapping[str, str]:
    """The operator's own key bindings, if a configuration can be read. A recording opens without them too."""
    try:
        return settings_at(config).keys
    except ConfigError:
        return {}


def _journal_range(settings: Settings, start: str | None, end: str | None, zone: LocalZone) -> list[Observation]:
    from console.journal.store import Journal

    journal = Journal.open(settings.journal_url)
    try:
        now = time.time()
        span = journal.span()
        if span is None:
            raise JournalError("the journal is empty: open the console first, it records observations")
        first = span[0] if start is None else parse_time_option("--from", start, now, zone)
        last = now if end is None else parse_time_option("--to", end, now, zone)
        return list(journal.replayed(first, last))
    finally:
        journal.close()
