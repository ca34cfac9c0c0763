"""The app on a stage: a picture, a clock that only the test moves, and servers that say what the test
wants."""

import tempfile
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from console.actions.audit import AuditLog
from console.actions.execute import Acting
from console.actions.operator import Operator
from console.model.observations import Observation
from console.state.store import PictureStore
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, picture, status
from tests.console.scripted import ScriptedSource


class Actor(ScriptedSource):
    """One server: what it answers to a status, `None` for no answer; what it becomes after the request."""

    def __init__(self, said: dict[str, Any] | None, after_post: dict[str, Any] | None = None) -> None:
        super().__init__(said)
        self.after_post = after_post

    @property
    def posts(self) -> list[dict[str, Any]]:
        return [body for _, body in self.requests]

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def after(self) -> None:
        self.said = self.after_post


async def _no_pause(seconds: float) -> None:
    """Time is not slept for."""


class Stage:
    """The app and everything behind it."""

    def __init__(
        self,
        *observations: Observation | list[Any],
        main: dict[str, Any] | None = None,
        backup: dict[str, Any] | None = None,
        audit: Path | None = None,
        write: bool = True,
        theme: str | None = None,
    ) -> None:
        self.time = NOW
        self.servers: dict[str, Any] = {}
        """What inquiries ask, by server; for tests that replace it."""
        self.store = PictureStore(picture(*observations), lambda: self.time, ZONE)
        self.main, self.backup = Actor(main), Actor(backup, status(BACKUP, NOW, "PARTNER-DOWN"))
        action = Acting(
            self.store,
            PAIR,
            {MAIN: self.main, BACKUP: self.backup},
            # A real file: an action that cannot be recorded is not taken, and then a test of one proves nothing.
            AuditLog(audit or Path(tempfile.mkdtemp(prefix="pairwatch-audit-")) / "audit.log"),
            Operator("jo", "192.0.2.200", "noc-1"),
            writable=write,
            pause=_no_pause,
        )
        self.session = Session(self.store, {PAIR: action}, {PAIR: write}, operator="jo")
        self.session.decision_seconds = 0  # A test types faster than any hand.
        self.app = PairwatchApp(self.session, PAIR, theme)


def shown(pilot: Pilot[None]) -> str:
    """All text on the screen that is not scrolled or hidden away."""
    screen = pilot.app.screen
    size = pilot.app.size
    lines = ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips(size)]
    return "\n".join(lines)


def words(pilot: Pilot[None], selector: str) -> str:
    """The text of one widget, wrapped or not."""
    return str(pilot.app.screen.query_one(selector, Static).render())


async def settle(pilot: Pilot[None]) -> None:
    """Let messages and workers finish."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
