"""The sources in a process of their own: they see what the console would, and do not outlive it."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from console.model.observations import LogLine, Observation, PollAnswer
from console.settings.document import Settings, load
from console.sources.apart import run_apart
from tests.console.scenes import MAIN, PAIR, status
from tests.console.stand_in import PASSWORD, USER, StandIn, serving


def settings(folder: Path, api: str) -> Settings:
    """A pair whose main is the stand-in and logs to a file, and whose backup nobody is."""
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "log").write_text("old\n", encoding="utf-8")
    path = folder / "pairwatch.toml"
    path.write_text(
        f"""
        [console]
        poll_interval = 0.2
        [[pair]]
        name = "{PAIR}"
        [[pair.server]]
        name = "{MAIN}"
        role = "main"
        api = "{api}"
        user = "{USER}"
        password_file = "password"
        log = "log"
        [[pair.server]]
        name = "dhcp-b"
        role = "backup"
        api = "http://127.0.0.1:1"
        user = "{USER}"
        password_file = "password"
        """,
        encoding="utf-8",
    )
    return load(path)


def sources() -> set[int]:
    """The processes that this one has started for its sources."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "console.sources.gatherer"], capture_output=True, text=True, check=False
    )
    return {int(each) for each in found.stdout.split()}


class Watched:
    """Sources that run apart, and what came of them."""

    def __init__(self, settings: Settings) -> None:
        self.seen: list[Observation] = []
        self.complaints: list[str] = []
        self._news = asyncio.Event()
        self.task = asyncio.create_task(run_apart(settings, self._emit, self._complain))

    def _emit(self, observation: Observation) -> None:
        self.seen.append(observation)
        self._news.set()

    def _complain(self, text: str) -> None:
        self.complaints.append(text)
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_answers_failures_and_log_lines_come_from_the_other_process(tmp_path: Path) -> None:
    with serving(StandIn(status(MAIN))) as server:
        watched = Watched(settings(tmp_path, server.api))
        await watched.until(lambda: {each.kind for each in watched.seen} >= {"poll-answer", "poll-failure", "log"})
        with (tmp_path / "log").open("a", encoding="utf-8") as log:
            log.write("new\n")
        await watched.until(lambda: any(isinstance(each, LogLine) and each.text == "new" for each in watched.seen))
        await watched.stop()
    answer = next(each for each in watched.seen if isinstance(each, PollAnswer))
    assert (answer.raw or {})["pairs"][0]["name"] == PAIR
    assert sources() == set()


@pytest.mark.live
async def test_a_process_that_dies_is_said_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.sources.apart.START_AGAIN_SECONDS", 0.0)
    with serving(StandIn(status(MAIN))) as server:
        watched = Watched(settings(tmp_path, server.api))
        await watched.until(lambda: bool(watched.seen))
        (process,) = sources()
        os.kill(process, signal.SIGKILL)
        await watched.until(lambda: bool(watched.complaints))
        watched.seen.clear()
        await watched.until(lambda: bool(watched.seen))
        await watched.stop()
    assert watched.complaints == ["the process that asks the servers ended (exit status -9); it was started again"]
    assert sources() == set()
