"""The app with a picture, a clock that only the test moves, and servers whose answers the test sets."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from console.actions.audit import AuditLog
from console.actions.execute import Acting
from console.actions.operator import Operator
from console.errors import Unanswered
from console.model.observations import Observation
from console.state.store import PictureStore
from console.tui.app import PairwatchApp
from console.tui.session import Session
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, picture, status


@dataclass
class FakeServer:
    """One server: its status answer, None for no answer, and its status after a request."""

    answer: dict[str, Any] | None
    after_post: dict[str, Any] | None = None
    posts: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    async def status(self) -> dict[str, Any]:
        if self.answer is None:
            raise Unanswered("Connection refused")
        return self.answer

    async def role(self) -> str:
        return "expert"

    async def act(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.paths.append(path)
        self.posts.append(body)
        self.answer = self.after_post
        return {}


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
        action = Acting(
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
