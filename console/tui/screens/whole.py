"""Screens that are mounted with their widgets or not at all.

When the console is closed while a screen is opened, the toolkit mounts the screen without its widgets: then its own
`on_mount` must not run.
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
    """A window over the other screens. (The toolkit's styles follow the first base only.)"""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)
