"""Opens the console: on the configured pairs, or on the first-run page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from console.actions.access import Access
from console.errors import ConfigError
from console.settings import paths
from console.sources.beginning_apart import begin
from console.state import garbage

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
    while True:
        beginning = begin(config, pair, watches=access is Access.WATCH_ONLY)
        from console.wiring import begun_app  # Loads the toolkit, while another process reads the configuration.

        try:
            app = begun_app(beginning, theme, write, command, access)
        except ConfigError:
            beginning.close()
            raise
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
    from console.settings.setup import settings_at

    context_of.cache_clear()
    settings = settings_at(config)
    for each in settings.pair:
        clients(each)
    if pair is not None:
        settings.named(pair)


class DemoRequested(Exception):
    """The operator chose the demo on the first-run page."""
