"""`python -m benchmarks.handover`: a planned hand-over while clients renew. One server leaves, and returns later.

perfdhcp renews leases through a relay with two helper addresses. The main is stopped for a long time (SHUTDOWN), and
the backup takes over; later the main is started again and returns. perfdhcp sends nothing again, so every renewal that
no server answered counts as lost.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import pairwatch, perfdhcp, report
from benchmarks.network import GENERATOR_ADDRESS
from benchmarks.outages import ADDRESSES, LINK
from benchmarks.programs import program
from benchmarks.wires import bridged_namespaces, inside

PAGE = report.PAGE.with_name("performance-handover.md")
POOL = 32_000
MCLT = 10
"""Seconds; the returning server waits as long."""
RATE = 250
"""New leases a second, and as many renewals."""
SECONDS = 60
LEAVES_AFTER, RETURNS_AFTER = 12.0, 24.0
FANOUT_PORT = 6767
PATIENCE = 60.0
_SECTION = re.compile(r"\*\*\*Statistics for: (?P<name>.+)\*\*\*\n(?P<body>(?:.+\n)+)")
_COUNT = re.compile(r"^(sent packets|received packets): (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Handover:
    """What perfdhcp counted, by the kind of exchange as (sent, answered), and when what happened (seconds)."""

    counts: dict[str, tuple[int, int]]
    left: float
    took_over: float
    returned: float

    def lines(self) -> list[str]:
        """The rows of the page."""
        rows = [f"| {name} | {sent:,} | {sent - answered:,} |" for name, (sent, answered) in self.counts.items()]
        return [
            "| exchange | sent | lost |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"The main had ended {self.left:.2f} s after the request, and the backup was PARTNER-DOWN"
            f" {self.took_over:.2f} s after it. Both were NORMAL again {self.returned:.1f} s after the main was"
            f" started, with an MCLT of {MCLT} s.",
        ]


def measure(directory: Path, generator: str) -> Handover:
    """One hand-over with a new pair."""
    with bridged_namespaces(ADDRESSES, "/24") as spaces:
        servers = {role: _started(spaces, directory, role) for role in ("main", "backup")}
        running = pairwatch.RunningPairwatchPair(directory, servers["main"], servers["backup"])
        others: list[subprocess.Popen[str]] = []
        try:
            _until("the pair is NORMAL with two halves", lambda: running.normal() and running.balanced(POOL))
            command = ["-m", "benchmarks.fanout", GENERATOR_ADDRESS, str(FANOUT_PORT), *LINK]
            others.append(subprocess.Popen(inside(spaces["clients"], sys.executable, *command), text=True))
            time.sleep(0.5)
            load = [generator, "-4", "-r", str(RATE), "-f", str(RATE), "-R", str(POOL), "-p", str(SECONDS), "-W", "2"]
            load += ["-l", GENERATOR_ADDRESS, "-L", "67", "-N", str(FANOUT_PORT), "-u", GENERATOR_ADDRESS]
            perf = subprocess.Popen(
                inside(spaces["clients"], *load), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            others.append(perf)
            left, took_over, returned = _hand_over(spaces, directory, servers, running)
            output, _ = perf.communicate(timeout=PATIENCE + SECONDS)
            return Handover(_counts(output), left, took_over, returned)
        finally:
            for client in others:
                client.kill()
                client.wait()
            for server in servers.values():
                server.kill()
                server.wait()


def _hand_over(
    spaces: dict[str, str],
    directory: Path,
    servers: "dict[str, subprocess.Popen[bytes]]",
    running: pairwatch.RunningPairwatchPair,
) -> tuple[float, float, float]:
    """Stop the main, wait for the takeover, start it again, and wait until both are NORMAL."""
    began = time.monotonic()
    time.sleep(LEAVES_AFTER)
    asked = time.monotonic()
    url = "http://127.0.0.1:8067/api/v1/stop"
    request = ["curl", "-sf", "-H", f"Authorization: Bearer {pairwatch.TOKEN}", "--json", '{"absence": "long"}', url]
    subprocess.run(inside(spaces["main"], *request), check=True, capture_output=True)
    _until("the backup has taken over", lambda: _state(directory, "backup") == "PARTNER-DOWN")
    took_over = time.monotonic() - asked
    _until("the main has ended", lambda: servers["main"].poll() is not None)
    left = time.monotonic() - asked
    time.sleep(max(0.0, RETURNS_AFTER - (time.monotonic() - began)))
    started = time.monotonic()
    servers["main"] = _run(spaces, directory, "main")
    states = {"main", "backup"}
    _until("both are NORMAL again", lambda: all(_state(directory, role) == "NORMAL" for role in states))
    return left, took_over, time.monotonic() - started


def _started(spaces: dict[str, str], directory: Path, role: str) -> "subprocess.Popen[bytes]":
    data = directory / role
    data.mkdir(parents=True)
    text = pairwatch.configuration(role, POOL, LINK, ADDRESSES[role]).replace("mclt = 3600", f"mclt = {MCLT}")
    text = text.replace('name = "bench"\ntoken', 'name = "bench"\nrole = "operator"\ntoken')
    (data / "config.toml").write_text(text, encoding="utf-8")
    return _run(spaces, directory, role)


def _run(spaces: dict[str, str], directory: Path, role: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dhcpserver.main", "--data", str(directory / role)]
    with (directory / role / "output").open("ab") as output:
        return subprocess.Popen(inside(spaces[role], *command), stdout=output, stderr=output)


def _state(directory: Path, role: str) -> str:
    record = json.loads((directory / role / "state.json").read_text(encoding="utf-8"))["failover"]
    return str(record["state"]) if record else ""


def _until(what: str, question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.01)


def _counts(output: str) -> dict[str, tuple[int, int]]:
    found = {}
    for section in _SECTION.finditer(output):
        counts = dict(_COUNT.findall(section["body"]))
        found[section["name"]] = int(counts.get("sent packets", 0)), int(counts.get("received packets", 0))
    if not found:
        raise RuntimeError(f"perfdhcp counted nothing: {output[-2000:]}")
    return found


@click.command(help=__doc__)
@click.option("--write", is_flag=True, help="Write docs/performance-handover.md.")
def main(write: bool) -> None:
    generator = program("perfdhcp")
    with tempfile.TemporaryDirectory(prefix="pairwatch-bench-") as made:
        found = measure(Path(made), generator)
        machine = report.machine(perfdhcp.version(generator), perfdhcp.filesystem(Path(made)))
    print("\n".join(found.lines()))
    if write:
        PAGE.write_text(page(found, machine), encoding="utf-8")


def page(found: Handover, machine: list[str]) -> str:
    """docs/performance-handover.md."""
    lines = [
        "# A planned hand-over, measured",
        "",
        f"Written by `python -m benchmarks.handover --write` on {time.strftime('%Y-%m-%d', time.gmtime())}.",
        "",
        *(f"- {line}" for line in machine),
        "",
        f"New clients arrive at {RATE}/s and leases are renewed at {RATE}/s through a relay with two helper addresses."
        f" The main is stopped for a long time after {LEAVES_AFTER:.0f} s and started again after"
        f" {RETURNS_AFTER:.0f} s. perfdhcp sends nothing again: what it counts as lost, a client gets at its first"
        " retransmission. These are the packets that arrive between the last answer of one server and the takeover of"
        " the other one.",
        "",
        *found.lines(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
