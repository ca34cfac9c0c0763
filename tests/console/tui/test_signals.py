"""The console in a terminal of its own: after each signal the terminal is as it was, and a hang-up reads anew."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.console.test_cli import Site, site

__all__ = ["site"]

pytestmark = pytest.mark.live

LEFT_AS_FOUND = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1000l", "\x1b[?2004l")
"""The first screen, the cursor, no mouse, no bracketed paste."""
LONGEST_SECONDS = 30.0


class Terminal:
    """A console in a terminal."""

    def __init__(self, config: str) -> None:
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.before = termios.tcgetattr(self.slave)
        self.written = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console.cli", "--config", config],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env={**os.environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )

    def until(self, words: str) -> None:
        """Read what the console writes until the words are among it."""
        end = time.monotonic() + LONGEST_SECONDS
        while words not in self.written:
            assert time.monotonic() < end, f"{words!r} was not written"
            self._read(0.1)

    def ended(self) -> int:
        """Read until the process ends: its exit status."""
        end = time.monotonic() + LONGEST_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < end, "it did not end"
            self._read(0.1)
        self._read(0.1)
        return self.process.returncode

    def _read(self, seconds: float) -> None:
        while select.select([self.master], [], [], seconds)[0]:
            try:
                self.written += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                return


@contextmanager
def opened(config: str) -> Iterator[Terminal]:
    terminal = Terminal(config)
    try:
        terminal.until("dhcp-b")
        yield terminal
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        os.close(terminal.master)
        os.close(terminal.slave)


@pytest.mark.parametrize("key", ["SIGTERM", "q"])
def test_the_terminal_is_left_as_it_was_found(key: str, site: Site) -> None:
    with opened(site.config()) as terminal:
        terminal.written = ""
        if key == "q":
            os.write(terminal.master, b"q")
        else:
            terminal.process.send_signal(signal.SIGTERM)
        status = terminal.ended()
        assert status == (0 if key == "q" else 143)
        for sequence in LEFT_AS_FOUND:
            assert sequence in terminal.written, repr(sequence)
        assert termios.tcgetattr(terminal.slave) == terminal.before


def test_a_hang_up_reads_the_configuration_again_and_refuses_one_with_a_fault(site: Site) -> None:
    config = site.config()
    with opened(config) as terminal:
        good = Path(config).read_text(encoding="utf-8")
        Path(config).write_text(good.replace("write = true", "write = 7"), encoding="utf-8")
        terminal.written = ""
        terminal.process.send_signal(signal.SIGHUP)
        terminal.until("write")
        terminal.until("old one is in force")
        Path(config).write_text(good.replace("write = true", 'environment = "another site"'), encoding="utf-8")
        terminal.process.send_signal(signal.SIGHUP)
        terminal.until("ANOTHER SITE")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended() == 143


def test_a_console_whose_terminal_was_closed_ends(site: Site) -> None:
    with opened(site.config()) as terminal:
        os.close(terminal.master)
        terminal.master = os.open(os.devnull, os.O_RDONLY)
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.process.wait(LONGEST_SECONDS) != 0
