"""ISC dhclient on the link: two networks, a server with an interface in each, and clients that know nothing yet."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from dhcpserver.leases.lease import Status
from tests.live.pair import eventually
from tests.peers.programs import program

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
"""What dhclient has done; the system's own script would also write the machine's resolv.conf."""


def ip(*arguments: str) -> None:
    subprocess.run([program("ip"), *arguments], check=True, capture_output=True)


@dataclass
class Client:
    """dhclient in a namespace of its own, with one interface."""

    namespace: str
    network: str
    directory: Path

    def command(self, *options: str) -> list[str]:
        names = {"-cf": "conf", "-sf": "script", "-lf": "leases", "-pf": "pid"}
        files = [part for option, name in names.items() for part in (option, self.directory / name)]
        inside = [program("ip"), "netns", "exec", self.namespace]
        return [*inside, program("dhclient"), "-4", "-d", *map(str, files), *options, "link"]

    def start(self, configuration: str) -> subprocess.Popen[bytes]:
        self.directory.mkdir()
        (self.directory / "conf").write_text(configuration)
        script = self.directory / "script"
        script.write_text(SCRIPT)
        script.chmod(0o755)
        with (self.directory / "output").open("wb") as output:
            return subprocess.Popen(self.command(), stdout=output, stderr=output)

    def output(self) -> str:
        return (self.directory / "output").read_text()

    def said(self, words: str) -> str | None:
        return next((line for line in self.output().splitlines() if words in line), None)

    def bound(self) -> str:
        """The address that it has got, once it has."""
        return eventually(f"a lease in {self.network}", lambda: self.said("bound to")).split()[2]


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[list[Client]]:
    """A client on each of the two networks of a running server."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
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
        (tmp_path / "config.toml").write_text(CONFIGURATION)
        inside = [program("ip"), "netns", "exec", f"{tag}-server", sys.executable]
        server = subprocess.Popen([*inside, "-m", "dhcpserver.main", "--data", str(tmp_path)])
        cleanup.callback(server.wait, 20)
        cleanup.callback(server.terminate)
        log = tmp_path / "logs" / "name_dhcp_1_log"
        eventually("the server has started", lambda: log.exists() and "started" in log.read_text())
        yield [
            Client(f"{tag}-{number}", f"10.3{number}.0", tmp_path / f"client{number}") for number in range(2)
        ]


def status(directory: Path, address: str) -> int:
    with closing(sqlite3.connect(f"file:{directory / 'leases.db'}?mode=ro", uri=True)) as store:
        number = int.from_bytes(map(int, address.split(".")), "big")
        found: int = store.execute("SELECT status FROM lease WHERE address = ?", (number,)).fetchone()[0]
        return found


def test_it_gets_renews_and_releases_an_address_of_its_own_network(clients: list[Client], tmp_path: Path) -> None:
    """One is answered at its hardware address, one by broadcast as it asks; both renew by unicast."""
    with ExitStack() as cleanup:
        for client, configuration in zip(clients, ("", "bootp-broadcast-always;\n"), strict=True):
            process = client.start(configuration)
            cleanup.callback(process.wait, 20)
            cleanup.callback(process.terminate)
        for client in clients:
            address = client.bound()
            assert address.startswith(f"{client.network}.1")
            assert client.said(f"DHCPOFFER of {address} from {client.network}.1")
            assert status(tmp_path, address) == Status.ACTIVE
            renewal = f"DHCPREQUEST for {address} on link to {client.network}.1 port 67\nDHCPACK of {address} from"
            eventually("a renewal by unicast", lambda client=client, renewal=renewal: renewal in client.output())
    for client in clients:
        address = client.bound()
        subprocess.run(client.command("-r"), check=True, capture_output=True, timeout=20)
        eventually("the release", lambda address=address: status(tmp_path, address) == Status.FREE)
