"""ISC dhclient without a relay: two networks, a server with an interface in each, and clients without a lease."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.programs import need_root, program

pytestmark = [pytest.mark.peer, pytest.mark.live]

CONFIGURATION = """
[server]
name = "alone"

[[listener]]
interface = "link0"

[[listener]]
interface = "link1"

[[policy]]
name = "default"
dhcp-lease-time = 8
grace-period = 0

[[scope]]
name = "net0"
subnet = "10.30.0.0/24"
ranges = ["10.30.0.100-10.30.0.149"]

[[scope]]
name = "net1"
subnet = "10.31.0.0/24"
ranges = ["10.31.0.100-10.31.0.149"]
"""

SCRIPT = """#!/bin/sh
case $reason in
  PREINIT) ip link set dev "$interface" up ;;
  BOUND|RENEW|REBIND|REBOOT) ip address replace "$new_ip_address/24" dev "$interface" ;;
  EXPIRE|FAIL|RELEASE|STOP) ip address flush dev "$interface" ;;
esac
"""
"""The script of dhclient; the system's own script would also change the machine's resolv.conf."""

ASK = """
import socket, sys
from dhcpserver.wire.dhcp4 import BROADCAST_FLAG, Packet, encode
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"link")
sock.bind(("255.255.255.255", 68))
sock.settimeout(10)
packet = Packet(1, 1, 6, 0, 7, 0, BROADCAST_FLAG, 0, 0, 0, 0, bytes((2, 0, 0, 0, 0, 1)), {})
sock.sendto(encode(packet, [(53, bytes((1,)))]), ("255.255.255.255", 67))
print(socket.inet_ntoa(sock.recv(1500)[16:20]))
"""
"""A client that requests a broadcast reply, which dhclient never does; the socket receives nothing else."""


def ip(*arguments: str) -> None:
    subprocess.run([program("ip"), *arguments], check=True, capture_output=True)


@dataclass
class Client:
    """dhclient in a namespace of its own, with one interface."""

    namespace: str
    network: str
    directory: Path

    def command(self, *options: str) -> list[str]:
        files = ("-sf", self.directory / "script", "-lf", self.directory / "leases", "-pf", self.directory / "pid")
        inside = [program("ip"), "netns", "exec", self.namespace]
        return [*inside, program("dhclient"), "-4", "-d", *map(str, files), *options, "link"]

    def start(self) -> subprocess.Popen[bytes]:
        self.directory.mkdir()
        script = self.directory / "script"
        script.write_text(SCRIPT)
        script.chmod(0o755)
        with (self.directory / "output").open("wb") as output:
            return subprocess.Popen(self.command(), stdout=output, stderr=output)

    def wrote(self, words: str) -> bool:
        return words in (self.directory / "output").read_text()

    def bound(self) -> str:
        """Wait for a lease and return its address."""
        eventually(f"a lease in {self.network}.0/24", partial(self.wrote, "bound to"))
        return (self.directory / "output").read_text().partition("bound to ")[2].split()[0]


@pytest.fixture
def configuration() -> str:
    """The configuration of the server; a test module can replace it."""
    return CONFIGURATION


@pytest.fixture
def clients(tmp_path: Path, configuration: str) -> Iterator[list[Client]]:
    """A client on each of the two networks of a running server."""
    need_root()
    tag = f"pairwatch-{os.getpid()}"
    with ExitStack() as cleanup:
        for name in ("server", "0", "1"):
            ip("netns", "add", f"{tag}-{name}")
            cleanup.callback(ip, "netns", "delete", f"{tag}-{name}")
            ip("-n", f"{tag}-{name}", "link", "set", "lo", "up")
        for number, network in enumerate(("10.30.0", "10.31.0")):
            ip("-n", f"{tag}-server", "link", "add", f"link{number}", "type", "veth",
               "peer", "name", "link", "netns", f"{tag}-{number}")  # fmt: skip
            ip("-n", f"{tag}-server", "address", "add", f"{network}.1/24", "dev", f"link{number}")
            ip("-n", f"{tag}-server", "link", "set", f"link{number}", "up")
        (tmp_path / "config.toml").write_text(configuration)
        inside = [program("ip"), "netns", "exec", f"{tag}-server", sys.executable]
        server = subprocess.Popen([*inside, "-m", "dhcpserver.main", "--data", str(tmp_path)])
        cleanup.callback(server.wait, 20)
        cleanup.callback(server.terminate)
        log = tmp_path / "logs" / "name_dhcp_1_log"
        eventually("the server has started", lambda: log.exists() and "started" in log.read_text())
        yield [Client(f"{tag}-{number}", f"10.3{number}.0", tmp_path / f"client{number}") for number in range(2)]


def has(directory: Path, address: str, status: Status) -> bool:
    """Return whether the server has stored the address with that status."""
    with closing(sqlite3.connect(f"file:{directory / 'leases.db'}?mode=ro", uri=True)) as store:
        found = store.execute("SELECT status FROM lease WHERE address = ?", (int(IPv4Address(address)),)).fetchone()
    return bool(found == (status,))


def test_dhclient_gets_renews_and_releases_an_address_of_its_network(clients: list[Client], tmp_path: Path) -> None:
    """The replies go to its hardware address, and it renews by unicast."""
    with ExitStack() as cleanup:
        for client in clients:
            process = client.start()
            cleanup.callback(process.wait, 20)
            cleanup.callback(process.terminate)
        for client in clients:
            address = client.bound()
            assert address.startswith(f"{client.network}.1")
            assert client.wrote(f"DHCPOFFER of {address} from {client.network}.1\n")
            assert has(tmp_path, address, Status.ACTIVE)
            renewal = f"DHCPREQUEST for {address} on link to {client.network}.1 port 67\nDHCPACK of {address} from"
            eventually("a renewal by unicast", partial(client.wrote, renewal))
    for client in clients:
        address = client.bound()
        subprocess.run(client.command("-r"), check=True, capture_output=True, timeout=20)
        eventually("the release", partial(has, tmp_path, address, Status.FREE))


def test_answers_a_client_by_broadcast_on_request(clients: list[Client]) -> None:
    for client in clients:
        ip("-n", client.namespace, "link", "set", "dev", "link", "up")
        command = [program("ip"), "netns", "exec", client.namespace, sys.executable, "-c", ASK]
        offered = subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout
        assert offered.startswith(f"{client.network}.1")
