"""Completion by the tab key in a real bash and a real zsh, set up as docs/console.md has it."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.packaging.units import ROOT, required

SHELLS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|.\x08")
PATIENCE_SECONDS = 20.0
DOCUMENT = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")


class Shell:
    """An interactive shell on a terminal of its own, in which `pairwatch` is this source."""

    def __init__(self, name: str, folder: Path) -> None:
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "pairwatch"
        program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m console.cli \"$@\"\n", encoding="utf-8")
        program.chmod(0o755)
        self._ours, theirs = pty.openpty()
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "TERM": "xterm",
            "PS1": "$ ",
            "LC_ALL": "C.UTF-8",
        }
        path = required(name, name)
        self._process = subprocess.Popen(
            [path, *SHELLS[name]], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self._seen = b""

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the terminal has shown the text, and forget what it showed up to there."""
        end = time.monotonic() + PATIENCE_SECONDS
        while text.encode() not in (shown := ESCAPES.sub(b"", self._seen)):
            assert time.monotonic() < end, f"{text!r} is not in {shown!r}"
            if select.select([self._ours], [], [], 0.1)[0]:
                self._seen += os.read(self._ours, 4096)
        self._seen = shown.split(text.encode(), 1)[1]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


def documented(shell: str) -> list[str]:
    """The lines for the file of that shell in docs/console.md."""
    found = re.search(rf"^    # ~/\.{shell}rc\n((?:    .+\n)+)", DOCUMENT, re.MULTILINE)
    assert found, f"no lines for .{shell}rc"
    return [line.strip() for line in found[1].splitlines() if not line.strip().startswith("#")]


@pytest.mark.parametrize("name", SHELLS)
def test_the_tab_key_completes_commands_options_and_values(name: str, tmp_path: Path) -> None:
    shell = Shell(name, tmp_path)
    try:
        for line in documented(name):
            shell.type(f"{line}\n")
        shell.type("echo set-$((40+2))\n")
        shell.wait_for("set-42")
        for typed, completed in (
            ("pairwatch doc", "pairwatch doctor "),
            ("pairwatch serve --da", "pairwatch serve --data "),
            ("pairwatch act set-p", "pairwatch act set-partner-down "),
            ("pairwatch incident ex", "pairwatch incident export "),
        ):
            shell.type(f"{typed}\t")
            shell.wait_for(completed)
            shell.type("\x15")
    finally:
        shell.close()
