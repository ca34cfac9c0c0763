"""The settings file that a command uses, and the empty picture of its pairs."""

import time
from collections.abc import Callable
from pathlib import Path

from console.errors import ConfigError
from console.makes.registry import profile
from console.model.observations import Observation
from console.model.picture import Picture
from console.settings import paths
from console.settings.document import PairSettings, Settings, load
from console.settings.outline import Outline, PairOutline
from console.state.store import PictureStore, empty_pair
from console.state.zones import LocalZone


def settings_at(path: Path | None) -> Settings:
    """The settings in `path`, or in the user's own file. Raises ConfigError, with the way to get one."""
    found = path or paths.config_file()
    if path is None and not found.exists():
        raise ConfigError(f"no configuration: write {found}, name one with --config, or try 'pairwatch demo'")
    return load(found)


def chosen(settings: Settings, name: str | None) -> tuple[PairSettings, ...]:
    """The pairs that a command is about: the named one, else all."""
    return settings.pair if name is None else (settings.named(name),)


def new_store(pairs: tuple[PairSettings, ...], keep: Callable[[Observation], None] | None = None) -> PictureStore:
    """An empty store for the pairs, with this host's clock and zone. `keep` is called with each observation."""
    return PictureStore(empty_picture(pairs), time.time, LocalZone(), keep)


def empty_picture(pairs: tuple[PairSettings, ...]) -> Picture:
    """The pairs before anything was observed."""
    return Picture(
        {
            pair.name: empty_pair(
                pair.name,
                pair.environment,
                [(server.name, server.role, profile(server.make, server.polled)) for server in pair.server],
            )
            for pair in pairs
        }
    )


def outline_of(settings: Settings) -> Outline:
    """What the first frame of a live console needs of the settings."""
    console = settings.console
    return Outline(
        picture=empty_picture(settings.pair),
        pairs=tuple(
            PairOutline(
                each.name, each.colour, each.write, {one.name: one.log for one in each.server if one.log is not None}
            )
            for each in settings.pair
        ),
        theme=console.theme,
        keys=settings.keys,
        attention=console.attention,
        collects=console.collect == "auto",
        audit_log=settings.audit_log,
        operator=console.operator,
    )
