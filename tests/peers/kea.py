"""A pair of real Kea servers with high availability on loopback, each behind a control agent, with short timers."""

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from console.settings.document import PairSettings, load
from tests.peers.programs import missing, need_root, program

HOOKS = next(Path("/usr/lib").glob("*/kea/hooks"), Path("/usr/lib/kea/hooks"))
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
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
    heartbeat: int = 500
    """Milliseconds."""
    by_agents: bool = False
    """The partners reach each other through the control agents, as Kea 2.2 does by default, and not by listeners."""
    service: str = "dhcp4"
    further: list[dict[str, str]] = field(default_factory=list)
    """Further settings of the two servers in `settings`."""
    link: tuple[int, int] | None = None
    """The ports at which each server reaches its partner; None: directly at its listener."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, number: int, own_name: str | None = None, clock: str | None = None) -> None:
        """Start a server. `clock`: what faketime adds to its clock."""
        configuration = self.folder / f"kea{number}.json"
        configuration.write_text(json.dumps(self._server(number, own_name or NAMES[number - 1])), encoding="utf-8")
        port = "6767" if self.service == "dhcp4" else "6547"
        command = [program(f"kea-{self.service}"), "-c", str(configuration), "-p", port]
        if clock is not None and FAKETIME is None:
            missing("libfaketime is not installed")
        # The library itself, and not the program: a server that is the child of another process cannot be waited for.
        shift = {} if clock is None else {"LD_PRELOAD": str(FAKETIME), "FAKETIME": clock}
        self.running[NAMES[number - 1]] = self._run(f"kea{number}", command, shift)

    def start_agents(self) -> None:
        for number in (1, 2):
            configuration = self.folder / f"agent{number}.json"
            configuration.write_text(json.dumps(self._agent(number)), encoding="utf-8")
            self._run(f"agent{number}", [program("kea-ctrl-agent"), "-c", str(configuration)])

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def settings(self) -> PairSettings:
        """The pair in a pairwatch.toml."""
        further = self.further or [{}, {}]
        tables = "".join(
            f'[[pair.server]]\nname = "{name}"\nrole = "{role}"\napi = "http://127.0.0.1:{port}"\n'
            + "".join(f'{key} = "{value}"\n' for key, value in {"service": self.service, **more}.items())
            for name, role, port, more in zip(NAMES, ("main", "backup"), self.ports, further, strict=False)
        )
        file = self.folder / "pairwatch.toml"
        file.write_text(f'[[pair]]\nname = "{PAIR}"\nmake = "kea"\n{tables}', encoding="utf-8")
        return load(file).named(PAIR)

    def _run(self, name: str, command: list[str], more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        own = self.folder / f"run-{name}"
        own.mkdir(exist_ok=True)
        environment = {**os.environ, "KEA_PIDFILE_DIR": str(own), "KEA_LOCKFILE_DIR": str(own), **(more or {})}
        with (self.folder / f"{name}.out").open("ab") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        self.processes.append(process)
        return process

    def _server(self, number: int, own_name: str) -> dict[str, Any]:
        hooks: list[dict[str, Any]] = [
            {"library": str(HOOKS / "libdhcp_lease_cmds.so")},
            {"library": str(HOOKS / "libdhcp_stat_cmds.so")},
            {"library": str(HOOKS / "libdhcp_ha.so"), "parameters": {"high-availability": [self._ha(own_name)]}},
        ]
        if self.service == "dhcp6":
            return {"Dhcp6": self._server6(number, hooks)}
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

    def _server6(self, number: int, hooks: list[dict[str, Any]]) -> dict[str, Any]:
        delegated = {"prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56}
        return {
            "interfaces-config": {"interfaces": []},
            "data-directory": str(self.folder / f"run-kea{number}"),
            "control-socket": {"socket-type": "unix", "socket-name": str(self.folder / f"s{number}")},
            "lease-database": {"type": "memfile", "name": str(self.folder / f"leases{number}.csv")},
            "multi-threading": {"enable-multi-threading": True, "thread-pool-size": 1, "packet-queue-size": 8},
            "hooks-libraries": hooks,
            "subnet6": [
                {"id": 1, "subnet": "2001:db8:1::/48", "pools": [{"pool": "2001:db8:1::10-2001:db8:1::19"}]},
                {"id": 2, "subnet": "2001:db8:2::/48", "pd-pools": [delegated]},
            ],
            "loggers": [
                {
                    "name": "kea-dhcp6",
                    "severity": "INFO",
                    "output_options": [{"output": str(self.folder / f"kea{number}.log")}],
                }
            ],
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
        own = self.ports[:2] if self.by_agents else self.ports[2:]
        ports = own
        if self.link is not None:
            ports = (own[0], self.link[1]) if own_name == NAMES[0] else (self.link[0], own[1])
        peers = [
            {"name": name, "url": f"http://127.0.0.1:{port}/", "role": role, "auto-failover": True}
            for name, port, role in zip(NAMES, ports, ("primary", second), strict=True)
        ]
        return {
            "this-server-name": own_name,
            "mode": self.mode,
            "heartbeat-delay": self.heartbeat,
            "max-response-delay": 2000,
            "max-ack-delay": 1000,
            "max-unacked-clients": self.max_unacked,
            "multi-threading": {
                "enable-multi-threading": not self.by_agents,
                "http-dedicated-listener": not self.by_agents,
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
                "control-sockets": {self.service: socket},
                "loggers": [
                    {
                        "name": "kea-ctrl-agent",
                        "severity": "WARN",
                        "output_options": [{"output": str(self.folder / f"agent{number}.log")}],
                    }
                ],
            }
        }


class Link:
    """The connection between two servers, which can be cut: each reaches the other at a port of this process."""

    def __init__(self, ports: tuple[int, int], to: tuple[int, int]) -> None:
        """The port at which each server is reached, and that of its listener."""
        self._ports = ports
        self._to = to
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        for port, to in zip(self._ports, self._to, strict=True):
            self._servers.append(await asyncio.start_server(partial(self._carry, to), "127.0.0.1", port))

    async def cut(self) -> None:
        for server in self._servers:
            server.close()
            await server.wait_closed()
        for writer in [*self._open]:
            writer.close()
        self._servers.clear()

    async def _carry(self, to: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", to)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._copy(reader, other_writer), self._copy(other_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(1 << 16):
                    writer.write(data)
                    await writer.drain()
        finally:
            self._open.discard(writer)
            writer.close()


@contextmanager
def kea_pair(
    folder: Path, mode: str, ports: tuple[int, int, int, int], max_unacked: int = 3, **values: Any
) -> Iterator[KeaPair]:
    """A pair whose agents run, and whose servers are to be started. `values` are further fields of the pair."""
    need_root()
    if not (HOOKS / "libdhcp_ha.so").exists():
        missing("Kea's hook libraries are not installed")
    pair = KeaPair(folder, mode, ports, max_unacked, **values)
    try:
        pair.start_agents()
        yield pair
    finally:
        for process in pair.processes:
            process.kill()
            process.wait()
