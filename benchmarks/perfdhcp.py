"""The load: Kea's perfdhcp with relayed four-way exchanges of either family at a given rate, and its results."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.network import GENERATOR_ADDRESS, GENERATOR_ADDRESS6, Network, datagrams_lost, inside
from benchmarks.pair import CpuSeconds, RunningPair, machine_seconds

DROPS_ALLOWED = 0.01
BUSY = 0.85
"""The share of a processor above which a single thread is at its limit."""
EXIT_WAIT_SECONDS = 1.0
"""The time for packets that are still in transit at the end."""

EXCHANGES = (("DISCOVER-OFFER", "REQUEST-ACK"), ("SOLICIT-ADVERTISE", "REQUEST-REPLY"))
"""The two halves of an exchange in each family, as perfdhcp names them."""
_SECTION = re.compile(r"\*\*\*Statistics for: (?P<name>\S+)\*\*\*\n(?P<body>(?:.+\n)+)")
_COUNT = re.compile(r"^(sent packets|received packets): (\d+)$", re.MULTILINE)
_TIMES = re.compile(
    r"\*\*\*Timestamps for packets: (?:REQUEST-ACK|REQUEST-REPLY)\*\*\*\n(?P<body>(?:sent / received: .+\n)*)"
)
_PAIR = re.compile(r"sent / received: (\d+\.\d+) / (\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters of perfdhcp, and the latency of each ACK (of DHCPv6: of each REPLY) in milliseconds, ascending."""

    discovers: int
    acks: int
    latencies_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """One run at one rate."""

    rate: int
    seconds: float
    """The time of sending."""
    counts: Counts
    cpu: CpuSeconds
    generator_cpu: float
    """Processor seconds of perfdhcp."""
    machine_cpu: float
    """Processor seconds of all processes on the host; then the seconds of the whole run, including the final wait."""
    whole_seconds: float
    lost: tuple[int, int] = (0, 0)
    """Datagrams that were dropped because the socket buffer of the generator, or of the main, was full."""

    @property
    def drops(self) -> float:
        """The share of exchanges without an ACK."""
        return 1 - self.counts.acks / self.counts.discovers if self.counts.discovers else 1.0

    @property
    def sent_share(self) -> float:
        """The share of the rate that the generator reached."""
        return self.counts.discovers / (self.rate * self.seconds)

    @property
    def passed(self) -> bool:
        return self.drops < DROPS_ALLOWED and self.sent_share > 1 - 2 * DROPS_ALLOWED

    @property
    def lost_by_generator(self) -> bool:
        """Whether most of the failed exchanges failed because the generator dropped replies."""
        return self.lost[0] * 2 > max(1, self.counts.discovers - self.counts.acks)

    @property
    def generator_spent(self) -> bool:
        """Whether the generator was at its limit, so that the pair may reach a higher rate."""
        return self.lost_by_generator or self.generator_cpu > BUSY * self.whole_seconds

    @property
    def others(self) -> float:
        """The processors that were used by other processes than the generator and the pair."""
        ours = self.generator_cpu + self.cpu.main + self.cpu.backup
        return max(0.0, self.machine_cpu - ours) / self.whole_seconds

    def latency_ms(self, share: float) -> float:
        """A percentile of the ACK latencies."""
        latencies = self.counts.latencies_ms
        return latencies[int(share * (len(latencies) - 1))] if latencies else float("nan")

    @property
    def limit(self) -> str:
        """The bottleneck, as far as processor time shows it."""
        # The servers work while the load lasts; the generator also works during the final wait and its report.
        shares = {
            "generator": self.generator_cpu / self.whole_seconds,
            "main": self.cpu.main / self.seconds,
            "backup": self.cpu.backup / self.seconds,
        }
        others = self.others
        text = ", ".join(f"{name} {share:.0%}" for name, share in {**shares, "others": others}.items())
        busiest = max(shares, key=lambda name: shares[name])
        if self.lost_by_generator:
            return f"the generator, whose socket buffer was full for {self.lost[0]} replies ({text})"
        if shares[busiest] > BUSY:
            return f"processor of the {busiest} ({text})"
        if sum(shares.values()) + others > 0.9 * (os.cpu_count() or 1):
            return f"processors of the machine ({text})"
        return f"waiting, not computing ({text})"


def run(
    program: str, network: Network, pair: RunningPair, rate: int, seconds: int, series: int, clients: int = 0
) -> Probe:
    """Send at `rate` for `seconds`: new clients of this series, each once, or `clients` of them in turn.

    The family is that of the pair's address.
    """
    family: tuple[str, ...] = ("-4", "-l", GENERATOR_ADDRESS, "-b", f"mac=02:{series:02x}:00:00:00:00")
    if ":" in pair.address:
        duid = f"0003000102{series:02x}00000000"
        family = ("-6", "-A", "1", "-l", GENERATOR_ADDRESS6, "-L", "547", "-b", f"duid={duid}")
    command = [
        *(program, *family, "-g", "single", "-x", "t"),
        *("-r", str(rate), "-p", str(seconds), "-W", str(int(EXIT_WAIT_SECONDS * 1e6))),
        *("-R", str(clients or rate * seconds * 2), "-N", str(pair.port), pair.address),
    ]
    ends = (network.generator, network.main)
    lost = [datagrams_lost(end) for end in ends]
    before, machine, began = pair.cpu(), machine_seconds(), time.monotonic()
    process = subprocess.Popen(
        inside(network.generator, command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
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
    cpu = pair.cpu() - before
    generator_lost, main_lost = (datagrams_lost(end) - earlier for end, earlier in zip(ends, lost, strict=True))
    return Probe(rate, seconds, counts(output), cpu, generator_cpu, machine_cpu, took, (generator_lost, main_lost))


def counts(output: str) -> Counts:
    """Read the counters from a report of perfdhcp."""
    sections = {found["name"]: dict(_COUNT.findall(found["body"])) for found in _SECTION.finditer(output)}
    first, last = next((sections[one], sections[two]) for one, two in EXCHANGES if one in sections)
    times = _TIMES.search(output)
    pairs = _PAIR.findall(times["body"]) if times else []
    return Counts(
        int(first["sent packets"]),
        int(last["received packets"]),
        tuple(sorted((float(received) - float(sent)) * 1000 for sent, received in pairs)),
    )


def version(program: str) -> str:
    """The version of perfdhcp."""
    return subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stdout.strip()


def filesystem(directory: Path) -> str:
    """The type of the file system for the leases."""
    done = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(directory)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
