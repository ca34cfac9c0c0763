"""The files of a dhcpd that this host has: leases file, configuration and log, read a little at each poll."""

import os
import threading
from pathlib import Path

from console.makes.documents import Misfits
from console.makes.isc.balance import Balances
from console.makes.isc.configfile import LARGEST_OCTETS, Subnet, subnets
from console.makes.isc.growing import GrowingFile
from console.makes.isc.leasefile import LeaseEntry, LeaseFile
from console.makes.isc.pools import from_balances, from_leases
from console.model.facts import PoolFacts

COUNTED_AGAIN_SECONDS = 10.0
"""Of pools whose leases have not changed: leads become shorter with time."""


class DhcpdFiles:
    """The files. `poll` and `entries` read from disk, so they belong in a thread.

    While a new leases file is being read, the entries of the old one count.
    """

    def __init__(self, leases: Path | None, configuration: Path | None, log: Path | None) -> None:
        self._leases = None if leases is None else GrowingFile(leases)
        self._log = None if log is None or leases is not None else GrowingFile(log)
        self._configuration = configuration
        self._changed: tuple[int, int, int] | None = None
        self._subnets: tuple[Subnet, ...] = ()
        self._includes = False
        self._reading = LeaseFile()
        self._read: LeaseFile | None = None
        self._balances = Balances()
        self._counted: tuple[tuple[PoolFacts, ...], str, float] | None = None
        self._turn = threading.Lock()

    @property
    def has_leases(self) -> bool:
        """Whether all leases of the server can be read here."""
        return self._leases is not None

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """The subnets of the configuration, as last read."""
        return self._subnets

    def entries(self) -> dict[str, LeaseEntry]:
        """All entries of the leases file as it is now. Raises OSError."""
        with self._turn:
            while not self._follow_leases():
                pass
            assert self._read is not None
            return dict(self._read.entries)

    def pools(self, role: str, now: float, misfits: Misfits) -> tuple[PoolFacts, ...] | None:
        """The pools; None where no file has them, or not yet. What cannot be read is reported."""
        with self._turn:
            try:
                if self._configuration is not None:
                    self._follow_configuration(self._configuration, misfits)
                if self._leases is not None:
                    self._follow_leases()
                    return self._from_leases(role, now, misfits)
                if self._log is not None:
                    return self._from_log(self._log, role)
            except OSError as error:
                misfits.append(f"{error.filename}: {error.strerror}")
            return None

    def _from_leases(self, role: str, now: float, misfits: Misfits) -> tuple[PoolFacts, ...] | None:
        if self._read is None:
            return None
        if self._read.damaged:
            misfits.append(f"the leases file has {self._read.damaged} damaged entries, which were skipped")
        if self._includes:
            misfits.append("the configuration includes other files, which are not read: pools may be missing")
        if self._counted is None or self._counted[1] != role or now >= self._counted[2]:
            pools = from_leases(self._read.entries, self._subnets, role, now)
            self._counted = pools, role, now + COUNTED_AGAIN_SECONDS
        return self._counted[0]

    def _follow_leases(self) -> bool:
        """Read on. Returns whether the end of the file was reached."""
        assert self._leases is not None
        part = self._leases.read()
        if part.fresh:
            self._reading = LeaseFile()
        self._reading.feed(part.lines)
        if part.lines:
            self._counted = None
        if part.complete:
            self._read = self._reading
        return part.complete

    def _from_log(self, log: GrowingFile, role: str) -> tuple[PoolFacts, ...] | None:
        part = log.read()
        self._balances.feed(part.lines)
        return from_balances(self._balances.found.values(), role) if self._balances.found and part.complete else None

    def _follow_configuration(self, path: Path, misfits: Misfits) -> None:
        found = os.stat(path)
        changed = (found.st_ino, found.st_size, found.st_mtime_ns)
        if changed == self._changed:
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(LARGEST_OCTETS)
        try:
            read = subnets(text)
        except ValueError as error:
            misfits.append(f"the configuration cannot be read: {error}")
            return
        self._subnets, self._includes, self._changed = read.found, read.includes, changed
        self._counted = None
