"""The beginning of a live console: its configuration, and the first answers of the pair that it shows first.

The modules for both take as long to load as the toolkit. So at a start a process of its own reads the configuration and
polls the pair, while this process loads the toolkit (`console.sources.beginning_apart`).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.model.observations import Observation
    from console.settings.document import Settings
    from console.settings.outline import Outline


class Beginning(Protocol):
    """A valid configuration with `pair`, the name of the pair that is shown first. `chosen`: the operator named it."""

    @property
    def pair(self) -> str: ...

    @property
    def chosen(self) -> bool: ...

    @property
    def outline(self) -> "Outline": ...

    def settings(self) -> "Settings":
        """The whole configuration. The first call loads modules, which takes some tenths of a second."""
        ...

    def answers(self) -> "AsyncIterator[Observation]":
        """One poll of each server of the pair, in the order in which they are answered. To be called once."""
        ...

    def close(self) -> None:
        """End what still runs."""
        ...


class BeginningHere:
    """Everything in this process. Raises ConfigError for an unknown pair, and when a password is missing."""

    def __init__(self, settings: "Settings", pair: str | None) -> None:
        from console.settings.setup import outline_of

        self._settings = settings
        self.outline = outline_of(settings)
        self.pair = settings.pair[0].name if pair is None else settings.named(pair).name
        self.chosen = pair is not None
        for each in settings.pair:
            for server in each.server:
                server.check()

    def settings(self) -> "Settings":
        return self._settings

    async def answers(self) -> "AsyncIterator[Observation]":
        from console.settings.clients import clients
        from console.sources.polling import poll_server

        asked = clients(self._settings.named(self.pair))
        polls = [
            poll_server(source, self.pair, name, time.time) for name, source in asked.items() if source.profile.polled
        ]
        try:
            for answered in asyncio.as_completed(polls):
                yield await answered
        finally:
            await asyncio.gather(*(source.close() for source in asked.values()))

    def close(self) -> None:
        """Nothing runs outside the event loop."""


def read_here(config: Path | None, pair: str | None) -> BeginningHere:
    """Read the configuration in this process. Raises ConfigError."""
    from console.settings.setup import settings_at

    return BeginningHere(settings_at(config), pair)
