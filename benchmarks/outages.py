"""`python -m benchmarks.outages`: how long clients wait when the main dies, and how a partner that returns catches up.

Two faults, for our pair and ISC dhcpd's in the same minutes: `kill -9` of the main, and its machine cut off without a
word. From that moment new clients knock at the backup; what counts is when the first has a lease. Then our pair alone:
the backup is away while very many leases are made, and comes back, with its disk or without, while clients go on.
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
from benchmarks.wires import inside, wired

PAGE = report.PAGE.with_name("performance-outages.md")
ADDRESSES = {"clients": "10.66.0.1", "main": "10.66.0.2", "backup": "10.66.0.3"}
LINK = (ADDRESSES["main"], ADDRESSES["backup"])
POOL = 2_000
SILENCE = 1
"""Seconds without a word after which each product gives its partner up: the shortest that both can be set to."""
ROUNDS = 5
PATIENCE = 60.0

Spaces = Mapping[str, str]
Servers = dict[str, subprocess.Popen[bytes]]


def ours(spaces: Spaces, directory: Path) -> Servers:
    """Our pair, started; both become NORMAL and share the pool."""
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
    """ISC dhcpd's pair, started from the lease files of a pair in service."""
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


def killed(spaces: Spaces, servers: Servers) -> None:
    """The process is gone; the kernel resets its connections."""
    servers["main"].kill()


def cut_off(spaces: Spaces, servers: Servers) -> None:
    """The machine is gone: nobody hears anything of it any more, and nobody is told."""
    command = ["ip", "-n", spaces["bridge"], "link", "set", "main", "down"]
    subprocess.run(command, check=True)


Start = Callable[[Spaces, Path], Servers]
Fault = Callable[[Spaces, Servers], None]
PRODUCTS: tuple[tuple[str, Start], ...] = (("Pairwatch", ours), ("ISC dhcpd", theirs))
FAULTS: tuple[tuple[str, Fault], ...] = (("kill -9", killed), ("silent cut", cut_off))


@dataclass(frozen=True, slots=True)
class Wait:
    """How long the first new client waited, seconds, in each round."""

    product: str
    fault: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def wait(start: Start, fault: Fault, directory: Path) -> float:
    """One round, on wires and servers of its own."""
    with wired(ADDRESSES, "/24") as spaces:
        servers = start(spaces, directory)
        knocking = [sys.executable, "-m", "benchmarks.newcomer", ADDRESSES["clients"], ADDRESSES["backup"], "67"]
        newcomer = subprocess.Popen(inside(spaces["clients"], *knocking), stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(1.0)
            if newcomer.poll() is not None:
                raise RuntimeError("the backup serves new clients although the main lives")
            began = time.time()
            fault(spaces, servers)
            said, _ = newcomer.communicate(timeout=PATIENCE)
            return float(said) - began
        finally:
            newcomer.kill()
            newcomer.wait()
            for server in servers.values():
                server.kill()
                server.wait()


def _until(what: str, question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.05)


def page(waits: list[Wait], caught: list[catchup.Caught], machine: list[str]) -> str:
    """docs/performance-outages.md."""
    command = " ".join(["python -m benchmarks.outages", *sys.argv[1:]])
    lines = [
        "# Outages, measured",
        "",
        f"Written by `{command}` on {time.strftime('%Y-%m-%d', time.gmtime())}.",
        "",
        *(f"- {line}" for line in machine),
        "",
        "## Until the first new client has a lease from the survivor",
        "",
        f"Median of {len(waits[0].seconds)} rounds (shortest to longest), each with a pair started anew. Both products"
        f" give a silent partner up after {SILENCE} s, the shortest that both can be set to.",
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
        "The backup is killed, the main goes on and makes so many leases, and the backup comes back: with its disk"
        " (the leases that it missed are sent) or without (everything is sent, its own addresses too). Meanwhile new"
        " clients come at the rate shown. Time counts from the first contact until nothing is left to tell.",
        "",
        "| disk | leases missed | bindings told | seconds | bindings/s | clients meanwhile | failed | ACK p50, p99 |"
        " memory of the main: before, most | of the backup: most |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(one.row() for one in caught),
    ]
    return "\n".join(lines) + "\n"


@click.command(help=__doc__)
@click.option("--rounds", type=click.IntRange(1, 50), default=ROUNDS, show_default=True)
@click.option("--leases", type=click.IntRange(1_000, 400_000), default=200_000, show_default=True)
@click.option("--write", is_flag=True, help="Write docs/performance-outages.md.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="Where leases are written.")
def main(rounds: int, leases: int, write: bool, directory: Path | None) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # With namespaces and servers gone.
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
        caught = []
        for wiped in (False, True):
            caught.append(catchup.measure(disk / f"catchup-{wiped}", generator, leases, wiped=wiped))
            print(caught[-1].row(), flush=True)
    if write:
        PAGE.write_text(page(waits, caught, machine), encoding="utf-8")


if __name__ == "__main__":
    main()
