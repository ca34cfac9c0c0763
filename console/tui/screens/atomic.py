"""Screens that are mounted together with their widgets, or not at all, and that close no other screen.

If the console is closed while a screen opens, the toolkit mounts the screen without its widgets. Then the screen's
`on_mount` must not run. The toolkit's `dismiss` removes the topmost screen, whichever that is: a second Esc that comes
while a screen is left would remove the one below it.
"""

from typing import Generic, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class AtomicScreen(Screen[Result], Generic[Result]):
    """A screen."""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen, if it is the topmost one."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


class AtomicModal(ModalScreen[Result], Generic[Result]):
    """A window over another screen. (The toolkit inherits styles from the first base class only.)"""

    async def on_event(self, event: events.Event) -> None:
        if self.children or not isinstance(event, events.Mount):
            await super().on_event(event)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen, if it is the topmost one."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
