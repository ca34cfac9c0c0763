"""The app with a picture, a clock that only the test moves, and servers whose answers the test sets."""

import tempfile
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from console.actions.audit import AuditLog
from console.actions.execute import ActionRunner
from console.actions.operator import Operator
from console.model.observations import Observation
from console.state.store import PictureStore
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, picture, status
from tests.console.scripted import ScriptedSource


class FakeServer(ScriptedSource):
    """One server: its status answer, None for no answer, and its status after a request."""

    def __init__(self, answer: dict[str, Any] | None, after_post: dict[str, Any] | None = None) -> None:
        super().__init__(answer)
        self.after_post = after_post

    @property
    def posts(self) -> list[dict[str, Any]]:
        return [body for _, body in self.requests]

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def after(self) -> None:
        self.answer = self.after_post


async def _no_pause(seconds: float) -> None:
    """Return at once."""


class Stage:
    """The app with its session, store and servers."""

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
        """The clients for inquiries, by server; for tests that replace them."""
        self.store = PictureStore(picture(*observations), lambda: self.time, ZONE)
        self.main, self.backup = FakeServer(main), FakeServer(backup, status(BACKUP, NOW, "PARTNER-DOWN"))
        action = ActionRunner(
            self.store,
            PAIR,
            {MAIN: self.main, BACKUP: self.backup},
            # A real file: an action that cannot be recorded does not run, and its test would prove nothing.
            AuditLog(audit or Path(tempfile.mkdtemp(prefix="pairwatch-audit-")) / "audit.log"),
            Operator("jo", "192.0.2.200", "noc-1"),
            writable=write,
            pause=_no_pause,
        )
        self.session = Session(self.store, {PAIR: action}, {PAIR: write}, operator="jo")
        self.session.decision_seconds = 0  # A test types faster than a person.
        self.app = PairwatchApp(self.session, PAIR, theme)


def shown(pilot: Pilot[None]) -> str:
    """All visible text on the screen."""
    screen = pilot.app.screen
    size = pilot.app.size
    lines = ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips(size)]
    return "\n".join(lines)


def words(pilot: Pilot[None], selector: str) -> str:
    """The text of one widget, before it is wrapped."""
    return str(pilot.app.screen.query_one(selector, Static).render())


async def settle(pilot: Pilot[None]) -> None:
    """Wait until messages and workers are done."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
