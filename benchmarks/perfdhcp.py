"""Kea's perfdhcp as the load: relayed four-way exchanges at a given rate, and what became of them."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.network import GENERATOR_ADDRESS, inside
from benchmarks.pair import CpuSeconds, RunningPair, machine_seconds

DROPS_ALLOWED = 0.01
EXIT_WAIT_SECONDS = 1.0
"""What is still on its way at the end has this long."""

_SECTION = re.compile(r"\*\*\*Statistics for: (?P<name>\S+)\*\*\*\n(?P<body>(?:.+\n)+)")
_COUNT = re.compile(r"^(sent packets|received packets): (\d+)$", re.MULTILINE)
_TIMES = re.compile(r"\*\*\*Timestamps for packets: REQUEST-ACK\*\*\*\n(?P<body>(?:sent / received: .+\n)*)")
_PAIR = re.compile(r"sent / received: (\d+\.\d+) / (\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Counts:
    """What perfdhcp counted, and the latency of each ACK in milliseconds, in order of size."""

    discovers: int
    acks: int
    latencies_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """One run at one rate."""

    rate: int
    seconds: float
    """Of sending."""
    counts: Counts
    cpu: CpuSeconds
    generator_cpu: float
    """Processor seconds that perfdhcp used itself."""
    machine_cpu: float
    """Processor seconds that anything on the machine used, and the seconds of the whole run, waiting included."""
    whole_seconds: float

    @property
    def drops(self) -> float:
        """The share of exchanges that did not end in an ACK."""
        return 1 - self.counts.acks / self.counts.discovers if self.counts.discovers else 1.0

    @property
    def sent_share(self) -> float:
        """How much of the rate the generator did reach."""
        return self.counts.discovers / (self.rate * self.seconds)

    @property
    def passed(self) -> bool:
        return self.drops < DROPS_ALLOWED and self.sent_share > 1 - 2 * DROPS_ALLOWED

    def latency_ms(self, share: float) -> float:
        """A percentile of the ACKs' latencies."""
        latencies = self.counts.latencies_ms
        return latencies[int(share * (len(latencies) - 1))] if latencies else float("nan")

    @property
    def limit(self) -> str:
        """What was at its limit, as far as processor time tells."""
        seconds = {"generator": self.generator_cpu, "main": self.cpu.main, "backup": self.cpu.backup}
        shares = {name: used / self.seconds for name, used in seconds.items()}
        others = max(0.0, self.machine_cpu - sum(seconds.values())) / self.whole_seconds
        said = ", ".join(f"{name} {share:.0%}" for name, share in {**shares, "others": others}.items())
        busiest = max(shares, key=lambda name: shares[name])
        if shares[busiest] > 0.85:
            return f"processor of the {busiest} ({said})"
        if sum(shares.values()) + others > 0.9 * (os.cpu_count() or 1):
            return f"processors of the machine ({said})"
        return f"waiting, not computing ({said})"


def run(program: str, namespace: str, pair: RunningPair, rate: int, seconds: int, series: int) -> Probe:
    """Send at `rate` for `seconds`; every exchange is a client that no other series has."""
    command = [
        *(program, "-4", "-g", "single", "-x", "t", "-l", GENERATOR_ADDRESS),
        *("-r", str(rate), "-p", str(seconds), "-W", str(int(EXIT_WAIT_SECONDS * 1e6))),
        *("-R", str(rate * seconds * 2), "-b", f"mac=02:{series:02x}:00:00:00:00"),
        *("-N", str(pair.port), pair.address),
    ]
    before, machine, began = pair.cpu(), machine_seconds(), time.monotonic()
    process = subprocess.Popen(inside(namespace, command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    took = time.monotonic() - began
    if took < seconds:
        raise RuntimeError(f"perfdhcp ended early: {output.strip().splitlines()[-1:]}")
    generator_cpu = usage.ru_utime + usage.ru_stime
    machine_cpu = machine_seconds() - machine
    return Probe(rate, seconds, counts(output), pair.cpu() - before, generator_cpu, machine_cpu, took)


def counts(output: str) -> Counts:
    """What a report of perfdhcp says."""
    sections = {found["name"]: dict(_COUNT.findall(found["body"])) for found in _SECTION.finditer(output)}
    times = _TIMES.search(output)
    pairs = _PAIR.findall(times["body"]) if times else []
    return Counts(
        int(sections["DISCOVER-OFFER"]["sent packets"]),
        int(sections["REQUEST-ACK"]["received packets"]),
        tuple(sorted((float(received) - float(sent)) * 1000 for sent, received in pairs)),
    )


def version(program: str) -> str:
    """Of perfdhcp."""
    return subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stdout.strip()


def filesystem(directory: Path) -> str:
    """What the leases are written to."""
    done = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(directory)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
