"""`python -m benchmarks.outages`: how long clients wait when the main fails, and how fast a partner catches up later.

There are two faults, for our pair and for ISC dhcpd in one run: `kill -9` of the main, and a silent cut of its network.
From then on new clients send requests to the backup; the result is the time until the first one has a lease. Then, for
our pair only, the backup is down while very many leases are granted. It returns with its disk or without it, while
clients continue.
"""

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import catchup, isc, pairwatch, perfdhcp, report
from benchmarks.programs import program
from benchmarks.wires import bridged_namespaces, inside

PAGE = report.PAGE.with_name("performance-outages.md")
ADDRESSES = {"clients": "10.66.0.1", "main": "10.66.0.2", "backup": "10.66.0.3"}
LINK = (ADDRESSES["main"], ADDRESSES["backup"])
POOL = 2_000
SILENCE = 1
"""Seconds of silence after which each product detects a lost partner: the shortest value that both accept."""
ROUNDS = 5
PATIENCE = 60.0

Spaces = Mapping[str, str]
Servers = dict[str, subprocess.Popen[bytes]]


def ours(spaces: Spaces, directory: Path) -> Servers:
    """Start our pair. Both servers become NORMAL and share the pool."""
    servers = {}
    for role in ("main", "backup"):
        data = directory / role
        data.mkdir(parents=True)
        text = pairwatch.configuration(role, POOL, LINK, ADDRESSES[role], SILENCE)
        (data / "config.toml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "dhcpserver.main", "--data", str(data)]
        with (data / "output").open("wb") as output:
            servers[role] = subprocess.Popen(inside(spaces[role], *command), stdout=output, stderr=output)
    running = pairwatch.RunningPairwatchPair(directory, servers["main"], servers["backup"])
    _until("our pair is NORMAL with two halves", lambda: running.normal() and running.balanced(POOL))
    return servers


def theirs(spaces: Spaces, directory: Path) -> Servers:
    """Start ISC dhcpd's pair with the lease files of a pair in service."""
    servers = {}
    for role, name in (("main", "primary"), ("backup", "secondary")):
        data = directory / name
        data.mkdir(parents=True)
        (data / "conf").write_text(isc.configuration(name, POOL, "", LINK, SILENCE), encoding="ascii")
        (data / "leases").write_text(isc.balanced_leases(POOL), encoding="ascii")
        files = ("-cf", data / "conf", "-lf", data / "leases", "-pf", data / "pid")
        command = [program("dhcpd"), "-4", "-f", "-d", *map(str, files), "wire"]
        with (data / "log").open("wb") as log:
            servers[role] = subprocess.Popen(inside(spaces[role], *command), stdout=log, stderr=log)
    logs = [directory / name / "log" for name in ("primary", "secondary")]
    _until("the ISC pair is normal", lambda: all(b"balanced pool" in path.read_bytes() for path in logs))
    return servers


def kill_main(spaces: Spaces, servers: Servers) -> None:
    """Kill the process. The kernel resets its connections."""
    servers["main"].kill()


def cut_main(spaces: Spaces, servers: Servers) -> None:
    """Cut the network of the host. No packet arrives, and no connection is reset."""
    command = ["ip", "-n", spaces["bridge"], "link", "set", "main", "down"]
    subprocess.run(command, check=True)


Start = Callable[[Spaces, Path], Servers]
Fault = Callable[[Spaces, Servers], None]
PRODUCTS: tuple[tuple[str, Start], ...] = (("Pairwatch", ours), ("ISC dhcpd", theirs))
FAULTS: tuple[tuple[str, Fault], ...] = (("kill -9", kill_main), ("silent cut", cut_main))


@dataclass(frozen=True, slots=True)
class Wait:
    """The time until the first new client had a lease, in seconds, for each round."""

    product: str
    fault: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def wait(start: Start, fault: Fault, directory: Path) -> float:
    """Run one round, with new namespaces and servers."""
    with bridged_namespaces(ADDRESSES, "/24") as spaces:
        servers = start(spaces, directory)
        command = [sys.executable, "-m", "benchmarks.first_lease", ADDRESSES["clients"], ADDRESSES["backup"], "67"]
        clients = subprocess.Popen(inside(spaces["clients"], *command), stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(1.0)
            if clients.poll() is not None:
                raise RuntimeError("the backup serves new clients while the main runs")
            began = time.time()
            fault(spaces, servers)
            output, _ = clients.communicate(timeout=PATIENCE)
            return float(output) - began
        finally:
            clients.kill()
            clients.wait()
            for server in servers.values():
                server.kill()
                server.wait()


def _until(what: str, question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.05)


def page(waits: list[Wait], results: list[catchup.CatchUp], machine: list[str]) -> str:
    """docs/performance-outages.md."""
    command = " ".join(["python -m benchmarks.outages", *sys.argv[1:]])
    lines = [
        "# Outages, measured",
        "",
        f"Written by `{command}` on {time.strftime('%Y-%m-%d', time.gmtime())}.",
        "",
        *(f"- {line}" for line in machine),
        "",
        "## Time until the first new client has a lease from the remaining server",
        "",
        f"Median of {len(waits[0].seconds)} rounds (shortest to longest), each with a new pair. Both products detect a"
        f" silent partner after {SILENCE} s, the shortest value that both accept.",
        "",
        "| fault of the main | pair | seconds |",
        "| --- | --- | --- |",
        *(
            f"| {one.fault} | {one.product} | {one.median:.2f} ({min(one.seconds):.2f} to {max(one.seconds):.2f}) |"
            for one in waits
        ),
        "",
        "## A partner that returns",
        "",
        "The backup is killed, the main grants the given number of leases, and the backup returns: with its disk (the"
        " leases that it missed are sent) or without (all leases are sent, its own ones too). Meanwhile new clients"
        " arrive at the given rate. The time is from the first contact until no update is pending.",
        "",
        "| disk | leases missed | bindings sent | seconds | bindings/s | clients meanwhile | failed | ACK p50, p99 |"
        " memory of the main: before, most | of the backup: most |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(one.row() for one in results),
    ]
    return "\n".join(lines) + "\n"


@click.command(help=__doc__)
@click.option("--rounds", type=click.IntRange(1, 50), default=ROUNDS, show_default=True)
@click.option("--leases", type=click.IntRange(1_000, 400_000), default=200_000, show_default=True)
@click.option("--write", is_flag=True, help="Write docs/performance-outages.md.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="The folder for leases.")
def main(rounds: int, leases: int, write: bool, directory: Path | None) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # Removes namespaces and servers.
    generator = program("perfdhcp")
    waits = []
    with tempfile.TemporaryDirectory(prefix="pairwatch-bench-", dir=directory) as made:
        disk = Path(made)
        machine = report.machine(perfdhcp.version(generator), perfdhcp.filesystem(disk))
        for kind, fault in FAULTS:
            for product, start in PRODUCTS:
                name = f"{product}-{kind}".replace(" ", "-")
                found = tuple(wait(start, fault, disk / f"{name}-{number}") for number in range(rounds))
                waits.append(Wait(product, kind, found))
                print(f"{kind}, {product}: {waits[-1].median:.2f} s of {[f'{one:.2f}' for one in found]}", flush=True)
        results = []
        for wiped in (False, True):
            results.append(catchup.measure(disk / f"catchup-{wiped}", generator, leases, wiped=wiped))
            print(results[-1].row(), flush=True)
    if write:
        PAGE.write_text(page(waits, results, machine), encoding="utf-8")


if __name__ == "__main__":
    main()
