"""What a benchmark asks of a pair of servers, whoever made it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """Processor time that the two servers have used so far."""

    main: float
    backup: float

    def __sub__(self, before: "CpuSeconds") -> "CpuSeconds":
        return CpuSeconds(self.main - before.main, self.backup - before.backup)


class RunningPair(Protocol):
    """A pair with both partners NORMAL."""

    @property
    def address(self) -> str:
        """Where the main takes relayed packets."""

    @property
    def port(self) -> int:
        """And at which port."""

    def cpu(self) -> CpuSeconds:
        """What the servers used so far."""

    def stop(self) -> None:
        """End both, and forget their leases."""


class Pair(Protocol):
    """A pair that can be started, fresh, as often as a benchmark wants."""

    @property
    def name(self) -> str:
        """What it is."""

    @property
    def pool(self) -> int:
        """Its addresses, half of them the main's."""

    @property
    def about(self) -> str:
        """What it is and how it is configured, in a line."""

    def start(self) -> RunningPair:
        """Start both with an empty, balanced pool and wait until both are NORMAL."""


def machine_seconds() -> float:
    """Processor time that anything on the machine has used so far."""
    fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, hard, soft, stolen = fields
    return (user + nice + system + hard + soft + stolen) / _TICKS_PER_SECOND


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, its threads and the children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS_PER_SECOND
