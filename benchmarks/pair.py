"""The interface of a pair of servers that a benchmark can measure."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """Processor time that the two servers have used."""

    main: float
    backup: float

    def __sub__(self, before: "CpuSeconds") -> "CpuSeconds":
        return CpuSeconds(self.main - before.main, self.backup - before.backup)


class RunningPair(Protocol):
    """A pair with both partners NORMAL."""

    @property
    def address(self) -> str:
        """The address on which the main receives relayed packets."""

    @property
    def port(self) -> int:
        """The port for that address."""

    def cpu(self) -> CpuSeconds:
        """The processor time that the servers have used."""

    def stop(self) -> None:
        """Stop both servers, and remove their leases."""


class Pair(Protocol):
    """A pair that can be started any number of times, each time without leases."""

    @property
    def name(self) -> str:
        """The name of the product."""

    @property
    def pool(self) -> int:
        """The number of addresses, half of them the main's."""

    @property
    def about(self) -> str:
        """The product and its configuration, in one line."""

    def start(self) -> RunningPair:
        """Start both servers with an empty, balanced pool, and wait until both are NORMAL."""


def machine_seconds() -> float:
    """Processor time that all processes on the host have used."""
    fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, hard, soft, stolen = fields
    return (user + nice + system + hard + soft + stolen) / _TICKS_PER_SECOND


def wait_for_quiet(busy: float, seconds: float) -> None:
    """Wait until fewer than `busy` processors of the host are in use, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        before, began = machine_seconds(), time.monotonic()
        time.sleep(0.5)
        if machine_seconds() - before < busy * (time.monotonic() - began):
            return


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, its threads and its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS_PER_SECOND
