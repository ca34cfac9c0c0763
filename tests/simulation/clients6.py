"""The simulated DHCPv6 clients: the product's own client machine (RFC 8415), on two links.

Clients with odd numbers are behind one relay or two, the others on the servers' link. `ASSOCIATIONS` has what each of
them requests.
"""

import random
from ipaddress import IPv6Address
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import Effects6, Lease6, LeaseEnded6, LeaseGranted6, Send6, State6, Unavailable6
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.relay6 import RelaySettings6, relay_forward
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IAKind
from dhcpserver.wire.dhcp6options import MessageType6
from tests.simulation import texts
from tests.simulation.keys6 import address_key, association_key
from tests.simulation.runlog import Packet6
from tests.simulation.site6 import (
    LINK_LOCAL,
    RELAY6,
    SECOND_RELAY6,
    arrivals6,
    behind_two_relays,
    duid_of,
    hardware6,
)

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

NA, TA, PD = IAKind.NA, IAKind.TA, IAKind.PD
ASSOCIATIONS = (
    (IARequest(NA, 1),),
    (IARequest(NA, 1), IARequest(PD, 1)),
    (IARequest(PD, 1),),
    (IARequest(NA, 1), IARequest(NA, 2), IARequest(TA, 1), IARequest(PD, 7, length_hint=60)),
    (IARequest(NA, 1), IARequest(TA, 1)),
    (IARequest(PD, 1), IARequest(PD, 2)),
    (),
)
"""What a client requests, by its number; the next one after the last is the first again. The last is stateless."""
BOTH = ASSOCIATIONS[1]
"""One address and one prefix."""
_RELAY = RelaySettings6(IPv6Address(RELAY6), (), interface_id=b"port 7", port=547)
_SECOND_RELAY = RelaySettings6(IPv6Address(SECOND_RELAY6), (), port=547)
_AT_ONCE = Timing6(start_seconds=(0.0, 0.0))


class SimulatedClient6:
    """One client.

    Attributes:
        number: its index, and the last octet of its DUID.
        far: whether it is behind a relay.
        machine: the client machine.
        sent: how many packets it has sent.
        requested, cancelled: its transaction ids, and those of them whose replies it ignores.
    """

    def __init__(self, world: "World", number: int) -> None:
        self.number = number
        self.far = number % 2 == 1
        ias = ASSOCIATIONS[number % len(ASSOCIATIONS)]
        self.machine = Client6(
            Identity6(duid_of(number), ias, rapid_commit=number % 4 < 2, hardware_address=hardware6(number)),
            random.Random(f"{world.seed} client6 {number}"),
            _AT_ONCE,
        )
        self.sent = 0
        self.requested: set[int] = set()
        self.cancelled: set[int] = set()
        self.planned = inf

    @property
    def name(self) -> str:
        """Its name in the log."""
        return f"d{self.number}"

    @property
    def leases(self) -> tuple[Lease6, ...]:
        """What it has."""
        return self.machine.leases

    def complete(self) -> bool:
        """Return whether it has something in each of its associations."""
        return {(each.kind, each.iaid) for each in self.leases} == {
            (each.kind, each.iaid) for each in self.machine.identity.ias
        }

    def key(self, lease: Lease6) -> bytes:
        """Return its key in a lease book for the association of a lease."""
        return association_key(self.machine.identity.duid, lease.kind, lease.iaid)


def address_of(lease: Lease6) -> int:
    """Return the key of what a client has."""
    return address_key(lease.kind, lease.address, lease.length)


class Clients6:
    """All DHCPv6 clients of a run."""

    def __init__(self, world: "World", count: int) -> None:
        self._world = world
        self.all: list[SimulatedClient6] = []
        self._by_duid: dict[bytes, SimulatedClient6] = {}
        self.add(count)

    def add(self, count: int) -> None:
        """Add new clients."""
        for number in range(len(self.all), len(self.all) + count):
            client = SimulatedClient6(self._world, number)
            self.all.append(client)
            self._by_duid[client.machine.identity.duid] = client

    def new(self, far: bool, ias: tuple[IARequest, ...]) -> SimulatedClient6:
        """Add one new client with these associations, behind the relay or not, and return it."""
        self.add(1 if (len(self.all) % 2 == 1) is far else 2)
        while self.all[-1].machine.identity.ias != ias:
            self.add(2)
        return self.all[-1]

    # Actions of a client; each returns whether it was possible

    def arrive(self, client: SimulatedClient6) -> bool:
        """Join the link, with the present leases or without any."""
        machine, now = client.machine, self._world.timeline.now
        if machine.state is not State6.IDLE:
            return False
        leases = [lease for lease in machine.leases if now < lease.valid_until]
        self._do(client, machine.reboot(leases, machine.bindings.server, now) if leases else machine.start(now))
        return True

    def restart(self, client: SimulatedClient6) -> bool:
        """Discard all state and start again."""
        client.machine.leave()
        self._do(client, client.machine.start(self._world.timeline.now))
        return True

    def renew(self, client: SimulatedClient6) -> bool:
        """Renew the leases now."""
        return self._extend(client, rebind=False)

    def rebind(self, client: SimulatedClient6) -> bool:
        """Rebind the leases now."""
        return self._extend(client, rebind=True)

    def _extend(self, client: SimulatedClient6, *, rebind: bool) -> bool:
        machine, now = client.machine, self._world.timeline.now
        if machine.state is not State6.BOUND:
            return False
        machine.bindings.renew_at = now
        machine.bindings.rebind_at = now if rebind else max(machine.bindings.rebind_at, now + 1.0)
        machine.next_tick = now
        self._tick(client)
        return True

    def release(self, client: SimulatedClient6) -> bool:
        """Release all leases."""
        if client.machine.state is not State6.BOUND:
            return False
        self._do(client, client.machine.release(self._world.timeline.now))
        return True

    def decline(self, client: SimulatedClient6) -> bool:
        """Decline the addresses, as if other hosts used them."""
        addresses = [lease.address for lease in client.leases if lease.kind is not PD]
        if client.machine.state is not State6.BOUND or not addresses:
            return False
        self._do(client, client.machine.decline(addresses, self._world.timeline.now))
        return True

    def vanish(self, client: SimulatedClient6) -> bool:
        """Leave the link without a message."""
        if client.machine.state is State6.IDLE:
            return False
        client.machine.leave()
        self._world.log.add(client.name, "vanishes")
        return True

    def leave_all(self) -> None:
        """Let all clients leave the link without a message."""
        for client in self.all:
            client.machine.leave()

    # Time, messages and replies

    def _tick(self, client: SimulatedClient6) -> None:
        self._do(client, client.machine.tick(self._world.timeline.now))

    def expects_reply(self, message: Message) -> bool:
        """Return whether the client of a REPLY still waits for it: it has given up no lease since its request."""
        client = self._by_duid.get(message.client_id or b"")
        return client is None or message.xid not in client.cancelled

    def deliver_reply(self, host: "Host", message: Message) -> None:
        """Deliver a server's message."""
        client = self._by_duid.get(message.client_id or b"")
        if client is None:
            return

        def arrive() -> None:
            self._do(client, client.machine.receive(message, self._world.timeline.now))

        self._world.lan.carry(client.far, host.name, arrive)

    def _do(self, client: SimulatedClient6, effects: Effects6) -> None:
        world = self._world
        for effect in effects:
            if isinstance(effect, Send6):
                self._send(client, effect)
            elif isinstance(effect, LeaseGranted6):
                until = effect.lease.valid_until
                world.log.add(client.name, f"has {texts.dotted(address_of(effect.lease))} until {until:.0f}")
                world.log.count(f"client6 has {effect.lease.kind.name}")
            elif isinstance(effect, LeaseEnded6):
                world.log.add(client.name, f"no longer has {texts.dotted(address_of(effect.lease))}: {effect.why}")
                world.log.count(f"client6 lease {effect.why}")
                if effect.why != "expired":
                    client.cancelled |= client.requested
                    client.requested.clear()
                    world.checker.lease_ended(client.key(effect.lease), address_of(effect.lease))
            elif isinstance(effect, Unavailable6):
                world.log.count(f"client6 without {effect.kind.name}")
        when = client.machine.next_tick
        if when < client.planned:
            self._plan(client, when)

    def _plan(self, client: SimulatedClient6, when: float) -> None:
        client.planned = when

        def tick() -> None:
            if client.planned == when:
                client.planned = inf
                self._tick(client)

        self._world.timeline.after(when - self._world.timeline.now, tick)

    def _send(self, client: SimulatedClient6, send: Send6) -> None:
        """Send a message to both servers, through the client's relays if it has any."""
        world, octets = self._world, send.octets
        client.sent += 1
        client.requested.add(int.from_bytes(octets[1:4], "big"))
        world.log.add(client.name, "sends", Packet6(octets))
        world.log.count(f"client6 {send.type.name}")
        stale_at = client.sent if send.type in (MessageType6.RELEASE, MessageType6.DECLINE) else None
        if client.far:
            octets = self._relayed(client, octets)
        world.lan.copies += 1
        for host in world.hosts:
            self._carry(client, host, octets, stale_at)

    @staticmethod
    def _relayed(client: SimulatedClient6, octets: bytes) -> bytes:
        relayed = relay_forward(octets, _RELAY, LINK_LOCAL + 0x100 + client.number, hardware6(client.number))
        assert relayed is not None
        if behind_two_relays(client.number):
            relayed = relay_forward(relayed, _SECOND_RELAY, RELAY6)
            assert relayed is not None
        return relayed

    def _carry(self, client: SimulatedClient6, host: "Host", octets: bytes, stale_at: int | None) -> None:
        """Deliver to one server; a copy of a RELEASE or DECLINE that is older than another packet is dropped."""
        number, arrival = self._world.lan.copies, arrivals6(client.far, client.number)

        def arrive() -> None:
            if stale_at is None or client.sent == stale_at:
                host.packet6(octets, arrival, number)

        self._world.lan.carry(client.far, host.name, arrive)
