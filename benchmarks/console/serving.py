"""The process of the site, for the time of a measurement."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.console.site import write_configuration

END_SECONDS = 20.0


class Site:
    """A running site. `counters` are printed by it at its end: requests, lines and traps."""

    def __init__(self, config: Path, process: "subprocess.Popen[str]") -> None:
        self.config = config
        self._process = process
        self.counters: dict[str, float] = {}

    def end(self) -> None:
        self._process.terminate()
        out, _ = self._process.communicate(timeout=END_SECONDS)
        self.counters = json.loads(out) if out.strip() else {}


@contextmanager
def site(folder: Path, pairs: int, lines: float = 0.0, traps: float = 0.0) -> Iterator[Site]:
    """Run the site with that many pairs, and that many log lines and traps a second in total."""
    http, trap_port = _free(socket.SOCK_STREAM), _free(socket.SOCK_DGRAM)
    config = write_configuration(folder, pairs, http, trap_port, logs=True)
    command = [sys.executable, "-m", "benchmarks.console.load", str(folder), str(pairs), str(http), str(trap_port)]
    process = subprocess.Popen([*command, str(lines), str(traps)], stdout=subprocess.PIPE, text=True)
    running = Site(config, process)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the site did not start")
        yield running
    finally:
        running.end()


def _free(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
