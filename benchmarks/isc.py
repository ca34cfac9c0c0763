"""The peer: a failover pair of ISC dhcpd.

Both servers start with the lease files of a pair in service: both NORMAL, and the pool in two halves. New servers would
first wait for the MCLT and then balance the pool, and every probe would measure that.
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from benchmarks.network import (
    BACKUP_INTERFACE,
    BACKUP_LINK_ADDRESS,
    MAIN_ADDRESS,
    MAIN_CLIENT_INTERFACE,
    MAIN_LINK_ADDRESS,
    Network,
    inside,
)
from benchmarks.pair import CpuSeconds, cpu_seconds

START_SECONDS = 60.0
FIRST_ADDRESS = IPv4Address("10.70.0.10")
LONG_AGO = "4 2026/01/01 00:00:00"
"""The time of the last state change, as lease files write it."""
TUNING = "delayed-ack 28;\nmax-ack-delay 5000;\n"
"""Acknowledge up to 28 clients after one sync, and wait at most 5 ms for them."""

_CONFIGURATION = """\
authoritative;
ping-check false;
default-lease-time 3600;
max-lease-time 3600;
{tuning}failover peer "bench" {{
  {role};
  address {address};
  port 647;
  peer address {peer};
  peer port 647;
  max-response-delay {silence};
  max-unacked-updates 10;
  load balance max seconds 3;
{main}}}
subnet 10.66.1.0 netmask 255.255.255.0 {{
}}
shared-network clients {{
  subnet 10.66.0.0 netmask 255.255.255.0 {{
  }}
  subnet 10.70.0.0 netmask 255.254.0.0 {{
    option routers 10.70.0.1;
    pool {{
      failover peer "bench";
      range {first} {last};
    }}
  }}
}}
"""
_ONLY_MAIN = "  mclt 3600;\n  split 256;\n"
_STATE = """\
failover peer "bench" state {{
  my state normal at {at};
  partner state normal at {at};
}}
"""
_LEASE = """\
lease {address} {{
  starts {at};
  tstp {at};
  tsfp {at};
  atsfp {at};
  binding state {state};
}}
"""


def configuration(
    role: str,
    pool: int,
    tuning: str,
    addresses: tuple[str, str] = (MAIN_LINK_ADDRESS, BACKUP_LINK_ADDRESS),
    silence: int = 60,
) -> str:
    """dhcpd.conf of the `primary` or the `secondary`. They detect a lost partner after `silence` seconds."""
    primary = role == "primary"
    address, peer = addresses if primary else reversed(addresses)
    return _CONFIGURATION.format(
        tuning=tuning,
        role=role,
        silence=silence,
        address=address,
        peer=peer,
        main=_ONLY_MAIN if primary else "",
        first=FIRST_ADDRESS,
        last=FIRST_ADDRESS + pool - 1,
    )


def balanced_leases(pool: int) -> str:
    """A lease file in which the partners own alternate addresses of the pool."""
    states = ("free", "backup")
    return _STATE.format(at=LONG_AGO) + "".join(
        _LEASE.format(address=FIRST_ADDRESS + number, at=LONG_AGO, state=states[number % 2]) for number in range(pool)
    )


@dataclass(frozen=True, slots=True)
class RunningIscPair:
    """Two dhcpd processes."""

    directory: Path
    main: subprocess.Popen[bytes]
    backup: subprocess.Popen[bytes]
    address: str = MAIN_ADDRESS
    port: int = 67

    def cpu(self) -> CpuSeconds:
        return CpuSeconds(cpu_seconds(self.main.pid), cpu_seconds(self.backup.pid))

    def log(self, role: str) -> str:
        """The log of the server so far."""
        return (self.directory / role / "log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        for process in (self.main, self.backup):
            process.kill()
            process.wait()
        shutil.rmtree(self.directory)


@dataclass(frozen=True, slots=True)
class IscPair:
    """ISC dhcpd in two namespaces of the network."""

    network: Network
    program: str
    directory: Path
    """The folder for lease files: on the same disk for every pair."""
    pool: int
    tuned: bool

    @property
    def name(self) -> str:
        return "ISC dhcpd, tuned" if self.tuned else "ISC dhcpd"

    @property
    def about(self) -> str:
        version = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stderr
        how = " ".join(TUNING.split()) if self.tuned else "one sync a lease"
        return f"{version.strip()} pair, mclt 3600, split 256, max-unacked-updates 10, {how}"

    def start(self) -> RunningIscPair:
        directory = Path(tempfile.mkdtemp(prefix="isc-", dir=self.directory))
        running = RunningIscPair(
            directory,
            self._dhcpd(directory / "primary", self.network.main, MAIN_CLIENT_INTERFACE),
            self._dhcpd(directory / "secondary", self.network.backup, BACKUP_INTERFACE),
        )
        try:
            _wait_until_normal(running)
        except BaseException:
            running.stop()
            raise
        return running

    def _dhcpd(self, directory: Path, namespace: str, interface: str) -> subprocess.Popen[bytes]:
        """Start one server. Its files and its log are in `directory`, which has the name of its role."""
        directory.mkdir()
        tuning = TUNING if self.tuned else ""
        (directory / "conf").write_text(configuration(directory.name, self.pool, tuning), encoding="ascii")
        (directory / "leases").write_text(balanced_leases(self.pool), encoding="ascii")
        files = ("-cf", directory / "conf", "-lf", directory / "leases", "-pf", directory / "pid")
        command = [self.program, "-4", "-f", "-d", *map(str, files), interface]
        with (directory / "log").open("wb") as log:
            return subprocess.Popen(inside(namespace, command), stdout=log, stderr=log)


def _wait_until_normal(running: RunningIscPair) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = ["primary", "secondary"]
    while waiting:
        # The servers check the balance of the pools when both are normal, and equal halves do not change.
        waiting = [role for role in waiting if "balanced pool" not in running.log(role)]
        if time.monotonic() > deadline or running.main.poll() is not None or running.backup.poll() is not None:
            last = running.log(waiting[0] if waiting else "primary").splitlines()[-5:]
            raise RuntimeError("the ISC pair does not reach normal: " + " | ".join(last))
        time.sleep(0.05)
