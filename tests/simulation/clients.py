"""The clients: the product's own client machine (RFC 2131), many of them, on two networks.

Odd ones are behind the relay, the others on the servers' network. Every third sends a client identifier.
"""

import random
from dataclasses import replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.client.effects import Effects, Lease, LeaseAcknowledged, LeaseExpired, LeaseRefused, Send, State
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.client.relay import RelaySettings, relay_packet
from dhcpserver.leases.lease import client_key
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, Packet
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.site import RELAY, SERVERS, arrivals, hardware

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from tests.simulation.host import Host
    from tests.simulation.world import World

FIRST_BOOTP = 100
"""The number of the first BOOTP client."""
PATIENCE = Timing(longest_seconds=32.0, start_seconds=(0.0, 0.0))


class Customer:
    """One client.

    Attributes:
        number: its place, and the last octet of its names.
        far: whether it is behind the relay.
        key: as servers know it.
        machine: the client itself.
        said: how many packets it has sent.
        asked, forgotten: its transaction ids, and those among them of which it wants no answer any more.
        wants: seconds it asks for in option 51, 0 for none.
    """

    def __init__(self, world: "World", number: int) -> None:
        self.number = number
        self.far = number % 2 == 1
        identifier = b"\xff" + bytes((number,)) if number % 3 == 1 else None
        self.key = client_key(identifier, b"\x01" + hardware(number))
        self.machine = Client(
            Identity(hardware(number), identifier, broadcast=number % 4 == 2),
            random.Random(f"{world.seed} client {number}"),
            PATIENCE,
        )
        self.said = 0
        self.asked: set[int] = set()
        self.forgotten: set[int] = set()
        self.wants = 0
        self.planned = inf

    @property
    def name(self) -> str:
        """How the story calls it."""
        return f"c{self.number}"

    @property
    def lease(self) -> Lease | None:
        """What it holds."""
        return self.machine.lease

    def forget(self) -> None:
        """Whatever it asked for until now, an answer finds it no more."""
        self.forgotten |= self.asked
        self.asked.clear()


class Clients:
    """All clients of a run."""

    def __init__(self, world: "World", count: int, relay: "IPv4Address") -> None:
        self._world = world
        self._relay = RelaySettings(relay, ())
        self.all = [Customer(world, number) for number in range(count)]
        self._by_hardware = {customer.machine.identity.hardware_address: customer for customer in self.all}
        self._arrivals = {name: arrivals(name) for name in SERVERS}

    def add(self, count: int) -> None:
        """More clients, that nobody has seen before."""
        first = len(self.all)
        found = [Customer(self._world, number) for number in range(first, first + count)]
        self.all += found
        self._by_hardware.update({customer.machine.identity.hardware_address: customer for customer in found})

    # What a client can be made to do; each says whether there was anything to do

    def arrive(self, customer: Customer) -> bool:
        """Come onto the network: with what it still holds, or anew."""
        machine, now = customer.machine, self._world.timeline.now
        if machine.state is not State.IDLE:
            return False
        lease = machine.lease
        rebooting = lease is not None and now < lease.expires_at
        self._do(customer, machine.reboot(lease, now) if rebooting and lease else machine.start(now))
        return True

    def restart(self, customer: Customer) -> bool:
        """Forget everything, and begin anew."""
        customer.machine.leave()
        self._do(customer, customer.machine.start(self._world.timeline.now))
        return True

    def renew(self, customer: Customer) -> bool:
        """Ask its server for more time now."""
        if customer.machine.state is not State.BOUND:
            return False
        customer.machine.next_tick = self._world.timeline.now
        self._tick(customer)
        return True

    def rebind(self, customer: Customer) -> bool:
        """Ask any server for more time now."""
        machine, now = customer.machine, self._world.timeline.now
        if machine.state is State.BOUND:
            self.renew(customer)
        if machine.state is not State.RENEWING or machine.lease is None or now >= machine.lease.expires_at:
            return False
        machine.lease = replace(machine.lease, rebind_at=now)
        machine.next_tick = now
        self._tick(customer)
        return True

    def release(self, customer: Customer) -> bool:
        """Give the address back."""
        lease = customer.machine.lease
        if lease is None:
            return False
        self._give_up(customer, lease.address)
        self._do(customer, customer.machine.release(self._world.timeline.now))
        return True

    def decline(self, customer: Customer) -> bool:
        """Find the address in use by somebody else."""
        lease = customer.machine.lease
        if lease is None or customer.machine.state is not State.BOUND:
            return False
        self._give_up(customer, lease.address)
        self._do(customer, customer.machine.decline(self._world.timeline.now))
        return True

    def vanish(self, customer: Customer) -> bool:
        """Leave without a word."""
        if customer.machine.state is State.IDLE:
            return False
        customer.machine.leave()
        self._world.story.tell(customer.name, "vanishes")
        return True

    def bootp(self, number: int) -> bool:
        """A BOOTP client behind the relay, one of a few that are no customers, asks for its address (RFC 951)."""
        asker = hardware(FIRST_BOOTP + number)
        xid = self._world.entropy.getrandbits(32)
        request = Packet(BOOTREQUEST, 1, 6, 0, xid, 0, 0, 0, 0, 0, 0, asker, {})
        octets = relay_packet(request, self._relay)
        assert octets is not None
        self._world.story.tell(f"b{number}", "sends", octets)
        self._world.story.happened("client BOOTREQUEST")
        self._world.lan.copies += 1
        copy = self._world.lan.copies
        for host in self._world.hosts:
            arrive = partial(host.packet, octets, self._arrivals[host.name][True], copy)
            self._world.lan.carry(True, host.name, arrive)
        return True

    def leave_all(self) -> None:
        """Nobody asks for anything any more."""
        for customer in self.all:
            customer.machine.leave()

    def _give_up(self, customer: Customer, address: int) -> None:
        customer.forget()
        self._world.watch.ended(customer.key, address)

    def listens(self, packet: Packet) -> bool:
        """Whether a client that gave its address up meanwhile had asked for this reply before."""
        customer = self._by_hardware.get(packet.chaddr)
        return customer is None or packet.xid not in customer.forgotten

    # Time and answers

    def _tick(self, customer: Customer) -> None:
        self._do(customer, customer.machine.tick(self._world.timeline.now))

    def answered(self, host: "Host", packet: Packet) -> None:
        """A server's reply is on its way."""
        customer = self._by_hardware.get(packet.chaddr)
        if customer is None:
            return
        direct_server = not packet.giaddr

        def arrive() -> None:
            self._do(customer, customer.machine.receive(packet, self._world.timeline.now))

        self._world.lan.carry(customer.far and not direct_server, host.name, arrive)

    def gave_back(self, packet: Packet) -> None:
        """A server has decided on a RELEASE or DECLINE."""
        address = packet.ciaddr or packet.address(options4.REQUESTED_ADDRESS)
        self._world.watch.ended(self._by_hardware[packet.chaddr].key, address)

    def _do(self, customer: Customer, effects: Effects) -> None:
        world = self._world
        for effect in effects:
            if isinstance(effect, Send):
                self._send(customer, effect)
            elif isinstance(effect, LeaseAcknowledged):
                lease = effect.lease
                world.story.tell(customer.name, f"has {words.dotted(lease.address)} for {lease.seconds} s")
            elif isinstance(effect, LeaseRefused):
                world.story.tell(customer.name, f"gives {words.dotted(effect.address)} up, being refused")
                world.story.happened("client refused")
                self._give_up(customer, effect.address)
            elif isinstance(effect, LeaseExpired):
                world.story.tell(customer.name, f"no longer has {words.dotted(effect.lease.address)}")
        when = customer.machine.next_tick
        if when < customer.planned:
            self._plan(customer, when)

    def _plan(self, customer: Customer, when: float) -> None:
        customer.planned = when

        def tick() -> None:
            if customer.planned == when:
                customer.planned = inf
                self._tick(customer)

        self._world.timeline.after(when - self._world.timeline.now, tick)

    def _send(self, customer: Customer, send: Send) -> None:
        """On its way to one server, or to both."""
        world, packet = self._world, send.packet
        if customer.wants and packet.message_type in (MessageType.DISCOVER, MessageType.REQUEST):
            packet.options[options4.LEASE_TIME] = customer.wants.to_bytes(4, "big")
        customer.said += 1
        customer.asked.add(packet.xid)
        octets: bytes | None = dhcp4.encode(packet)
        kind = MessageType(packet.message_type)
        assert octets is not None
        world.story.tell(customer.name, "sends", octets)
        request = f" {words.request_kind(packet)}" if kind is MessageType.REQUEST else ""
        if customer.machine.state is State.REBINDING:
            request = " REBINDING"
        world.story.happened(f"client {kind.name}{request}")
        through_relay = customer.far and not send.to
        if through_relay:
            octets = relay_packet(packet, self._relay)
            assert octets is not None
        stale_at = customer.said if kind in (MessageType.RELEASE, MessageType.DECLINE) else None
        world.lan.copies += 1
        for host in world.hosts:
            if send.to in (0, SERVERS[host.name]):
                self._carry(customer, host, octets, through_relay, stale_at)

    def _carry(self, customer: Customer, host: "Host", octets: bytes, relayed: bool, stale_at: int | None) -> None:
        number = self._world.lan.copies
        arrival = self._arrivals[host.name][customer.far]

        def arrive() -> None:
            if stale_at is None or customer.said == stale_at:
                host.packet(octets, arrival, number)

        self._world.lan.carry(relayed, host.name, arrive)


RELAY_ADDRESS = RELAY
