"""DHCPv6 on a pair of real servers, by the sockets of a relay: lease queries after a failure, and RECONFIGURE."""

import random
import select
import signal
import socket
import time
from collections.abc import Iterator
from ipaddress import IPv6Address
from pathlib import Path

import pytest

from dhcpserver.client.effects6 import Effects6, Send6, State6
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.relay6 import Relay6, RelaySettings6
from dhcpserver.client.requester import Answer6, query6
from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message, read_relay_data
from dhcpserver.wire.dhcp6ia import IALease, pack_address, read_address
from dhcpserver.wire.dhcp6options import MessageType6, pack_option, read_options
from dhcpserver.wire.dhcp6values import QUERY_BY_ADDRESS, QUERY_BY_REMOTE_ID, LeaseQuery
from tests.live.pair import ApiError, LivePair, LiveServer, eventually

pytestmark = pytest.mark.live

LINK = IPv6Address("2001:db8:1::1")
DUID, REQUESTER = bytes.fromhex("00030001020000000001"), bytes.fromhex("0003000102000000ffff")
REMOTE = (123, b"line 7")
PEER = int(IPv6Address("fe80::7"))
CONFIGURATION = """
[[listener6]]
address = "::1"
port = {udp}

[[leasequery-listener]]
address = "::1"
port = {tcp}

[[link]]
name = "office"

[[prefix]]
name = "office"
address = "2001:db8:1::/64"
link = "office"
options = {{ dns-servers = ["2001:db8::53"] }}
"""


def free_port6(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET6, kind) as probe:
        probe.bind(("::1", 0))
        port: int = probe.getsockname()[1]
        return port


class Pair6:
    """A live pair with DHCPv6, and one client behind a relay that sends to both."""

    def __init__(self, directory: Path) -> None:
        self.pair = LivePair(directory)
        self.ports: dict[str, tuple[int, int]] = {}
        for server in self.servers:
            udp, tcp = free_port6(socket.SOCK_DGRAM), free_port6(socket.SOCK_STREAM)
            self.ports[server.name] = udp, tcp
            path = self.path(server)
            text = path.read_text().replace(
                "[server]\n", '[server]\nleasequery = true\nleasequery-relays6 = ["::1/128"]\n', 1
            )
            text = text.replace(
                "dhcp-lease-time = 600\n",
                "dhcp-lease-time = 600\nreconfigure = true\nreconfigure-on-reload = true\nvalid-lifetime = 600\n",
                1,
            )
            path.write_text(text + CONFIGURATION.format(udp=udp, tcp=tcp))
        servers = tuple(("::1", self.ports[server.name][0]) for server in self.servers)
        self.relay = Relay6(RelaySettings6(LINK, servers, b"port 7", REMOTE))
        timing = Timing6((0.0, 0.0), collect=False)
        self.client = Client6(Identity6(DUID, reconfigure=True), random.Random(1), timing)
        self.received: list[Message] = []

    @property
    def servers(self) -> tuple[LiveServer, LiveServer]:
        return self.pair.main, self.pair.backup

    @staticmethod
    def path(server: LiveServer) -> Path:
        return server.directory / "config.toml"

    def run(self, effects: Effects6 = ()) -> None:
        """Send what the client sends, and bring it what has arrived."""
        for effect in effects:
            if isinstance(effect, Send6):
                self.relay.forward(effect.octets, PEER)
        select.select([self.relay], [], [], 0.05)
        for _, message in self.relay.answers():
            self.received.append(message)
            self.run(self.client.receive(message, time.monotonic()))

    def bound(self) -> bool:
        self.run(self.client.tick(time.monotonic()))
        return self.client.state is State6.BOUND

    def reconfigured(self, kind: MessageType6) -> bool:
        """Whether a RECONFIGURE has arrived, and the client has done what it requests."""
        asked = [each for each in self.received if each.type == MessageType6.RECONFIGURE]
        return bool(self.bound() and asked and asked[-1].reconfigure_message == kind)

    def query(self, server: LiveServer) -> Answer6:
        """Ask a server by TCP for the clients behind the relay, with the data of the relay."""
        remote = (o6.REMOTE_ID, REMOTE[0].to_bytes(4, "big") + REMOTE[1])
        wanted = (o6.OPTION_REQUEST, dhcp6values.pack_codes([o6.LQ_RELAY_DATA]))
        return query6(("::1", self.ports[server.name][1]), REQUESTER, QUERY_BY_REMOTE_ID, [remote, wanted])

    def query_by_datagram(self, server: LiveServer, address: int) -> Message:
        options = read_options(pack_address(IALease(address)))
        query = dhcp6values.pack_lease_query(LeaseQuery(QUERY_BY_ADDRESS, 0, tuple(options)))
        octets = dhcp6.encode(MessageType6.LEASEQUERY, 7, pack_option(o6.CLIENT_ID, REQUESTER) + query)
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.settimeout(10)
            sock.sendto(octets, ("::1", self.ports[server.name][0]))
            return dhcp6.parse(sock.recv(65_535))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Pair6]:
    found = Pair6(tmp_path)
    try:
        found.pair.start()
        found.run(found.client.start(time.monotonic()))
        eventually("the client has an address", found.bound)
        yield found
    finally:
        found.relay.close()
        found.pair.stop()


def bindings(answer: Answer6) -> list[tuple[int, bytes]]:
    """The address and the interface identifier of each client of an answer."""
    found = []
    for data in answer.clients:
        options = read_options(data)
        relay = dhcp6values.relay_data(o6.first(options, o6.LQ_RELAY_DATA))
        assert relay is not None
        (hop,) = read_relay_data(relay.message)
        assert hop.interface_id is not None
        found.append((read_address(o6.first(options, o6.IA_ADDRESS) or b"").address, hop.interface_id))
    return found


def test_the_backup_answers_queries_with_the_relays_data_when_the_main_is_dead(site: Pair6) -> None:
    """R-203: by UDP and by TCP, of both servers and of the one that is left."""
    main, backup = site.servers
    (lease,) = site.client.leases
    expected = [(lease.address, b"port 7")]
    eventually("the backup has the lease", lambda: backup.lease(str(IPv6Address(lease.address))))
    assert bindings(site.query(main)) == bindings(site.query(backup)) == expected
    main.kill()
    eventually("the backup is alone", lambda: backup.state() == "COMMUNICATIONS-INTERRUPTED")
    assert bindings(site.query(backup)) == expected
    answer = site.query_by_datagram(backup, lease.address)
    assert (answer.type, answer.xid) == (MessageType6.LEASEQUERY_REPLY, 7)
    (data,) = answer.all(o6.CLIENT_DATA)
    assert o6.first(read_options(data), o6.CLIENT_ID) == DUID


def test_a_client_is_reconfigured_by_the_api_and_by_a_reload(site: Pair6) -> None:
    """RFC 8415 section 18.3.11, through the relay that sends from a port of its own."""
    main, backup = site.servers
    address = str(IPv6Address(site.client.leases[0].address))
    answer = main.ask(f"/api/v1/leases/{address}/reconfigure", {"message": "renew"})
    assert answer == {"result": "the client is asked"}
    eventually("the client has renewed", lambda: site.reconfigured(MessageType6.RENEW))
    assert "RECONFIGURE (RENEW) is sent to the clients of" in main.log()
    for server, path, status in (
        (backup, f"/api/v1/leases/{address}/reconfigure", 409),
        (main, "/api/v1/prefixes/nowhere/reconfigure", 404),
        (main, "/api/v1/leases/10.9.1.1/reconfigure", 409),
    ):
        with pytest.raises(ApiError) as caught:
            server.ask(path, {"message": "renew"})
        assert caught.value.status == status
    for server in site.servers:
        config = site.path(server)
        config.write_text(config.read_text().replace("2001:db8::53", "2001:db8::54"))
    assert main.process is not None
    main.process.send_signal(signal.SIGHUP)
    site.received.clear()
    eventually("the client has asked", lambda: site.reconfigured(MessageType6.RENEW), 40)
    last = [each for each in site.received if each.type == MessageType6.REPLY][-1]
    assert last.get(o6.DNS_SERVERS) == IPv6Address("2001:db8::54").packed
    assert "for reload" in main.log()
