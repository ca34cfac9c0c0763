"""A pair of real Kea servers with high availability on loopback, each behind a control agent, with short timers."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.settings.document import PairSettings, load
from tests.peers.programs import missing, need_root, program

HOOKS = next(Path("/usr/lib").glob("*/kea/hooks"), Path("/usr/lib/kea/hooks"))
NAMES = ("server1", "server2")
PAIR = "campus"


@dataclass
class KeaPair:
    """Two servers below a folder; `mode` is load-balancing or hot-standby."""

    folder: Path
    mode: str
    ports: tuple[int, int, int, int]
    """Of the two control agents, then of the two listeners for the partner."""
    max_unacked: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, number: int, own_name: str | None = None, clock: str | None = None) -> None:
        """Start a server. `clock`: what faketime adds to its clock."""
        configuration = self.folder / f"kea{number}.json"
        configuration.write_text(json.dumps(self._server(number, own_name or NAMES[number - 1])), encoding="utf-8")
        command = [program("kea-dhcp4"), "-c", str(configuration), "-p", "6767"]
        if clock is not None:
            command = [program("faketime"), "-f", clock, *command]
        self.running[NAMES[number - 1]] = self._run(f"kea{number}", command)

    def start_agents(self) -> None:
        for number in (1, 2):
            configuration = self.folder / f"agent{number}.json"
            configuration.write_text(json.dumps(self._agent(number)), encoding="utf-8")
            self._run(f"agent{number}", [program("kea-ctrl-agent"), "-c", str(configuration)])

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        _end(process)

    def settings(self) -> PairSettings:
        """The pair in a pairwatch.toml."""
        tables = "".join(
            f'[[pair.server]]\nname = "{name}"\nrole = "{role}"\napi = "http://127.0.0.1:{port}"\n'
            for name, role, port in zip(NAMES, ("main", "backup"), self.ports, strict=False)
        )
        file = self.folder / "pairwatch.toml"
        file.write_text(f'[[pair]]\nname = "{PAIR}"\nmake = "kea"\n{tables}', encoding="utf-8")
        return load(file).named(PAIR)

    def _run(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        own = self.folder / f"run-{name}"
        own.mkdir(exist_ok=True)
        environment = {**os.environ, "KEA_PIDFILE_DIR": str(own), "KEA_LOCKFILE_DIR": str(own)}
        with (self.folder / f"{name}.out").open("ab") as output:
            # A session of its own: faketime starts the server as a child, which ends with its group.
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
        self.processes.append(process)
        return process

    def _server(self, number: int, own_name: str) -> dict[str, Any]:
        hooks: list[dict[str, Any]] = [
            {"library": str(HOOKS / "libdhcp_lease_cmds.so")},
            {"library": str(HOOKS / "libdhcp_stat_cmds.so")},
            {"library": str(HOOKS / "libdhcp_ha.so"), "parameters": {"high-availability": [self._ha(own_name)]}},
        ]
        return {
            "Dhcp4": {
                "interfaces-config": {"interfaces": [], "dhcp-socket-type": "udp"},
                "control-socket": {"socket-type": "unix", "socket-name": str(self.folder / f"s{number}")},
                "lease-database": {"type": "memfile", "name": str(self.folder / f"leases{number}.csv")},
                "multi-threading": {"enable-multi-threading": True, "thread-pool-size": 1, "packet-queue-size": 8},
                "valid-lifetime": 600,
                "hooks-libraries": hooks,
                "subnet4": [
                    {"id": 1, "subnet": "10.0.0.0/24", "pools": self._pools()},
                    {"id": 7, "subnet": "10.0.7.0/24", "pools": [{"pool": "10.0.7.1 - 10.0.7.8"}]},
                ],
                "loggers": [
                    {
                        "name": "kea-dhcp4",
                        "severity": "INFO",
                        "output_options": [{"output": str(self.folder / f"kea{number}.log")}],
                    }
                ],
            }
        }

    def _pools(self) -> list[dict[str, str]]:
        if self.mode != "load-balancing":
            return [{"pool": "10.0.0.10 - 10.0.0.209"}]
        return [
            {"pool": "10.0.0.10 - 10.0.0.109", "client-class": "HA_server1"},
            {"pool": "10.0.0.110 - 10.0.0.209", "client-class": "HA_server2"},
        ]

    def _ha(self, own_name: str) -> dict[str, Any]:
        second = "secondary" if self.mode == "load-balancing" else "standby"
        peers = [
            {"name": name, "url": f"http://127.0.0.1:{port}/", "role": role, "auto-failover": True}
            for name, port, role in zip(NAMES, self.ports[2:], ("primary", second), strict=True)
        ]
        return {
            "this-server-name": own_name,
            "mode": self.mode,
            "heartbeat-delay": 500,
            "max-response-delay": 2000,
            "max-ack-delay": 1000,
            "max-unacked-clients": self.max_unacked,
            "multi-threading": {
                "enable-multi-threading": True,
                "http-dedicated-listener": True,
                "http-listener-threads": 1,
                "http-client-threads": 1,
            },
            "peers": peers,
        }

    def _agent(self, number: int) -> dict[str, Any]:
        socket = {"socket-type": "unix", "socket-name": str(self.folder / f"s{number}")}
        return {
            "Control-agent": {
                "http-host": "127.0.0.1",
                "http-port": self.ports[number - 1],
                "control-sockets": {"dhcp4": socket},
                "loggers": [
                    {
                        "name": "kea-ctrl-agent",
                        "severity": "WARN",
                        "output_options": [{"output": str(self.folder / f"agent{number}.log")}],
                    }
                ],
            }
        }


@contextmanager
def kea_pair(folder: Path, mode: str, ports: tuple[int, int, int, int], max_unacked: int = 3) -> Iterator[KeaPair]:
    """A pair whose agents run, and whose servers are to be started."""
    need_root()
    if not (HOOKS / "libdhcp_ha.so").exists():
        missing("Kea's hook libraries are not installed")
    pair = KeaPair(folder, mode, ports, max_unacked)
    try:
        pair.start_agents()
        yield pair
    finally:
        for process in pair.processes:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
