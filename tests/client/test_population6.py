"""A population of DHCPv6 clients in virtual time, and its process on loopback."""

import asyncio
import socket
from collections import Counter
from functools import partial
from ipaddress import IPv6Address
from typing import cast

import pytest
from click.testing import CliRunner

from dhcpserver.client.command6 import main, read_server
from dhcpserver.client.ledger import Event, Grant
from dhcpserver.client.population6 import Device, Outgoing6, Population6, PopulationSettings6, link_local
from dhcpserver.client.relay6 import RelaySettings6, relay_forward
from dhcpserver.client.runner import Family6, Runner
from dhcpserver.wire import dhcp6
from dhcpserver.wire.dhcp6 import Message
from tests.client.responder6 import Responder6

LINKS = (IPv6Address("2001:db8:0:1::1"), IPv6Address("2001:db8:0:2::1"))
SERVER = (("::1", 5547),)


class World:
    """A population and a server, without a network between them."""

    def __init__(self, settings: PopulationSettings6, server: Responder6) -> None:
        self.events: list[Event] = []
        self.population = Population6(settings, self.events.append, 0.0)
        self.server = server
        self.seen: list[Message] = []

    def run(self, until: float) -> None:
        while self.population.next_due() <= until:
            now = self.population.next_due()
            waiting = list(self.population.tick(now))
            while waiting:
                one = waiting.pop(0)
                answer = self._answer(one)
                if answer is not None:
                    waiting += self.population.receive(one.peer, answer, now)

    def _answer(self, one: Outgoing6) -> Message | None:
        octets = relay_forward(one.octets, RelaySettings6(LINKS[one.relay], ()), one.peer, one.hardware)
        assert octets is not None
        self.seen.append(dhcp6.parse(octets))
        return self.server.answer(one.octets)


def settings(clients: int, **more: float) -> PopulationSettings6:
    return PopulationSettings6(SERVER, LINKS, clients, 10.0, stay_seconds=more.get("stay"), away_seconds=30.0)


def test_every_device_gets_what_it_requests() -> None:
    world = World(settings(200), Responder6())
    world.run(60.0)
    stats = world.population.stats(60.0)
    assert stats.clients == 200
    stateless = stats.sent["INFORMATION_REQUEST"]
    assert 2 <= stateless <= 25
    assert stats.bound == 200 - stateless
    assert stats.conflicts == 0
    assert stats.latency_p50_ms == 0.0
    grants = Counter("/" in event.address for event in world.events if isinstance(event, Grant))
    assert 20 <= grants[True] <= 60, "one client in five is a delegating router"
    assert {message.link_address for message in world.seen} == {int(link) for link in LINKS}


def test_leases_are_extended_for_as_long_as_the_clients_stay() -> None:
    world = World(settings(20), Responder6())
    world.run(30_000.0)
    stats = world.population.stats(30_000.0)
    assert stats.granted["RENEWING"] > 200
    assert stats.ended == {}
    assert len(world.population.ledger.held(30_000.0)) == len(world.server.leases)


def test_clients_leave_with_and_without_a_release_and_come_back() -> None:
    world = World(settings(50, stay=120.0), Responder6())
    world.run(3_000.0)
    stats = world.population.stats(3_000.0)
    assert stats.ended["released"] > 50
    assert stats.sent["CONFIRM"] > 50
    assert stats.sent["REBIND"] > 10, "a router confirms its prefix with REBIND"
    assert stats.conflicts == 0


def test_two_holders_of_one_prefix_are_a_conflict() -> None:
    class Careless(Responder6):
        def answer(self, octets: bytes) -> Message | None:
            self.count = 0
            return super().answer(octets)

    world = World(settings(5), Careless())
    world.run(10.0)
    assert world.population.stats(10.0).conflicts > 0


def test_the_link_local_address_follows_from_the_hardware_address() -> None:
    assert IPv6Address(link_local(bytes.fromhex("025000000001"))) == IPv6Address("fe80::50:ff:fe00:1")


def test_populations_with_other_numbers_have_other_clients() -> None:
    first = World(settings(3), Responder6())
    second = World(PopulationSettings6(SERVER, LINKS, 3, 10.0, first_client=3), Responder6())
    for world in (first, second):
        world.run(10.0)
    clients = [{message.client_id for message in world.seen} for world in (first, second)]
    assert not clients[0] & clients[1]


def test_the_devices_have_their_associations() -> None:
    assert [len(device.value) for device in Device] == [1, 2, 2, 0]


@pytest.mark.parametrize("value", ["::1:547", "[::1]", "[::1]:x", "[127.0.0.1]:547"])
def test_a_server_that_cannot_be_meant_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"ADDRESS|literal|xpected|invalid"):
        read_server(value)
    assert CliRunner().invoke(main, ["--server", value, "--link", "2001:db8::1"]).exit_code == 2


class _Server(asyncio.DatagramProtocol):
    """The responder on a real socket."""

    def __init__(self) -> None:
        self.responder = Responder6()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        request = dhcp6.parse(data)
        direct = dhcp6.encode_message(Message(request.type, request.xid, request.options))
        answer = self.responder.answer(direct)
        if answer is not None:
            packed = dhcp6.encode_message(answer)[dhcp6.HEADER_LENGTH :]
            self.transport.sendto(dhcp6.encode_reply(request, answer.type, packed), addr)


@pytest.mark.live
async def test_a_population_gets_its_leases_over_loopback() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(_Server, local_addr=("::1", 0), family=socket.AF_INET6)
    port = transport.get_extra_info("sockname")[1]
    served: set[str] = set()
    everyone = asyncio.Event()

    def record(event: Event) -> None:
        served.add(event.client)
        if len(served) == 30:
            everyone.set()

    runner = Runner(partial(Family6, PopulationSettings6((("::1", port),), LINKS, 30, 1_000.0, shares=()), record))
    try:
        runner.open()
        await asyncio.wait_for(everyone.wait(), 10.0)
        assert runner.stats().bound == 30
    finally:
        runner.close()
        transport.close()
