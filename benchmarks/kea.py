"""The peer for DHCPv6: a Kea pair with high availability.

Hot standby, as the main of our pair serves every client too; multi-threading and dedicated HTTP listeners between the
partners, which are the fastest settings that Kea has. The client gets its lease when the partner has it. Leases are
written to a file, which is not synced.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.network import (
    BACKUP_LINK_ADDRESS,
    GENERATOR_ADDRESS6,
    MAIN_ADDRESS6,
    MAIN_CLIENT_INTERFACE,
    MAIN_LINK_ADDRESS,
    Network,
    inside,
)
from benchmarks.pair import CpuSeconds, cpu_seconds
from benchmarks.pairwatch import CLIENT_PREFIX

START_SECONDS = 60.0
PORT = 8647
SERVES = "to HOT-STANDBY"
"""The end of the log line of a server that has contact and serves, or stands by."""
SERVERS = {"main": ("primary", MAIN_LINK_ADDRESS), "backup": ("standby", BACKUP_LINK_ADDRESS)}


def hooks() -> Path:
    """The folder of Kea's hook libraries."""
    return next(Path("/usr/lib").glob("*/kea/hooks"), Path("/usr/lib/kea/hooks"))


def configuration(role: str, directory: Path) -> dict[str, Any]:
    """kea-dhcp6.conf of the `main` or the `backup`, with its files in `directory`."""
    threads = {"enable-multi-threading": True, "http-dedicated-listener": True}
    peers = [
        {"name": name, "url": f"http://{address}:{PORT}/", "role": place, "auto-failover": True}
        for name, (place, address) in SERVERS.items()
    ]
    # Frequent heartbeats shorten the start: the servers go through their states by them.
    ha = {
        "this-server-name": role,
        "mode": "hot-standby",
        "heartbeat-delay": 500,
        "multi-threading": threads,
        "peers": peers,
    }
    listening = [f"{MAIN_CLIENT_INTERFACE}/{MAIN_ADDRESS6}"] if role == "main" else []
    log = {"output": str(directory / "log"), "maxsize": 0}
    return {
        "Dhcp6": {
            "interfaces-config": {"interfaces": listening},
            "data-directory": str(directory),
            "lease-database": {"type": "memfile", "name": str(directory / "leases.csv")},
            "multi-threading": {"enable-multi-threading": True},
            "valid-lifetime": 3600,
            "preferred-lifetime": 3600,
            "hooks-libraries": [
                {"library": str(hooks() / "libdhcp_lease_cmds.so")},
                {"library": str(hooks() / "libdhcp_ha.so"), "parameters": {"high-availability": [ha]}},
            ],
            "subnet6": [
                {
                    "id": 1,
                    "subnet": CLIENT_PREFIX,
                    "pools": [{"pool": CLIENT_PREFIX}],
                    "relay": {"ip-addresses": [GENERATOR_ADDRESS6]},
                }
            ],
            "loggers": [{"name": "kea-dhcp6", "severity": "INFO", "output_options": [log]}],
        }
    }


@dataclass(frozen=True, slots=True)
class RunningKeaPair:
    """Two kea-dhcp6 processes."""

    directory: Path
    main: subprocess.Popen[bytes]
    backup: subprocess.Popen[bytes]
    address: str = MAIN_ADDRESS6
    port: int = 547

    def cpu(self) -> CpuSeconds:
        return CpuSeconds(cpu_seconds(self.main.pid), cpu_seconds(self.backup.pid))

    def log(self, role: str) -> str:
        """The log of the server so far."""
        path = self.directory / role / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def leases(self, role: str) -> int:
        """The number of leases that the server has written."""
        lines = (self.directory / role / "leases.csv").read_text(encoding="ascii").splitlines()
        return len({line.partition(",")[0] for line in lines[1:]})

    def stop(self) -> None:
        for process in (self.main, self.backup):
            process.kill()
            process.wait()
        shutil.rmtree(self.directory)


@dataclass(frozen=True, slots=True)
class KeaPair:
    """Kea in two namespaces of the network."""

    network: Network
    program: str
    directory: Path
    """The folder for lease files: on the same disk for every pair."""
    pool: int
    name: str = "Kea HA"

    @property
    def about(self) -> str:
        version = subprocess.run([self.program, "-v"], capture_output=True, text=True, check=True).stdout.strip()
        return (
            f"kea-dhcp6 {version} pair, hot-standby, multi-threading with as many threads as processors, dedicated HTTP"
            " listeners, leases in a file without a sync"
        )

    def start(self) -> RunningKeaPair:
        directory = Path(tempfile.mkdtemp(prefix="kea-", dir=self.directory))
        running = RunningKeaPair(
            directory,
            self._server(directory / "main", self.network.main),
            self._server(directory / "backup", self.network.backup),
        )
        try:
            _wait_until_normal(running)
        except BaseException:
            running.stop()
            raise
        return running

    def _server(self, directory: Path, namespace: str) -> subprocess.Popen[bytes]:
        """Start one server. Its files are in `directory`, which has the name of its role."""
        directory.mkdir()
        (directory / "conf").write_text(json.dumps(configuration(directory.name, directory)), encoding="ascii")
        environment = {**os.environ, "KEA_PIDFILE_DIR": str(directory), "KEA_LOCKFILE_DIR": str(directory)}
        command = inside(namespace, [self.program, "-c", str(directory / "conf")])
        with (directory / "output").open("wb") as output:
            return subprocess.Popen(command, stdout=output, stderr=output, env=environment)


def _wait_until_normal(running: RunningKeaPair) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = ["main", "backup"]
    while waiting:
        waiting = [role for role in waiting if SERVES not in running.log(role)]
        if time.monotonic() > deadline or running.main.poll() is not None or running.backup.poll() is not None:
            outputs = [(running.directory / role / "output").read_text() + running.log(role) for role in SERVERS]
            faults = [line for text in outputs for line in text.splitlines() if "ERROR" in line or "FATAL" in line]
            raise RuntimeError("the Kea pair does not reach hot-standby: " + " | ".join(faults))
        time.sleep(0.05)
