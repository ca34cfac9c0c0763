"""Opens the console: on the configured pairs, on a recording, or on the first-run page."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from console.actions.access import Access
from console.errors import ConfigError, JournalError
from console.insight.dates import DateError, parse_date
from console.model.observations import Observation
from console.settings import paths
from console.settings.document import Settings
from console.settings.setup import empty_picture, settings_at
from console.state import garbage
from console.state.zones import LocalZone

SEARCHED = ("lease", "logs")
"""The places that `--find` can be used with."""


@dataclass(frozen=True, slots=True)
class Link:
    """The place to open first, and what to find there; both empty without one. Raises ConfigError for unknown ones."""

    place: str = ""
    find: str = ""

    def check(self) -> None:
        if self.find and self.place not in SEARCHED:
            raise ConfigError(f"--find needs --place {' or --place '.join(SEARCHED)}")
        if not self.place:
            return
        from console.tui.place_screens import SCREENS

        if self.place not in SCREENS:
            raise ConfigError(f"there is no place {self.place!r}: choose one of {', '.join(sorted(SCREENS))}")


def open_console(
    config: Path | None,
    theme: str | None,
    pair: str | None,
    write: bool | None,
    command: Sequence[str],
    link: Link | None = None,
    access: Access = Access.OPERATE,
) -> int:
    """Open the console on the configured pairs; without a configuration, on the first-run page.

    `command` starts this program in another process. `link`: the place to open first. `access`: whether it may change
    anything; a console that only watches needs a configuration.
    """
    if link is not None:
        link.check()
    if access is Access.OPERATE and config is None and not paths.config_file().exists():
        from console.tui.app import PairwatchApp

        garbage.settle()
        app = PairwatchApp.unconfigured(theme)
        app.run()
        if app.demo_requested:
            raise DemoRequested
        if not app.setup_requested:
            return app.return_code or 0
    from console.wiring import live_app

    while True:
        settings = settings_at(config)
        first = None if pair is None else settings.named(pair).name
        app = live_app(settings, theme, first, write, command, access)
        if link is not None:
            app.link(link.place, link.find)
            link = None  # Not again after the configuration was read again.
        app.check_configuration = lambda: _check(config, pair)
        app.run()
        if not app.reload_requested:
            return app.return_code or 0


def _check(config: Path | None, pair: str | None) -> None:
    """Read the configuration as a start does. Raises ConfigError."""
    from console.makes.tls import context_of
    from console.settings.clients import clients

    context_of.cache_clear()
    settings = settings_at(config)
    for each in settings.pair:
        clients(each)
    if pair is not None:
        settings.named(pair)


class DemoRequested(Exception):
    """The operator chose the demo on the first-run page."""


def replay(
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


def parse_time_option(option: str, text: str, now: float, zone: LocalZone) -> float:
    """The time that an option names. Raises a usage error that lists the accepted forms."""
    try:
        return parse_date(text, now, zone)
    except DateError as error:
        raise click.UsageError(f"{option}: {error}") from error
