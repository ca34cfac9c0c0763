"""Ctrl-z in a shell of tmux: the console stops, the shell has a sound terminal, and fg continues."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.test_cli import Site, site
from tests.peers.programs import program

__all__ = ["site"]

pytestmark = [pytest.mark.live, pytest.mark.peer]

LONGEST_SECONDS = 30.0


class Shell:
    """A shell in a tmux server of its own."""

    def __init__(self, socket: Path) -> None:
        self._tmux = [program("tmux"), "-S", str(socket), "-f", "/dev/null"]
        self._run("new-session", "-d", "-x", "80", "-y", "24", "env", "PS1=ready> ", "bash", "--norc", "--noprofile")

    def type(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def until(self, *words: str) -> str:
        """The screen as soon as all the words are on it."""
        end = time.monotonic() + LONGEST_SECONDS
        while True:
            screen = self._run("capture-pane", "-p")
            if all(word in screen for word in words):
                return screen
            assert time.monotonic() < end, f"{words} are not on the screen:\n{screen}"
            time.sleep(0.1)

    def flag(self, name: str) -> str:
        """A flag of the terminal: alternate_on, cursor_flag, mouse_any_flag."""
        return self._run("display-message", "-p", f"#{{{name}}}").strip()

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        return subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    found = Shell(tmp_path / "tmux")
    try:
        found.until("ready>")
        yield found
    finally:
        found.close()


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_continues(shell: Shell, site: Site) -> None:
    shell.type(f"{sys.executable} -m console.cli --config {site.config()}", "Enter")
    shell.until("dhcp-a", "dhcp-b")
    assert (shell.flag("alternate_on"), shell.flag("mouse_any_flag")) == ("1", "1")
    for _ in range(2):
        shell.type("C-z")
        shell.until("Stopped", "ready>")
        assert (shell.flag("alternate_on"), shell.flag("cursor_flag"), shell.flag("mouse_any_flag")) == ("0", "1", "0")
        shell.type("echo heard $((6 * 7))", "Enter")
        shell.until("heard 42")
        shell.type("clear; fg", "Enter")
        shell.until("dhcp-a", "dhcp-b")
        assert (shell.flag("alternate_on"), shell.flag("mouse_any_flag")) == ("1", "1")
    shell.type("q")
    shell.until("ready>")
    assert (shell.flag("alternate_on"), shell.flag("cursor_flag"), shell.flag("mouse_any_flag")) == ("0", "1", "0")
