"""One server of a pair, made from a configuration text: the real core, real packets, and a scripted partner."""

import random
from dataclasses import replace
from ipaddress import IPv4Address

from dhcpserver.config.document import read
from dhcpserver.failover.effects import Transmit
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.core import Core
from dhcpserver.service.query import Arrival
from dhcpserver.service.turn import Command, Inputs, LinkData, LinkEvent, LinkUp, Moment, Outputs
from dhcpserver.wire import failover4, options4
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.failover4 import ConnectAck, StateReport, Vendor
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate, encode_ack
from dhcpserver.wire.framing import Framer
from dhcpserver.wire.options4 import MessageType
from tests.failover.books import NOW
from tests.failover.scripted import stored_record

CONFIGURATION = """
[server]
name = "a"

[[cluster]]
name = "a"
ipaddr = "127.0.0.11"

[[cluster]]
name = "b"
ipaddr = "127.0.0.12"

[[failover-pair]]
name = "example"
main = "a"
backup = "b"
backup-pct = 20
dynamic-bootp-backup-pct = 60

[[policy]]
name = "default"
dhcp-lease-time = "3d"
grace-period = 100

[[policy]]
name = "quick"
dhcp-lease-time = 600
grace-period = 7

[[scope]]
name = "plain"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.109"]
allocate-first-available = true
failover-backup-allocation-boundary = "192.0.2.50"

[[scope]]
name = "own"
subnet = "198.51.100.0/24"
ranges = ["198.51.100.10-198.51.100.109"]
backup-pct = 0
policy = "quick"

[[scope]]
name = "boots"
subnet = "203.0.113.0/24"
ranges = ["203.0.113.10-203.0.113.109"]
bootp = true
dynamic-bootp = true

[[scope]]
name = "closed"
subnet = "203.0.114.0/24"
ranges = ["203.0.114.10-203.0.114.109"]
deactivated = true
"""

RELAY = Arrival(0, int(IPv4Address("192.0.2.2")), direct=False)
GIADDR = int(IPv4Address("192.0.2.1"))


class Site:
    """A core, and a partner that sends what a test requests."""

    def __init__(self, text: str = CONFIGURATION, record: FailoverRecord | None = None) -> None:
        self.now = float(NOW)
        self.error = 0.0
        self.core = Core(read(text), bytes(16), "1")
        self.core.start(record, self.moment, random.Random(1))
        self.framer = Framer()
        self.out = self.turn()

    @property
    def moment(self) -> Moment:
        """The time of the next turn: the wall clock is wrong by `error`, the steady one has an origin of its own."""
        return Moment(self.now + self.error, self.now - NOW + 77)

    def turn(self, *packets: bytes, link: list[LinkEvent] | None = None, command: Command | None = None) -> Outputs:
        commands = [(1, command)] if command is not None else []
        arrived = [(octets, RELAY) for octets in packets]
        self.out = self.core.turn(self.moment, Inputs(arrived, list(link or []), commands))
        return self.out

    def updates(self) -> list[BindingUpdate]:
        """The BNDUPDs of the last turn."""
        octets = b"".join(effect.data for effect in self.out.link if isinstance(effect, Transmit))
        return [message for message in self.framer.feed(octets) if isinstance(message, BindingUpdate)]

    def receive(self, octets: bytes) -> None:
        self.turn(link=[LinkData(1, octets)])

    def connect(self, *states: State) -> None:
        self.turn(link=[LinkUp(1, True, "ipv4", "a", "b")])
        vendor = Vendor(version=1, families=1, role=1, uid=b"t" * 16, communicated=1, last_contact=int(self.now))
        ack = ConnectAck(xid=1, relationship="example", max_unacked=1000, receive_timer=60, protocol_version=1)
        self.receive(failover4.encode(replace(ack, vendor_class="pairwatch-1", vendor=vendor), int(self.now)))
        for state in states:
            self.receive(failover4.encode(StateReport(2, 0, state.number, 0, int(self.now), None), int(self.now)))

    def settle(self) -> None:
        """Acknowledge whatever is sent until nothing more comes."""
        while updates := self.updates():
            self.acknowledge(updates)
        self.turn()
        if self.updates():
            raise AssertionError("updates are left after all were acknowledged")

    def acknowledge(self, updates: list[BindingUpdate]) -> None:
        octets = b""
        for update in updates:
            ack = BindingAck(update.xid)
            ack.address, ack.status, ack.potential = update.address, update.status, update.potential
            octets += encode_ack(ack, int(self.now))
        self.receive(octets)

    def client(
        self, number: int, kind: MessageType, *options: tuple[int, bytes], ciaddr: int = 0, relay: int = GIADDR
    ) -> Packet | None:
        packet = Packet(1, 1, 6, 0, 7, 3, 0, ciaddr, 0, 0, relay, number.to_bytes(6, "big"), {})
        replies = self.turn(encode(packet, [(53, bytes([kind])), *options])).replies
        return parse(replies[0].octets) if replies else None


def normal(text: str = CONFIGURATION) -> Site:
    site = Site(text, stored_record(State.NORMAL))
    site.connect(State.COMMUNICATIONS_INTERRUPTED)
    assert site.core.endpoint is not None
    assert site.core.endpoint.state is State.NORMAL
    while True:
        updates = site.updates()
        if not updates:
            site.turn()
            updates = site.updates()
        if not updates:
            return site
        site.acknowledge(updates)


def seconds(reply: Packet | None, code: int = options4.LEASE_TIME) -> int:
    assert reply is not None
    return int.from_bytes(reply.options[code], "big")


def status_of(site: Site, address: int) -> Status:
    lease = site.core.book.get(address)
    assert lease is not None
    return lease.status


def shares(site: Site) -> dict[str, tuple[int, int]]:
    return {name: (pool.free.count, pool.backup.count) for name, pool in site.core.book.pools.items()}
