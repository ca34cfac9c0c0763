"""A real pair of server processes on loopback with short timers, and methods to query them in tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dhcpserver.api.passwords import hash_password
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType

T = TypeVar("T")
PASSWORD = "secret"
_HASH = hash_password(PASSWORD)

CONFIGURATION = """
[server]
name = "{name}"
log-settings = ["default", "failover-detail"]

[[listener]]
address = "{address}"
port = {dhcp}

[api]
address = "{address}"
port = {api}

[[user]]
name = "admin"
role = "expert"
password = "{password}"

[[user]]
name = "looker"
role = "viewer"
password = "{password}"

[[cluster]]
name = "main"
ipaddr = "{main}"

[[cluster]]
name = "backup"
ipaddr = "{backup}"

[[failover-pair]]
name = "example-pair"
main = "main"
backup = "backup"
mclt = 4
safe-period = {safe_period}
main-port = {main_port}
backup-port = {backup_port}
startup-time = 1
connect-retry = 1
keepalive-time = 4

[[policy]]
name = "default"
dhcp-lease-time = 600
grace-period = 0

[[scope]]
name = "s1"
subnet = "10.9.0.0/16"
ranges = ["10.9.1.0-10.9.1.199"]
relay-subnets = ["127.0.0.0/8"]

[[trap-recipient]]
name = "test"
ip-addr = "127.0.0.1"
port-number = {trap}
"""


class ApiError(Exception):
    """An error answer of the API: its HTTP status, content type and body."""

    def __init__(self, status: int, kind: str, octets: bytes) -> None:
        super().__init__(f"{status}: {octets.decode()}")
        self.status = status
        self.kind = kind
        self.octets = octets


def free_port(host: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: str, question: Callable[[], T | None], seconds: float = 20.0) -> T:
    """Call `question` until it returns a true value; real processes take real time."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class DhcpEndpoint(Protocol):
    """The address and port on which a server receives DHCP packets."""

    @property
    def address(self) -> str:
        """In dotted notation."""

    @property
    def dhcp(self) -> int:
        """The port."""


class LiveServer:
    """One server process."""

    def __init__(self, name: str, address: str, directory: Path) -> None:
        self.name = name
        self.address = address
        self.directory = directory
        self.api = free_port(address)
        self.dhcp = free_port(address, socket.SOCK_DGRAM)
        self.password = PASSWORD
        self.process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}
        self.launcher: list[str] = []
        """Variables of the process, beside those of the test."""

    def start(self) -> None:
        command = [*self.launcher, sys.executable, "-m", "dhcpserver.main", "--data", str(self.directory)]
        with (self.directory / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(command, stderr=errors, env={**os.environ, **self.environment})

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(20)
        self.process = None
        return status

    def ask(
        self, path: str, content: object = None, user: str = "admin", password: str = "", method: str | None = None
    ) -> Any:
        """GET, or POST with content, or another method; returns the answer. Raises ApiError for an error status."""
        request = urllib.request.Request(f"http://{self.address}:{self.api}{path}", method=method)
        request.add_header(
            "Authorization", "Basic " + b64encode(f"{user}:{password or self.password}".encode()).decode()
        )
        if content is not None:
            request.data = json.dumps(content).encode()
            request.add_header("Content-Type", "application/json")
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(error.code, error.headers["Content-Type"], error.read()) from None
        with answer:
            octets = answer.read()
            return json.loads(octets) if "json" in answer.headers["Content-Type"] else octets.decode()

    def pair(self) -> dict[str, Any] | None:
        """The pair as this server reports it; None if it does not answer."""
        try:
            pairs: list[dict[str, Any]] = self.ask("/api/v1/status")["pairs"]
        except OSError:
            return None
        return pairs[0]

    def state(self) -> str | None:
        pair = self.pair()
        return None if pair is None else str(pair["state"])

    def lease(self, address: str) -> dict[str, Any] | None:
        try:
            lease: dict[str, Any] = self.ask(f"/api/v1/leases/{address}")
        except (OSError, ApiError):
            return None
        return lease

    def log(self) -> str:
        return (self.directory / "logs" / "name_dhcp_1_log").read_text()


class LivePair:
    """A main and a backup."""

    def __init__(self, directory: Path, safe_period: int = 14_400, trap: int = 0) -> None:
        self.main = LiveServer("main", "127.0.0.21", directory / "main")
        self.backup = LiveServer("backup", "127.0.0.22", directory / "backup")
        self.trap = trap or free_port("127.0.0.1", socket.SOCK_DGRAM)
        ports = {"main_port": free_port(self.main.address), "backup_port": free_port(self.backup.address)}
        for server in (self.main, self.backup):
            server.directory.mkdir(parents=True)
            text = CONFIGURATION.format(
                name=server.name,
                address=server.address,
                dhcp=server.dhcp,
                api=server.api,
                password=_HASH,
                main=self.main.address,
                backup=self.backup.address,
                safe_period=safe_period,
                trap=self.trap,
                **ports,
            )
            (server.directory / "config.toml").write_text(text)

    def start(self) -> None:
        """Start both servers, and wait until they are NORMAL and the backup has its pool."""
        self.main.start()
        self.backup.start()
        self.wait_until_normal()
        eventually("the backup has addresses", lambda: self.available(self.backup) >= 90)

    def wait_until_normal(self) -> None:
        """Wait until both servers are NORMAL."""
        states = {"main": "", "backup": ""}

        def both() -> bool:
            for server in (self.main, self.backup):
                states[server.name] = server.state() or "silent"
            return set(states.values()) == {"NORMAL"}

        eventually(f"both are NORMAL, not {states}", both)

    @staticmethod
    def available(server: LiveServer) -> int:
        pair = server.pair()
        return int(pair["pools"][0]["available"]) if pair else 0

    def stop(self) -> None:
        for server in (self.main, self.backup):
            if server.process is not None:
                server.kill(signal.SIGTERM)


class RelayedClient:
    """A client behind a relay on loopback, which sends a message and returns the answer."""

    def __init__(self, number: int, relay: str = "127.0.0.23") -> None:
        self.hardware = b"\2\0\0" + number.to_bytes(3, "big")
        self.relay = relay
        self.address = "0.0.0.0"
        self.server = b""
        self.seconds = 0
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sock.bind((relay, 67))
        self.patience = 1.0

    def close(self) -> None:
        self._sock.close()

    def send(
        self, server: DhcpEndpoint, kind: MessageType, *options: tuple[int, bytes], ciaddr: str = "0.0.0.0"
    ) -> Packet | None:
        xid = int.from_bytes(os.urandom(4), "big")
        self._sock.settimeout(self.patience)
        relay = int(IPv4Address(self.relay))
        packet = Packet(1, 1, 6, 1, xid, 0, 0, int(IPv4Address(ciaddr)), 0, 0, relay, self.hardware, {})
        self._sock.sendto(encode(packet, [(53, bytes([kind])), *options]), (server.address, server.dhcp))
        try:
            while True:
                reply = parse(self._sock.recv(4096))
                if reply.xid == xid:
                    return reply
        except TimeoutError:
            return None

    def get(self, server: DhcpEndpoint) -> str | None:
        """Get a lease, from DISCOVER to ACK. Returns the address, None if the server does not answer."""
        offer = self.send(server, MessageType.DISCOVER)
        if offer is None:
            return None
        self.server = offer.options[54]
        ack = self.send(server, MessageType.REQUEST, (50, offer.yiaddr.to_bytes(4, "big")), (54, offer.options[54]))
        return self._accept_ack(ack)

    def renew(self, server: DhcpEndpoint) -> str | None:
        return self._accept_ack(self.send(server, MessageType.REQUEST, ciaddr=self.address))

    def release(self, server: DhcpEndpoint) -> None:
        patience, self.patience = self.patience, 0.05
        self.send(server, MessageType.RELEASE, (54, self.server), ciaddr=self.address)
        self.patience = patience

    def _accept_ack(self, ack: Packet | None) -> str | None:
        if ack is None or ack.message_type != MessageType.ACK:
            return None
        self.address = str(IPv4Address(ack.yiaddr))
        self.seconds = int.from_bytes(ack.options[51], "big")
        return self.address
