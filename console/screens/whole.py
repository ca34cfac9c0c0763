"""A screen that comes up whole or not at all."""

from typing import Generic, TypeVar

from textual import events
from textual.screen import Screen

Result = TypeVar("Result")


class WholeScreen(Screen[Result], Generic[Result]):
    """When the console is left while a screen comes up, the toolkit still mounts the screen, but no widget of it: what
    a screen does first with its widgets is then left out."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Mount) and not self.children:
            return
        await super().on_event(event)
