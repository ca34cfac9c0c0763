"""Screens that come up whole or not at all.

When the console is left while a screen comes up, the toolkit still mounts the screen, but no widget of it: what a
screen does first with its widgets is then left out.
"""

from typing import Generic, TypeVar

from textual import events
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class WholeScreen(Screen[Result], Generic[Result]):
    """A screen of its own."""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)


class WholeModal(ModalScreen[Result], Generic[Result]):
    """A window over the others, which are seen behind it. (The toolkit's styles follow the first base alone.)"""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)
