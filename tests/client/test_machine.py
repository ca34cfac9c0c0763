"""The states of the client in order, with time and random numbers as arguments."""

import random

import pytest

from dhcpserver.client.effects import Effects, LeaseAcknowledged, LeaseExpired, LeaseRefused, NoAnswer, Send, State
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BROADCAST_FLAG, Packet
from dhcpserver.wire.options4 import MessageType
from tests.client.responder import Responder, reply

HARDWARE = bytes.fromhex("020000000001")
SERVER = 0x7F00000B
FIRST = 0x7F004001
EXACT = Timing(spread_seconds=0.0, start_seconds=(0.0, 0.0))


def a_client(identity: Identity | None = None) -> Client:
    return Client(identity or Identity(HARDWARE), random.Random(1), EXACT)


def a_server(lease_seconds: int = 1_000) -> Responder:
    return Responder(SERVER, FIRST, lease_seconds)


def sent(effects: Effects) -> Packet:
    (packet,) = [effect.packet for effect in effects if isinstance(effect, Send)]
    return packet


def run_while_in(client: Client, state: State) -> tuple[list[float], Effects]:
    """Let time pass while the client is in a state; return the times of its actions and its last effects."""
    times: list[float] = []
    effects: Effects = ()
    while client.state is state:
        times.append(client.next_tick)
        effects = client.tick(client.next_tick)
    return times, effects


def bound(client: Client, server: Responder, now: float) -> None:
    """Bring the client to BOUND at `now`."""
    offer = server.answer(sent(client.start(now)))
    assert offer is not None
    ack = server.answer(sent(client.receive(offer, now)))
    assert ack is not None
    client.receive(ack, now)
    assert client.state is State.BOUND


def test_four_messages_make_a_lease() -> None:
    client, server = a_client(), a_server()
    discover = sent(client.start(100.0))
    assert discover.message_type == MessageType.DISCOVER
    assert (discover.ciaddr, discover.giaddr, discover.flags, discover.secs) == (0, 0, 0, 0)
    offer = server.answer(discover)
    assert offer is not None
    request = sent(client.receive(offer, 101.0))
    assert client.state is State.REQUESTING
    assert request.xid == discover.xid
    assert request.secs == 1
    assert request.address(options4.REQUESTED_ADDRESS) == FIRST
    assert request.address(options4.SERVER_IDENTIFIER) == SERVER
    ack = server.answer(request)
    assert ack is not None
    (effect,) = client.receive(ack, 103.0)
    assert isinstance(effect, LeaseAcknowledged)
    assert effect.state is State.REQUESTING
    lease = effect.lease
    assert (lease.address, lease.server, lease.seconds) == (FIRST, SERVER, 1_000)
    assert (lease.asked_at, lease.renew_at, lease.rebind_at, lease.expires_at) == (101.0, 601.0, 976.0, 1101.0)
    assert client.next_tick == 601.0


def test_the_packets_of_a_client_can_be_parsed() -> None:
    client = a_client(Identity(HARDWARE, client_id=b"\1" + HARDWARE, host_name="laptop", broadcast=True))
    packet = dhcp4.parse(dhcp4.encode(sent(client.start(0.0))))
    assert packet.options[options4.CLIENT_IDENTIFIER] == b"\1" + HARDWARE
    assert packet.options[options4.HOST_NAME] == b"laptop"
    assert packet.flags == BROADCAST_FLAG
    assert packet.chaddr == HARDWARE


def test_a_discover_is_sent_again_at_4_8_16_32_64_64_seconds() -> None:
    client = a_client()
    client.start(0.0)
    times = []
    for _ in range(6):
        times.append(client.next_tick)
        assert sent(client.tick(client.next_tick)).message_type == MessageType.DISCOVER
    assert [later - earlier for earlier, later in zip([0.0, *times], times, strict=False)] == [4, 8, 16, 32, 64, 64]


def test_a_client_without_an_answer_tries_for_ever() -> None:
    """Case D4: it ended with OverflowError after 1,024 attempts, which takes less than a day."""
    client = a_client()
    client.start(0.0)
    for _ in range(3000):
        before = client.next_tick
        assert sent(client.tick(before)).message_type == MessageType.DISCOVER
    assert client.next_tick - before == 64.0


def test_waits_are_random_within_one_second() -> None:
    waits = set()
    for seed in range(20):
        client = Client(Identity(HARDWARE), random.Random(seed), Timing(start_seconds=(0.0, 0.0)))
        client.start(0.0)
        waits.add(client.next_tick)
    assert len(waits) == 20
    assert all(3.0 <= wait <= 5.0 for wait in waits)


def test_a_client_waits_before_it_starts() -> None:
    client = Client(Identity(HARDWARE), random.Random(1))
    assert client.start(50.0) == ()
    assert 51.0 <= client.next_tick <= 60.0
    assert sent(client.tick(client.next_tick)).message_type == MessageType.DISCOVER


def test_a_request_without_an_answer_ends_after_four_attempts() -> None:
    client, server = a_client(), a_server()
    offer = server.answer(sent(client.start(0.0)))
    assert offer is not None
    client.receive(offer, 0.0)
    for _ in range(3):
        assert sent(client.tick(client.next_tick)).message_type == MessageType.REQUEST
    assert client.next_tick == 60.0
    effects = client.tick(60.0)
    assert effects[0] == NoAnswer(State.REQUESTING)
    again = sent(effects)
    assert again.message_type == MessageType.DISCOVER
    assert again.address(options4.REQUESTED_ADDRESS) == FIRST, "the client requests the same address again"


def test_a_nak_to_a_request_starts_the_client_again() -> None:
    client, server = a_client(), a_server()
    offer = server.answer(sent(client.start(0.0)))
    assert offer is not None
    request = sent(client.receive(offer, 0.0))
    effects = client.receive(reply(request, MessageType.NAK, SERVER, 0, {}), 1.0)
    assert effects == (LeaseRefused(FIRST, SERVER),)
    assert client.state is State.INIT
    assert sent(client.tick(client.next_tick)).message_type == MessageType.DISCOVER


def test_renewing_sends_to_the_server_of_the_lease_and_rebinding_broadcasts() -> None:
    client = a_client()
    bound(client, a_server(), 0.0)
    (renewal,) = client.tick(500.0)
    assert isinstance(renewal, Send)
    assert client.state is State.RENEWING
    assert (renewal.to, renewal.packet.ciaddr) == (SERVER, FIRST)
    assert not renewal.packet.options.keys() & {options4.REQUESTED_ADDRESS, options4.SERVER_IDENTIFIER}
    times, (again,) = run_while_in(client, State.RENEWING)
    assert times == [687.5, 781.25, 841.25, 875.0], "half of the remaining time, but at least a minute"
    assert isinstance(again, Send)
    assert (again.to, again.packet.ciaddr) == (0, FIRST)
    _, effects = run_while_in(client, State.REBINDING)
    assert isinstance(effects[0], LeaseExpired)
    assert effects[0].lease.expires_at == 1_000.0
    assert sent(effects).message_type == MessageType.DISCOVER


@pytest.mark.parametrize(("until", "state"), [(500.0, State.RENEWING), (875.0, State.REBINDING)])
def test_an_ack_extends_the_lease_from_the_time_of_the_request(until: float, state: State) -> None:
    client, server = a_client(), a_server()
    bound(client, server, 0.0)
    effects: Effects = ()
    while client.next_tick <= until:
        effects = client.tick(client.next_tick)
    ack = server.answer(sent(effects))
    assert ack is not None
    (effect,) = client.receive(ack, until + 3)
    assert isinstance(effect, LeaseAcknowledged)
    assert effect.state is state
    assert effect.lease.expires_at == until + 1_000
    assert client.state is State.BOUND


def test_a_nak_to_a_renewal_ends_the_lease() -> None:
    client = a_client()
    bound(client, a_server(), 0.0)
    renewal = sent(client.tick(500.0))
    assert client.receive(reply(renewal, MessageType.NAK, SERVER, 0, {}), 501.0) == (LeaseRefused(FIRST, SERVER),)
    assert client.lease is None


def test_the_renewal_times_of_the_server_are_used() -> None:
    client, server = a_client(), a_server()
    offer = server.answer(sent(client.start(0.0)))
    assert offer is not None
    request = sent(client.receive(offer, 0.0))
    times = {
        options4.LEASE_TIME: (600).to_bytes(4, "big"),
        options4.RENEWAL_TIME: (100).to_bytes(4, "big"),
        options4.REBINDING_TIME: (200).to_bytes(4, "big"),
    }
    client.receive(reply(request, MessageType.ACK, SERVER, FIRST, times), 0.0)
    assert client.lease is not None
    assert (client.lease.renew_at, client.lease.rebind_at) == (100.0, 200.0)


def test_an_infinite_lease_is_never_renewed() -> None:
    client = a_client()
    bound(client, a_server(lease_seconds=0xFFFFFFFF), 0.0)
    assert client.next_tick == float("inf")
    assert client.tick(1e12) == ()


def test_init_reboot_requests_the_earlier_address() -> None:
    server, before = a_server(), a_client()
    bound(before, server, 0.0)
    assert before.lease is not None
    client = a_client()
    request = sent(client.reboot(before.lease, 300.0))
    assert client.state is State.REBOOTING
    assert request.ciaddr == 0
    assert request.address(options4.REQUESTED_ADDRESS) == FIRST
    assert options4.SERVER_IDENTIFIER not in request.options
    ack = server.answer(request)
    assert ack is not None
    (effect,) = client.receive(ack, 301.0)
    assert isinstance(effect, LeaseAcknowledged)
    assert effect.lease.expires_at == 1_300.0


def test_init_reboot_without_an_answer_keeps_the_rest_of_the_lease() -> None:
    server, before = a_server(), a_client()
    bound(before, server, 0.0)
    assert before.lease is not None
    client = a_client()
    client.reboot(before.lease, 300.0)
    run_while_in(client, State.REBOOTING)
    assert (client.state, client.next_tick) == (State.BOUND, 500.0)


def test_a_nak_to_init_reboot_starts_the_client_again() -> None:
    server, before = a_server(), a_client()
    bound(before, server, 0.0)
    assert before.lease is not None
    client = a_client()
    request = sent(client.reboot(before.lease, 300.0))
    effects = client.receive(reply(request, MessageType.NAK, SERVER, 0, {}), 301.0)
    assert effects == (LeaseRefused(FIRST, SERVER),)
    assert client.state is State.INIT


def test_a_release_goes_to_the_server_of_the_lease() -> None:
    client = a_client()
    bound(client, a_server(), 0.0)
    (effect,) = client.release(100.0)
    assert isinstance(effect, Send)
    assert (effect.to, effect.packet.ciaddr) == (SERVER, FIRST)
    assert effect.packet.message_type == MessageType.RELEASE
    assert effect.packet.address(options4.SERVER_IDENTIFIER) == SERVER
    assert options4.PARAMETER_REQUEST_LIST not in effect.packet.options
    assert (client.state, client.lease, client.next_tick) == (State.IDLE, None, float("inf"))


def test_a_decline_has_the_address_and_is_followed_by_a_pause() -> None:
    client = a_client()
    bound(client, a_server(), 0.0)
    (effect,) = client.decline(100.0)
    assert isinstance(effect, Send)
    assert effect.packet.message_type == MessageType.DECLINE
    assert (effect.to, effect.packet.ciaddr) == (0, 0)
    assert effect.packet.address(options4.REQUESTED_ADDRESS) == FIRST
    assert client.next_tick == 110.0
    assert options4.REQUESTED_ADDRESS not in sent(client.tick(110.0)).options


def test_answers_for_other_clients_and_unexpected_answers_are_ignored() -> None:
    client, server = a_client(), a_server()
    discover = sent(client.start(0.0))
    offer = server.answer(discover)
    assert offer is not None
    for attribute, value in (("xid", discover.xid ^ 1), ("chaddr", bytes(6)), ("op", 1)):
        right = getattr(offer, attribute)
        setattr(offer, attribute, value)
        assert client.receive(offer, 1.0) == ()
        setattr(offer, attribute, right)
    assert client.receive(reply(discover, MessageType.ACK, SERVER, FIRST, {}), 1.0) == ()
    assert client.receive(offer, 1.0) != ()
    assert client.receive(offer, 1.0) == (), "the second offer arrives too late"


@pytest.mark.parametrize("missing", [options4.LEASE_TIME, options4.SERVER_IDENTIFIER])
def test_an_ack_without_a_required_option_is_ignored(missing: int) -> None:
    client, server = a_client(), a_server()
    offer = server.answer(sent(client.start(0.0)))
    assert offer is not None
    ack = server.answer(sent(client.receive(offer, 0.0)))
    assert ack is not None
    del ack.options[missing]
    assert client.receive(ack, 1.0) == ()
    assert client.state is State.REQUESTING


def test_a_tick_before_the_next_tick_has_no_effect() -> None:
    client = a_client()
    bound(client, a_server(), 0.0)
    assert client.tick(499.9) == ()
