"""The interface through which a screen opens another screen.

Screens import neither the app nor each other. The app gives each session its navigator.
"""

from typing import TYPE_CHECKING, Protocol

from console.insight.remedies import Remedy

if TYPE_CHECKING:
    from console.incidents.listing import OpenedIncident


class Navigator(Protocol):
    """Opens screens."""

    @property
    def can_go_back(self) -> bool:
        """Whether there is a screen to go back to."""
        ...

    def go(self, place: str) -> None:
        """Open the place of that name (console.tui.keys.keymap) on the pair that is shown."""
        ...

    def open_logs(self, *, at: float | None = None, words: str = "", ask: bool = False) -> None:
        """Open the logs of the pair that is shown: at a time (Unix seconds; None: their end), filtered by `words`.
        `ask`: the filter is typed first."""
        ...

    def open_lease(self, query: str) -> None:
        """Look up a lease at the servers of the pair that is shown."""
        ...

    def open_pair(self, pair: str) -> None:
        """Show the pair of that name."""
        ...

    def open_replay(self, opened: "OpenedIncident") -> None:
        """Replay a recording in place of what is shown; it returns here when it ends."""
        ...

    def open_remedy(self, pair: str, remedy: Remedy) -> None:
        """Open the screen of an action or runbook; where it is not offered, show why."""
        ...


class NoNavigator:
    """The navigator of a session that no app shows: it opens nothing."""

    @property
    def can_go_back(self) -> bool:
        return False

    def go(self, place: str) -> None:
        """Do nothing."""

    def open_logs(self, *, at: float | None = None, words: str = "", ask: bool = False) -> None:
        """Do nothing."""

    def open_lease(self, query: str) -> None:
        """Do nothing."""

    def open_pair(self, pair: str) -> None:
        """Do nothing."""

    def open_replay(self, opened: "OpenedIncident") -> None:
        """Do nothing."""

    def open_remedy(self, pair: str, remedy: Remedy) -> None:
        """Do nothing."""
