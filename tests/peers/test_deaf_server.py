"""A pair in network namespaces: the main loses its link to the clients, and the backup serves them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.pair import eventually
from tests.peers.programs import need_root, program
from tests.peers.test_dhclient import ip
from tests.peers.test_interfaces import HEALTH, run

pytestmark = [pytest.mark.peer, pytest.mark.live]

CONFIGURATION = """
[server]
name = "{name}"

[[listener]]
interface = "link0"

[[cluster]]
name = "main"
ipaddr = "10.99.0.1"

[[cluster]]
name = "backup"
ipaddr = "10.99.0.2"

[[failover-pair]]
name = "pair"
main = "main"
backup = "backup"
mclt = 60
allow-plain = true
startup-time = 1
connect-retry = 1
keepalive-time = 4

[[policy]]
name = "default"
dhcp-lease-time = 600

[[scope]]
name = "net"
subnet = "10.30.0.0/24"
ranges = ["10.30.0.100-10.30.0.149"]
"""

ASK = """
import select, socket
from ipaddress import IPv4Address
from dhcpserver.wire.dhcp4 import BROADCAST_FLAG, Packet, encode, parse
packet = Packet(1, 1, 6, 0, 7, 0, BROADCAST_FLAG, 0, 0, 0, 0, bytes((2, 0, 0, 0, 0, 1)), {})
links = []
for device in ("main", "backup"):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.bind(("255.255.255.255", 68))
    try:
        sock.sendto(encode(packet, [(53, bytes((1,)))]), ("255.255.255.255", 67))
    except OSError:
        continue
    links.append(sock)
ready, _, _ = select.select(links, [], [], 1)
print(" ".join(str(IPv4Address(parse(sock.recv(1500)).options[54])) for sock in ready) or "silence")
"""
"""A client that sends a DISCOVER to both servers, as on one link, and prints who offers it an address."""


class Site:
    """The namespaces: a server in each of two, and the client in the third, with a link to each."""

    def __init__(self, directory: Path, cleanup: ExitStack) -> None:
        self.directory = directory
        tag = f"pairwatch-{os.getpid()}"
        self.clients = f"{tag}-clients"
        self.spaces = {"main": f"{tag}-main", "backup": f"{tag}-backup"}
        for space in (self.clients, *self.spaces.values()):
            ip("netns", "add", space)
            cleanup.callback(ip, "netns", "delete", space)
            ip("-n", space, "link", "set", "lo", "up")
        main, backup = self.spaces.values()
        ip("-n", main, "link", "add", "between", "type", "veth", "peer", "name", "between", "netns", backup)
        for number, (name, space) in enumerate(self.spaces.items(), 1):
            ip("-n", space, "link", "add", "link0", "type", "veth", "peer", "name", name, "netns", self.clients)
            ip("-n", self.clients, "link", "set", name, "up")
            for device, address in (("link0", f"10.30.0.{number}"), ("between", f"10.99.0.{number}")):
                ip("-n", space, "address", "add", f"{address}/24", "dev", device)
                ip("-n", space, "link", "set", device, "up")
            data = directory / name
            data.mkdir()
            (data / "config.toml").write_text(CONFIGURATION.format(name=name))
            inside = [program("ip"), "netns", "exec", space, sys.executable]
            server = subprocess.Popen([*inside, "-m", "dhcpserver.main", "--data", str(data)])
            cleanup.callback(server.wait, 20)
            cleanup.callback(server.terminate)

    def wrote(self, server: str, words: str) -> bool:
        log = self.directory / server / "logs" / "name_dhcp_1_log"
        return log.exists() and words in log.read_text()

    def answers(self) -> str:
        """Return the server that offers an address to a client."""
        return run(self.clients, ASK)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    need_root()
    with ExitStack() as cleanup:
        yield Site(tmp_path, cleanup)


def test_the_backup_serves_while_the_main_receives_nothing(site: Site) -> None:
    """The link between the partners is whole. The main has to close it, or the backup would leave the clients to it."""
    eventually("the main serves, as both are NORMAL", lambda: site.answers() == "10.30.0.1", 40)
    eventually("both are NORMAL", lambda: site.wrote("backup", "-> NORMAL"), 40)
    assert site.answers() == "10.30.0.1"

    ip("-n", site.spaces["main"], "link", "set", "link0", "down")
    eventually("the main does not serve", lambda: "503" in run(site.spaces["main"], HEALTH))
    assert site.wrote("main", "Cannot receive packets of clients on link0: the interface is down")
    eventually("the backup serves", lambda: site.answers() == "10.30.0.2", 40)

    ip("-n", site.spaces["main"], "link", "set", "link0", "up")
    eventually("the main serves again", lambda: run(site.spaces["main"], HEALTH) == "serving")
    eventually("and it answers the clients", lambda: site.answers() == "10.30.0.1", 40)
