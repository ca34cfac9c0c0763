"""Every command of the README runs, in order, as a new user runs it."""

import glob
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.pair import eventually
from tests.peers.programs import program

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PLACE = "/tmp/pairwatch-demo"


def commands() -> list[str]:
    """The lines of the README's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


class Terminal:
    """A real terminal: tmux runs the command, sends keys and reads the screen."""

    def __init__(self, command: str) -> None:
        self._tmux = ["tmux", "-L", "pairwatch-readme"]
        subprocess.run(
            [*self._tmux, "new-session", "-d", "-x", "120", "-y", "40", "-c", str(ROOT), f"{command}; sleep 0.2"],
            check=True,
        )

    def screen(self) -> str:
        shown = subprocess.run([*self._tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False)
        return shown.stdout

    def shows(self, *texts: str) -> None:
        def all_there() -> bool:
            screen = self.screen()
            return all(text in screen for text in texts)

        eventually(f"the screen shows {texts}, not\n{self.screen()}", all_there, 60)

    def leave(self) -> None:
        """Press q: it ends the console, and with it the session."""
        subprocess.run([*self._tmux, "send-keys", "q"], check=True)
        eventually("the console ends", lambda: not self.is_running(), 30)

    def is_running(self) -> bool:
        return subprocess.run([*self._tmux, "has-session"], capture_output=True, check=False).returncode == 0

    def kill(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)


def in_terminal(command: str, *texts: str) -> None:
    terminal = Terminal(command)
    try:
        terminal.shows(*texts)
        terminal.leave()
    finally:
        terminal.kill()


def run(arguments: list[str], status: int = 0) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status, done.stderr + done.stdout
    return done.stdout


NOT_HERE = {
    "make check": "continuous integration runs it before the tests",
    "make test": "it runs this test",
    "make bench": "benchmarks are run by hand, on an idle host",
    "make screenshots": "tests/console draws the same screens",
}
"""Commands that this test does not run, and why."""


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    """R-169 to R-175: from the demo to the console, the plugin line, a guarded action, traps and a replay."""
    program("tmux")
    place = str(tmp_path / "demo")
    ran: dict[str, Callable[[list[str]], None]] = {
        "make demo": lambda _: in_terminal("make demo", "example-pair", "both NORMAL"),
        "demo --scenario main-down": lambda words: in_terminal(shlex.join(words), "example-pair", "both NORMAL"),
    }
    demo: subprocess.Popen[bytes] | None = None
    try:
        for line in commands():
            if line in NOT_HERE:
                continue
            words = _expanded(shlex.split(line.replace(PLACE, place).replace(".venv/bin", str(BIN))))
            rest = line.removeprefix(".venv/bin/pairwatch ")
            if rest in ran:
                ran[rest](words)
            elif "--headless" in words:
                demo = subprocess.Popen(words, stdout=subprocess.DEVNULL)
                eventually("the demo is there", Path(place, "demo.json").exists, 30)
                eventually("both NORMAL", lambda: "both NORMAL" in _status(place), 40)
            elif rest.startswith("--config"):
                in_terminal(shlex.join(words), "example-pair", "both NORMAL", "dhcp-a", "dhcp-b")
            elif rest.startswith("replay"):
                in_terminal(shlex.join(words), "REPLAY")
            elif "act" in words:
                assert "dhcp-b will treat dhcp-a as down" in run(words, status=4)
            elif "serve" in words:
                assert demo is not None
                demo.send_signal(signal.SIGTERM)
                demo.wait(30)
                _serves(words)
            else:
                run(words)
    finally:
        if demo is not None and demo.poll() is None:
            demo.terminate()
            demo.wait(30)


def _expanded(words: list[str]) -> list[str]:
    """File names after expansion, as by the shell."""
    return [name for word in words for name in (sorted(glob.glob(word)) if "*" in word else [word])]


def _status(place: str) -> str:
    command = [str(BIN / "pairwatch"), "status", "--config", f"{place}/pairwatch.toml"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout


def _serves(words: list[str]) -> None:
    """The server starts, and stops on SIGTERM."""
    log = Path(words[-1], "logs", "name_dhcp_1_log")
    before = log.read_text().count(" started.")
    server = subprocess.Popen(words)
    eventually("its log reports the start", lambda: log.read_text().count(" started.") > before, 30)
    server.terminate()
    assert server.wait(30) == 0
