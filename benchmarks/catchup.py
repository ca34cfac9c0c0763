"""A partner returns after it missed very many leases: how long the update takes, and its effect on clients."""

import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import perfdhcp
from benchmarks.network import Network, inside, network
from benchmarks.pairwatch import TOKEN, PairwatchPair, RunningPairwatchPair

MISSED_RATE = 6_000
"""New leases a second while the partner is down."""
MEANWHILE_RATE = 2_000
"""New clients a second during the update."""
SPARE = 60_000
"""Addresses for these clients."""
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The result of one measurement. Memory in octets."""

    wiped: bool
    leases: int
    sent: int
    seconds: float
    probe: perfdhcp.Probe
    memory_before: int
    memory_main: int
    memory_backup: int

    def row(self) -> str:
        """The row of the table on the page."""
        mib = 1 << 20
        return (
            f"| {'lost' if self.wiped else 'kept'} | {self.leases} | {self.sent} | {self.seconds:.1f}"
            f" | {self.sent / self.seconds:.0f} | {self.probe.rate}/s | {self.probe.drops:.2%}"
            f" | {self.probe.latency_ms(0.5):.1f} ms, {self.probe.latency_ms(0.99):.1f} ms"
            f" | {self.memory_before / mib:.0f} MiB, {self.memory_main / mib:.0f} MiB"
            f" | {self.memory_backup / mib:.0f} MiB |"
        )


def measure(directory: Path, generator: str, leases: int, *, wiped: bool) -> CatchUp:
    """Measure once with a new pair. Half of the pool is the main's, which is more than the leases need."""
    directory.mkdir()
    with network() as made:
        pair = PairwatchPair(made, directory, 2 * (leases + SPARE))
        running = pair.start()
        try:
            return _measure(pair, running, made, generator, leases, wiped)
        finally:
            running.stop()


def _measure(
    pair: PairwatchPair, running: RunningPairwatchPair, made: Network, generator: str, leases: int, wiped: bool
) -> CatchUp:
    running.backup.kill()
    running.backup.wait()
    alone = RunningPairwatchPair(running.directory, running.main, running.main)
    perfdhcp.run(generator, made, alone, MISSED_RATE, -(-leases // MISSED_RATE), series=1)
    missed = running.count("main", "status = 2")
    acked_before = _status(made.main)["updates"]["acked"]
    before = _memory(running.main.pid, "VmRSS")
    data = running.directory / "backup"
    if wiped:
        for path in data.iterdir():
            if path.name != "config.toml":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    backup = pair.server(data, made.backup)
    again = RunningPairwatchPair(running.directory, running.main, backup)
    probes: list[perfdhcp.Probe] = []
    try:
        began = _until(made.main, lambda status: status["communications"] == "ok")
        seconds = max(5, (SPARE // 2) // MEANWHILE_RATE)
        clients = threading.Thread(
            target=lambda: probes.append(perfdhcp.run(generator, made, again, MEANWHILE_RATE, seconds, series=2))
        )
        clients.start()
        ended = _until(made.main, lambda status: _caught_up(status, leases, acked_before))
        sent = _status(made.main)["updates"]["acked"] - acked_before
        clients.join()
        memory = (_memory(running.main.pid, "VmHWM"), _memory(backup.pid, "VmHWM"))
    finally:
        backup.kill()
        backup.wait()
    return CatchUp(wiped, missed, sent, ended - began, probes[0], before, *memory)


def _caught_up(status: dict[str, Any], leases: int, acked_before: int) -> bool:
    """Whether the missed leases are sent. Updates for other clients are always in progress."""
    waiting = status["updates_pending"] + status["unacked_updates"]
    return status["updates"]["acked"] - acked_before >= leases and waiting < MEANWHILE_RATE and not status["resync"]


def _status(namespace: str) -> dict[str, Any]:
    """The status of the pair on the main."""
    code = (
        "import base64,sys,urllib.request as u;"
        "q=u.Request('http://127.0.0.1:8067/api/v1/status');"
        f"q.add_header('Authorization','Bearer {TOKEN}');"
        "sys.stdout.write(u.urlopen(q,timeout=30).read().decode())"
    )
    run = subprocess.run(
        inside(namespace, [sys.executable, "-S", "-c", code]), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(run.stdout)["pairs"][0]
    return found


def _until(namespace: str, question: Any) -> float:
    deadline = time.monotonic() + PATIENCE
    while not question(_status(namespace)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the partner does not catch up within {PATIENCE:.0f} s: {_status(namespace)}")
        time.sleep(0.1)
    return time.monotonic()


def _memory(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no {field}")
