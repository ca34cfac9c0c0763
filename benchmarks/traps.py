"""`python -m benchmarks.traps`: the trap receiver compared with net-snmp's daemon, at the same time on one machine.

Each receives SNMPv2c traps and writes a line for each to a file, as in normal use: `pairwatch traps` and `snmptrapd`.
The loads are rising rates until traps are lost, a storm of one repeated trap, and a burst at full speed with the
kernel's default buffer. A receiver is restarted for every probe. A probe ends when the receiver's file does not change
any more.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

from benchmarks.trapreceivers import RECEIVERS, Received, Receiver, Running
from dhcpserver import VERSION

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance-traps.md"
RATES = (5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000)
SECONDS = 5
STORM = 200_000
BURST = 10_000
BURSTS = 5
BEHIND_SECONDS = 2.0
"""A receiver that reports the last trap later than this does not keep up, even if no trap was lost."""
QUIET_SECONDS = 1.5
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One load on one receiver."""

    sent: int
    seconds: float
    """Duration of sending."""
    received: Received
    behind: float
    """Seconds from the last sent trap to the last reported trap."""
    cpu: float
    """Processor seconds of all processes of the receiver."""
    adds_up: bool

    @property
    def lost(self) -> int:
        return self.sent - self.received.traps

    @property
    def kept_up(self) -> bool:
        return not self.lost and self.behind <= BEHIND_SECONDS

    @property
    def microseconds(self) -> float:
        """Processor time for each reported trap."""
        return self.cpu / max(1, self.received.traps) * 1e6


def probe(receiver: Receiver, directory: Path, count: int, rate: int, kind: str, default_buffer: bool) -> Probe:
    """Start a receiver and measure it under a load."""
    with started(receiver, directory, default_buffer) as running:
        before = running.cpu()
        load = subprocess.run(
            [sys.executable, "-m", "benchmarks.trapload", str(running.port), str(count), str(rate), kind],
            capture_output=True,
            text=True,
            check=True,
        )
        ended = time.time()
        last = running.wait_until_quiet(QUIET_SECONDS, TIMEOUT_SECONDS)
        cpu = running.cpu() - before
        received = running.stop()
    return Probe(count, float(load.stdout), received, max(0.0, last - ended), cpu, received.adds_up(count))


@contextmanager
def started(receiver: Receiver, directory: Path, default_buffer: bool) -> Iterator[Running]:
    with tempfile.TemporaryDirectory(dir=directory) as place:
        running = receiver.start(Path(place), default_buffer)
        try:
            yield running
        finally:
            running.kill()


def rising(receiver: Receiver, directory: Path, rates: tuple[int, ...], seconds: int) -> list[tuple[int, Probe]]:
    """Measure distinct traps at rising rates, until the receiver does not keep up twice in a row."""
    found: list[tuple[int, Probe]] = []
    for rate in rates:
        result = probe(receiver, directory, rate * seconds, rate, "distinct", False)
        found.append((rate, result))
        _print(receiver, f"{rate}/s distinct for {seconds} s", result)
        if [each.kept_up for _, each in found[-2:]] == [False, False]:
            break
    return found


def _print(receiver: Receiver, what: str, result: Probe) -> None:
    sums = "" if result.adds_up else "  THE COUNTERS DO NOT ADD UP"
    print(
        f"  {receiver.name:22} {what:32} lost {result.lost:6d} of {result.sent}, {result.behind:5.1f} s behind,"
        f" {result.microseconds:5.1f} us a trap{sums}",
        flush=True,
    )


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="Shorter and coarser: two minutes.")
@click.option("--write", is_flag=True, help=f"Write docs/{PAGE.name}.")
def main(quick: bool, write: bool) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    if shutil.which("snmptrapd", path="/usr/sbin:/usr/bin:/sbin") is None:
        sys.exit("benchmarks: snmptrapd is not installed: apt-get install snmptrapd")
    rates, seconds, bursts = (RATES[1::2], 2, 2) if quick else (RATES, SECONDS, BURSTS)
    machine = _machine()
    print("\n".join(machine))
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pairwatch-traps-") as place:
        directory = Path(place)
        climbs = {each.name: rising(each, directory, rates, seconds) for each in RECEIVERS}
        storms = {each.name: probe(each, directory, STORM, 0, "same", False) for each in RECEIVERS}
        for each in RECEIVERS:
            _print(each, f"storm of {STORM}", storms[each.name])
        burst: dict[str, list[Probe]] = {each.name: [] for each in RECEIVERS}
        for _ in range(bursts):
            for each in RECEIVERS:
                result = probe(each, directory, BURST, 0, "distinct", True)
                burst[each.name].append(result)
                _print(each, f"burst of {BURST}, default buffer", result)
    lines = report(machine, seconds, climbs, storms, burst)
    if write:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        print("\n" + "\n".join(lines))
    probes = [each for climb in climbs.values() for _, each in climb] + [*storms.values(), *chain(*burst.values())]
    if not all(each.adds_up for each in probes):
        sys.exit("benchmarks: the counters of a receiver do not add up to what was sent")


def report(
    machine: list[str],
    seconds: int,
    climbs: dict[str, list[tuple[int, Probe]]],
    storms: dict[str, Probe],
    bursts: dict[str, list[Probe]],
) -> list[str]:
    """The page."""
    command = " ".join(["python -m benchmarks.traps", *sys.argv[1:]])
    lines = [
        "# Performance of the trap receiver",
        "",
        f"Written by `{command}` on {time.strftime('%Y-%m-%d', time.gmtime())}; `make bench-traps` measures on your "
        "machine.",
        "",
        *(f"- {line}" for line in machine),
        "",
        "A trap is an SNMPv2c FreeAddrLowThreshold of 217 octets with six objects. It is reported when its line is in",
        "the receiver's file. A receiver keeps up if it reports all traps, the last at most "
        f"{BEHIND_SECONDS:g} s after it was sent.",
        "Sender and receiver share the machine; compare the rows with each other, not with another machine.",
        "",
        *(f"- {each.name}: {each.about}" for each in RECEIVERS),
        "",
        f"## Distinct traps, {seconds} s at each rate, a requested buffer of 4 MiB",
        "",
        "| rate | receiver | sent | reported | lost | behind | processor time a trap |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rates = sorted({rate for climb in climbs.values() for rate, _ in climb})
    for rate in rates:
        for name, climb in climbs.items():
            for each_rate, result in climb:
                if each_rate == rate:
                    mark = "" if not result.kept_up else " **keeps up**"
                    lines.append(
                        f"| {rate}/s | {name} | {result.sent} | {result.received.traps} | {result.lost}{mark}"
                        f" | {result.behind:.1f} s | {result.microseconds:.0f} µs |"
                    )
    lines += ["", "Highest rate that each keeps up with:", ""]
    for name, climb in climbs.items():
        lines.append(f"- {name}: {max((rate for rate, result in climb if result.kept_up), default=0)}/s")
    lines += [
        "",
        f"## A storm: one trap, {STORM} times, as fast as it can be sent, a requested buffer of 4 MiB",
        "",
        "| receiver | sent | rate | reported | in lines | dropped, by | behind | processor time a trap |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, result in storms.items():
        lines.append(
            f"| {name} | {result.sent} | {result.sent / result.seconds:.0f}/s | {result.received.traps} |"
            f" {result.received.lines} | {result.received.drops(result.sent)} | {result.behind:.1f} s |"
            f" {result.microseconds:.1f} µs |"
        )
    lines += [
        "",
        f"## A burst: {BURST} distinct traps as fast as they can be sent, the kernel's default buffer of "
        f"{_default_buffer()} octets",
        "",
        "| receiver | lost, in each of the runs | at worst | of them by the kernel |",
        "| --- | --- | --- | --- |",
    ]
    for name, results in bursts.items():
        lost = ", ".join(str(result.lost) for result in results)
        worst = max(result.lost for result in results) / BURST
        lines.append(f"| {name} | {lost} | {worst:.0%} | {results[0].received.drops(BURST)} in the first |")
    every = [each for climb in climbs.values() for _, each in climb]
    every += [*storms.values(), *(each for runs in bursts.values() for each in runs)]
    counting = [each for each in every if each.received.counters]
    verdict = "yes." if all(each.adds_up for each in counting) else "**NO**."
    lines += [
        "",
        f"In all {len(counting)} probes of pairwatch received = decoded + coalesced + rejected + dropped, and received "
        f"and kernel drops add up to what was sent: {verdict}",
    ]
    return lines


def _default_buffer() -> str:
    return Path("/proc/sys/net/core/rmem_default").read_text(encoding="ascii").strip()


def _machine() -> list[str]:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    version = subprocess.run(
        [shutil.which("snmptrapd", path="/usr/sbin:/usr/bin:/sbin") or "snmptrapd", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    output = (version.stdout + version.stderr).strip().splitlines()
    return [
        f"{cpu}, {os.cpu_count()} processors; kernel {platform.release()}",
        f"pairwatch {VERSION}; Python {platform.python_version()}; {output[0] if output else 'net-snmp'}",
        f"net.core.rmem_default {_default_buffer()}; load at the start {json.dumps(os.getloadavg())}",
    ]


if __name__ == "__main__":
    main()
