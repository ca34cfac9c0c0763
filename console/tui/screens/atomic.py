"""Screens that are mounted together with their widgets, or not at all.

If the console is closed while a screen opens, the toolkit mounts the screen without its widgets. Then the screen's
`on_mount` must not run.
"""

from typing import Generic, TypeVar

from textual import events
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class AtomicScreen(Screen[Result], Generic[Result]):
    """A screen."""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)


class AtomicModal(ModalScreen[Result], Generic[Result]):
    """A window over another screen. (The toolkit inherits styles from the first base class only.)"""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)
