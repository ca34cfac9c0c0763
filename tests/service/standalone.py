"""One server without a partner in virtual time, and clients that exchange packets with it."""

import random
from ipaddress import IPv4Address

from dhcpserver.config.document import read
from dhcpserver.service.core import Core
from dhcpserver.service.query import Arrival, Destination, Reply
from dhcpserver.service.turn import Inputs, Moment, Outputs
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType

CONFIGURATION = """
[server]
name = "a"

[[policy]]
name = "default"
dhcp-lease-time = 1000
grace-period = 100
offer-timeout = 10
unavailable-timeout = 500
routers = ["192.0.2.1"]
domain-name-servers = ["192.0.2.53", "192.0.2.54"]
domain-name = "example.org"

[[scope]]
name = "s1"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.14"]
allocate-first-available = true
relay-subnets = ["127.0.0.0/8"]

[[scope.reservations]]
ipaddr = "192.0.2.12"
mac = "02:00:00:00:00:99"
"""

SERVER = int(IPv4Address("192.0.2.2"))
LINK = Arrival(0, SERVER, direct=True)
RELAY = int(IPv4Address("192.0.2.1"))
POOL = [f"192.0.2.{number}" for number in (10, 11, 13, 14)]


def number(address: str) -> int:
    return int(IPv4Address(address))


class Site:
    """A core, its clock, and the outputs of the last turn."""

    def __init__(self, configuration: str = CONFIGURATION) -> None:
        self.core = Core(read(configuration), bytes(16), "test")
        self.now = 1_000_000.0
        self.core.start(None, Moment(self.now, self.now), random.Random(1))
        self.last = Outputs()

    def turn(self, *packets: bytes, arrival: Arrival = LINK) -> list[Reply]:
        self.last = self.core.turn(Moment(self.now, self.now), Inputs([(octets, arrival) for octets in packets]))
        return self.last.replies

    def wait(self, seconds: float) -> None:
        """Let time pass, with every turn that is due until then."""
        end = self.now + seconds
        while (due := self.core.deadline()) is not None and due <= end:
            self.now = max(self.now + 0.001, due)
            self.turn()
        self.now = end
        self.turn()


class Client:
    """A client that sends the messages of a test."""

    def __init__(self, site: Site, last: int, client_id: bytes | None = None, relay: int = RELAY) -> None:
        self.site = site
        self.hardware = bytes((2, 0, 0, 0, 0, last))
        self.client_id = client_id
        self.relay = relay
        self.extra: list[tuple[int, bytes]] = []
        self.flags = 0
        self.xid = 7

    def octets(self, kind: MessageType, *options: tuple[int, bytes], ciaddr: str = "0.0.0.0") -> bytes:
        packet = Packet(1, 1, 6, 0, self.xid, 3, self.flags, number(ciaddr), 0, 0, self.relay, self.hardware, {})
        own = [(61, self.client_id)] if self.client_id else []
        return encode(packet, [(53, bytes([kind])), *options, *own, *self.extra])

    def send(self, kind: MessageType, *options: tuple[int, bytes], ciaddr: str = "0.0.0.0") -> Packet | None:
        """Send a message; return the reply, or None."""
        replies = self.site.turn(self.octets(kind, *options, ciaddr=ciaddr))
        assert len(replies) <= 1
        if not replies:
            return None
        if self.relay:
            assert (replies[0].how, replies[0].address, replies[0].port) == (Destination.ADDRESS, self.relay, 67)
        return parse(replies[0].octets)

    def discover(self, *options: tuple[int, bytes]) -> Packet | None:
        return self.send(MessageType.DISCOVER, *options)

    def select(self, address: str, server: int = SERVER) -> Packet | None:
        return self.send(MessageType.REQUEST, asked(address), server_id(server))

    def reboot(self, address: str) -> Packet | None:
        return self.send(MessageType.REQUEST, asked(address))

    def renew(self, address: str) -> Packet | None:
        return self.send(MessageType.REQUEST, ciaddr=address)

    def release(self, address: str) -> Packet | None:
        return self.send(MessageType.RELEASE, server_id(SERVER), ciaddr=address)

    def decline(self, address: str) -> Packet | None:
        return self.send(MessageType.DECLINE, asked(address), server_id(SERVER))

    def get(self) -> str:
        """Get a lease; return the address."""
        offered = self.discover()
        assert offered is not None
        granted = self.select(dotted(offered.yiaddr))
        assert granted is not None
        assert granted.message_type == MessageType.ACK
        assert granted.yiaddr == offered.yiaddr
        return dotted(granted.yiaddr)


def dotted(address: int) -> str:
    return str(IPv4Address(address))


def asked(address: str) -> tuple[int, bytes]:
    return options4.REQUESTED_ADDRESS, IPv4Address(address).packed


def server_id(address: int) -> tuple[int, bytes]:
    return options4.SERVER_IDENTIFIER, address.to_bytes(4, "big")


def lease_seconds(packet: Packet) -> int:
    return int.from_bytes(packet.options[options4.LEASE_TIME], "big")
