"""The simulated clients: the product's own client machine (RFC 2131), on two networks.

Clients with odd numbers are behind the relay, the others on the servers' network. Every third sends a client
identifier.
"""

import random
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.client.effects import Effects, Lease, LeaseAcknowledged, LeaseExpired, LeaseRefused, Send, State
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.client.relay import RelaySettings, relay_packet
from dhcpserver.leases.lease import client_key
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, Packet
from dhcpserver.wire.options4 import MessageType
from tests.simulation import texts
from tests.simulation.site import RELAY, SERVERS, THIRD_RELAY, arrivals, hardware

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

FIRST_BOOTP = 100
"""The number of the first BOOTP client."""
PATIENCE = Timing(longest_seconds=32.0, start_seconds=(0.0, 0.0))


class SimulatedClient:
    """One client.

    Attributes:
        number: its index, and the last octet of its addresses and identifiers.
        far: whether it is behind the relay.
        key: its key in a lease book.
        machine: the client machine.
        sent: how many packets it has sent.
        requested, cancelled: its transaction ids, and those of them whose replies it ignores.
        desired_seconds: the lease time that it requests in option 51, 0 for none.
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
        self.sent = 0
        self.requested: set[int] = set()
        self.cancelled: set[int] = set()
        self.desired_seconds = 0
        self.planned = inf

    @property
    def name(self) -> str:
        """Its name in the log."""
        return f"c{self.number}"

    @property
    def lease(self) -> Lease | None:
        """Its lease, None without one."""
        return self.machine.lease

    def cancel_requests(self) -> None:
        """Ignore the replies to all requests sent so far."""
        self.cancelled |= self.requested
        self.requested.clear()


class Clients:
    """All clients of a run."""

    def __init__(self, world: "World", count: int, relay: IPv4Address) -> None:
        self._world = world
        self._relay = RelaySettings(relay, ())
        self._third = RelaySettings(IPv4Address(THIRD_RELAY), ())
        self.all = [SimulatedClient(world, number) for number in range(count)]
        self._by_hardware = {client.machine.identity.hardware_address: client for client in self.all}
        self._arrivals = {name: arrivals(name) for name in SERVERS}

    def add(self, count: int) -> None:
        """Add new clients."""
        first = len(self.all)
        found = [SimulatedClient(self._world, number) for number in range(first, first + count)]
        self.all += found
        self._by_hardware.update({client.machine.identity.hardware_address: client for client in found})

    def new(self, far: bool) -> SimulatedClient:
        """Add one new client, behind the relay or not, and return it."""
        self.add(1 if (len(self.all) % 2 == 1) is far else 2)
        if far and self._relay_of(self.all[-1]) is self._third:
            self.add(2)
        return self.all[-1]

    # Actions of a client; each returns whether it was possible

    def arrive(self, client: SimulatedClient) -> bool:
        """Join the network, with the present lease or without one."""
        machine, now = client.machine, self._world.timeline.now
        if machine.state is not State.IDLE:
            return False
        lease = machine.lease
        rebooting = lease is not None and now < lease.expires_at
        self._do(client, machine.reboot(lease, now) if rebooting and lease else machine.start(now))
        return True

    def restart(self, client: SimulatedClient) -> bool:
        """Discard all state and start again."""
        client.machine.leave()
        self._do(client, client.machine.start(self._world.timeline.now))
        return True

    def renew(self, client: SimulatedClient) -> bool:
        """Renew the lease now."""
        if client.machine.state is not State.BOUND:
            return False
        client.machine.next_tick = self._world.timeline.now
        self._tick(client)
        return True

    def rebind(self, client: SimulatedClient) -> bool:
        """Rebind the lease now."""
        machine, now = client.machine, self._world.timeline.now
        if machine.state is State.BOUND:
            self.renew(client)
        if machine.state is not State.RENEWING or machine.lease is None or now >= machine.lease.expires_at:
            return False
        machine.lease = replace(machine.lease, rebind_at=now)
        machine.next_tick = now
        self._tick(client)
        return True

    def release(self, client: SimulatedClient) -> bool:
        """Release the address."""
        lease = client.machine.lease
        if lease is None:
            return False
        self._give_up(client, lease.address)
        self._do(client, client.machine.release(self._world.timeline.now))
        return True

    def decline(self, client: SimulatedClient) -> bool:
        """Decline the address, as if another host used it."""
        lease = client.machine.lease
        if lease is None or client.machine.state is not State.BOUND:
            return False
        self._give_up(client, lease.address)
        self._do(client, client.machine.decline(self._world.timeline.now))
        return True

    def vanish(self, client: SimulatedClient) -> bool:
        """Leave the network without a message."""
        if client.machine.state is State.IDLE:
            return False
        client.machine.leave()
        self._world.log.add(client.name, "vanishes")
        return True

    def bootp(self, number: int) -> bool:
        """Let one of a few BOOTP clients behind the relay request an address (RFC 951)."""
        asker = hardware(FIRST_BOOTP + number)
        xid = self._world.entropy.getrandbits(32)
        request = Packet(BOOTREQUEST, 1, 6, 0, xid, 0, 0, 0, 0, 0, 0, asker, {})
        octets = relay_packet(request, self._relay)
        assert octets is not None
        self._world.log.add(f"b{number}", "sends", octets)
        self._world.log.count("client BOOTREQUEST")
        self._world.lan.copies += 1
        copy = self._world.lan.copies
        for host in self._world.hosts:
            arrive = partial(host.packet, octets, self._arrivals[host.name][True], copy)
            self._world.lan.carry(True, host.name, arrive)
        return True

    def leave_all(self) -> None:
        """Let all clients leave the network without a message."""
        for client in self.all:
            client.machine.leave()

    def _give_up(self, client: SimulatedClient, address: int) -> None:
        client.cancel_requests()
        self._world.checker.lease_ended(client.key, address)

    def expects_reply(self, packet: Packet) -> bool:
        """Return whether a client still waits for this reply: it has not given up the address since its request."""
        client = self._by_hardware.get(packet.chaddr)
        return client is None or packet.xid not in client.cancelled

    # Time and replies

    def _tick(self, client: SimulatedClient) -> None:
        self._do(client, client.machine.tick(self._world.timeline.now))

    def deliver_reply(self, host: "Host", packet: Packet) -> None:
        """Deliver a server's reply."""
        client = self._by_hardware.get(packet.chaddr)
        if client is None:
            return
        direct_server = not packet.giaddr

        def arrive() -> None:
            self._do(client, client.machine.receive(packet, self._world.timeline.now))

        self._world.lan.carry(client.far and not direct_server, host.name, arrive)

    def end_lease(self, packet: Packet) -> None:
        """Handle that a server has processed a RELEASE or DECLINE."""
        address = packet.ciaddr or packet.address(options4.REQUESTED_ADDRESS)
        self._world.checker.lease_ended(self._by_hardware[packet.chaddr].key, address)

    def _do(self, client: SimulatedClient, effects: Effects) -> None:
        world = self._world
        for effect in effects:
            if isinstance(effect, Send):
                self._send(client, effect)
            elif isinstance(effect, LeaseAcknowledged):
                lease = effect.lease
                world.log.add(client.name, f"has {texts.dotted(lease.address)} for {lease.seconds} s")
            elif isinstance(effect, LeaseRefused):
                world.log.add(client.name, f"gives up {texts.dotted(effect.address)} after a NAK")
                world.log.count("client refused")
                self._give_up(client, effect.address)
            elif isinstance(effect, LeaseExpired):
                world.log.add(client.name, f"no longer has {texts.dotted(effect.lease.address)}")
        when = client.machine.next_tick
        if when < client.planned:
            self._plan(client, when)

    def _plan(self, client: SimulatedClient, when: float) -> None:
        client.planned = when

        def tick() -> None:
            if client.planned == when:
                client.planned = inf
                self._tick(client)

        self._world.timeline.after(when - self._world.timeline.now, tick)

    def _send(self, client: SimulatedClient, send: Send) -> None:
        """Deliver a packet to one server, or to both."""
        world, packet = self._world, send.packet
        if client.desired_seconds and packet.message_type in (MessageType.DISCOVER, MessageType.REQUEST):
            packet.options[options4.LEASE_TIME] = client.desired_seconds.to_bytes(4, "big")
        client.sent += 1
        client.requested.add(packet.xid)
        octets: bytes | None = dhcp4.encode(packet)
        kind = MessageType(packet.message_type)
        assert octets is not None
        world.log.add(client.name, "sends", octets)
        request = f" {texts.request_kind(packet)}" if kind is MessageType.REQUEST else ""
        if client.machine.state is State.REBINDING:
            request = " REBINDING"
        world.log.count(f"client {kind.name}{request}")
        through_relay = client.far and not send.to
        if through_relay:
            octets = relay_packet(packet, self._relay_of(client))
            assert octets is not None
        stale_at = client.sent if kind in (MessageType.RELEASE, MessageType.DECLINE) else None
        world.lan.copies += 1
        for host in world.hosts:
            if send.to in (0, SERVERS[host.name]):
                self._carry(client, host, octets, through_relay, stale_at)

    def _relay_of(self, client: SimulatedClient) -> RelaySettings:
        return self._third if self.pool_of(client) == "third" else self._relay

    def pool_of(self, client: SimulatedClient) -> str:
        """Return the name of the scope of the client's network."""
        if not client.far:
            return "near"
        return "third" if self._world.site.third and client.number % 4 == 3 else "far"

    def inquire(self, client: SimulatedClient, kind: MessageType) -> bool:
        """Send an INFORM, or a LEASEQUERY for the client's address as the relay does; the answer is not awaited."""
        lease = client.lease
        if lease is None:
            return False
        own = 0 if kind is MessageType.LEASEQUERY else lease.address
        options = {options4.MESSAGE_TYPE: bytes((kind,))}
        xid = self._world.entropy.getrandbits(32)
        giaddr = RELAY if kind is MessageType.LEASEQUERY else 0
        current = lease.address if kind is MessageType.LEASEQUERY else own
        query = Packet(BOOTREQUEST, 1, 6, 0, xid, 0, 0, current, 0, 0, giaddr, hardware(client.number), options)
        octets = dhcp4.encode(query)
        self._world.log.add(client.name, "sends", octets)
        self._world.log.count(f"client {kind.name}")
        self._world.lan.copies += 1
        for host in self._world.hosts:
            self._carry(client, host, octets, client.far, None)
        return True

    def _carry(self, client: SimulatedClient, host: "Host", octets: bytes, relayed: bool, stale_at: int | None) -> None:
        number = self._world.lan.copies
        arrival = self._arrivals[host.name][client.far]

        def arrive() -> None:
            if stale_at is None or client.sent == stale_at:
                host.packet(octets, arrival, number)

        self._world.lan.carry(relayed, host.name, arrive)


RELAY_ADDRESS = RELAY
