"""A DHCPv6 client that confirms, releases, declines, or is reconfigured."""

import random
from math import inf

import pytest

from dhcpserver.client.effects6 import (
    Configured6,
    Lease6,
    LeaseEnded6,
    LeasesConfirmed6,
    NoAnswer6,
    Send6,
    State6,
)
from dhcpserver.client.machine6 import Client6
from dhcpserver.wire import dhcp6, dhcp6auth
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IAKind
from dhcpserver.wire.dhcp6options import MessageType6, pack_option
from tests.client.client6 import AT_ONCE, CLIENT, NA, PD, TA, a_client, bound, exchange, granted, message, sent
from tests.client.responder6 import DUID, LINK, PREFIXES, Responder6

# CONFIRM


def held(*kinds: IAKind) -> list[Lease6]:
    places = {IAKind.NA: (1, LINK | 1, 128), IAKind.TA: (2, LINK | 2, 128), IAKind.PD: (3, PREFIXES, 56)}
    return [Lease6(kind, *places[kind], 0.0, 3600.0, 7200.0) for kind in kinds]


def test_addresses_are_confirmed_after_a_move() -> None:
    client, server = a_client(NA, TA), Responder6()
    confirm = client.reboot(held(IAKind.NA, IAKind.TA), DUID, 60.0)
    found = message(confirm)
    assert (found.type, found.server_id) == (MessageType6.CONFIRM, None)
    assert [lease.address for ia in found.ias for lease in ia.leases] == [LINK | 1, LINK | 2]
    assert exchange(client, server, confirm, 61.0) == (LeasesConfirmed6(DUID),)
    assert client.state is State6.BOUND
    assert client.next_tick == 1800.0


def test_addresses_of_another_link_end_and_the_client_solicits() -> None:
    client, server = a_client(NA), Responder6()
    lease = Lease6(IAKind.NA, 1, 0x20010DB8_00000009 << 64, 128, 0.0, 3600.0, 7200.0)
    answer = server.answer(sent(client.reboot([lease], DUID, 60.0)))
    assert answer is not None
    effects = client.receive(answer, 61.0)
    assert effects[0] == LeaseEnded6(lease, "refused")
    assert message(effects).type == MessageType6.SOLICIT


def test_without_an_answer_to_confirm_the_leases_are_used_after_ten_seconds() -> None:
    client = a_client(NA)
    client.reboot(held(IAKind.NA), DUID, 60.0)
    while client.state is State6.CONFIRMING:
        at = client.next_tick
        effects = client.tick(at)
    assert (at, effects) == (70.0, (NoAnswer6(State6.CONFIRMING),))
    assert (client.state, len(client.leases)) == (State6.BOUND, 1)


def test_a_client_that_was_away_until_after_t2_rebinds() -> None:
    client, server = a_client(NA), Responder6()
    answer = server.answer(sent(client.reboot(held(IAKind.NA), DUID, 3000.0)))
    assert answer is not None
    effects = client.receive(answer, 3000.0)
    assert (client.state, message(effects).type) == (State6.REBINDING, MessageType6.REBIND)


def test_prefixes_are_rebound_after_a_restart() -> None:
    """RFC 8415 section 18.2.12: CONFIRM is for addresses."""
    client, server = a_client(NA, PD), Responder6()
    bound(client, server)
    again = Client6(client.identity, random.Random(2), AT_ONCE)
    rebind = again.reboot(client.leases, DUID, 60.0)
    assert message(rebind).type == MessageType6.REBIND
    effects = exchange(again, server, rebind, 61.0)
    assert [lease.valid_until for lease in granted(effects)] == [7260.0, 7260.0]
    assert again.state is State6.BOUND


def test_leases_that_have_ended_are_not_confirmed() -> None:
    client = a_client(NA)
    assert message(client.reboot(held(IAKind.NA), DUID, 7200.0)).type == MessageType6.SOLICIT


# RELEASE and DECLINE


def test_a_release_ends_all_leases_at_once_and_is_sent_four_times() -> None:
    client, server = a_client(NA, PD), Responder6()
    bound(client, server)
    effects = client.release(10.0)
    assert [effect.why for effect in effects if isinstance(effect, LeaseEnded6)] == ["released", "released"]
    found = message(effects)
    assert (found.type, found.server_id, len(found.ias)) == (MessageType6.RELEASE, DUID, 2)
    assert client.leases == ()
    count = 1
    while client.state is State6.RELEASING:
        effects = client.tick(client.next_tick)
        count += any(isinstance(effect, Send6) for effect in effects)
    assert (count, effects) == (4, (NoAnswer6(State6.RELEASING),))
    assert (client.state, client.next_tick) == (State6.IDLE, inf)


def test_a_reply_ends_the_release() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    exchange(client, server, client.release(10.0), 11.0)
    assert (client.state, server.leases) == (State6.IDLE, {})
    assert client.release(12.0) == ()


def test_a_declined_address_is_replaced_and_the_prefix_is_kept() -> None:
    client, server = a_client(NA, PD), Responder6()
    bound(client, server)
    assert client.decline([PREFIXES | 2 << 72], 10.0) == (), "a prefix cannot be declined"
    decline = client.decline([LINK | 1], 10.0)
    found = message(decline)
    assert (found.type, [(ia.kind, ia.leases[0].address) for ia in found.ias]) == (
        MessageType6.DECLINE,
        [(IAKind.NA, LINK | 1)],
    )
    exchange(client, server, decline, 11.0)
    assert [lease.kind for lease in client.leases] == [IAKind.PD]
    assert client.next_tick == 21.0
    exchange(client, server, client.tick(21.0), 21.0)
    assert sorted(lease.kind.name for lease in client.leases) == ["NA", "PD"]
    assert LINK | 1 not in {lease.address for lease in client.leases}


def test_a_client_without_another_lease_starts_again_after_a_decline() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    assert client.decline([LINK | 99], 10.0) == ()
    exchange(client, server, client.decline([LINK | 1], 10.0), 10.0)
    assert (client.state, client.next_tick) == (State6.SOLICITING, 20.0)


# INFORMATION-REQUEST and RECONFIGURE


def test_a_stateless_client_is_configured_and_asks_again_when_the_refresh_time_is_over() -> None:
    refresh = pack_option(o6.INFORMATION_REFRESH_TIME, (900).to_bytes(4, "big"))
    client, server = a_client(), Responder6(extra=refresh)
    request = client.start(0.0)
    found = message(request)
    assert found.type == MessageType6.INFORMATION_REQUEST
    assert found.requested[-2:] == (o6.INF_MAX_RT, o6.INFORMATION_REFRESH_TIME)
    (effect,) = exchange(client, server, request, 1.0)
    assert isinstance(effect, Configured6)
    assert (o6.DNS_SERVERS, bytes(16)) in effect.options
    assert (client.state, client.next_tick) == (State6.CONFIGURED, 901.0)
    assert message(client.tick(901.0)).type == MessageType6.INFORMATION_REQUEST


def test_configuration_without_a_refresh_time_is_valid_for_a_day() -> None:
    client = a_client()
    exchange(client, Responder6(), client.start(0.0), 0.0)
    assert client.next_tick == 86_400.0


KEY = bytes(range(16))


def reconfigure(kind: MessageType6, replay: int, key: bytes = KEY) -> Message:
    ids = pack_option(o6.CLIENT_ID, CLIENT) + pack_option(o6.SERVER_ID, DUID)
    octets = dhcp6.encode(MessageType6.RECONFIGURE, 0, ids + pack_option(o6.RECONFIGURE_MESSAGE, bytes((kind,))))
    return dhcp6.parse(dhcp6auth.sign(octets, replay, key))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (MessageType6.RENEW, State6.RENEWING),
        (MessageType6.REBIND, State6.REBINDING),
        (MessageType6.INFORMATION_REQUEST, State6.INFORMING),
    ],
)
def test_a_server_can_have_the_client_send(kind: MessageType6, state: State6) -> None:
    """RFC 8415 section 18.2.11."""
    client, server = a_client(NA, reconfigure=True), Responder6(extra=dhcp6auth.pack_key(7, KEY))
    assert message(client.start(0.0)).reconfigure_accept
    bound(client, server)
    effects = client.receive(reconfigure(kind, 8), 100.0)
    assert client.state is state
    assert message(effects).type == kind
    exchange(client, server, effects, 101.0)
    assert client.state is State6.BOUND


def test_a_reconfigure_with_another_key_or_a_repeated_one_has_no_effect() -> None:
    client, server = a_client(NA, reconfigure=True), Responder6(extra=dhcp6auth.pack_key(7, KEY))
    bound(client, server)
    assert client.receive(reconfigure(MessageType6.RENEW, 8, bytes(16)), 100.0) == ()
    assert client.receive(reconfigure(MessageType6.RENEW, 7), 100.0) == ()
    changed = reconfigure(MessageType6.RENEW, 8)
    changed = Message(changed.type, 0, [(19, b"\6") if code == 19 else (code, data) for code, data in changed.options])
    assert client.receive(changed, 100.0) == ()
    server.extra = b""
    exchange(client, server, client.receive(reconfigure(MessageType6.RENEW, 8), 100.0), 100.0)
    assert client.receive(reconfigure(MessageType6.RENEW, 8), 100.0) == ()
    assert client.receive(reconfigure(MessageType6.RENEW, 9), 100.0) != ()
    without = a_client(NA)
    bound(without, Responder6())
    assert without.receive(reconfigure(MessageType6.RENEW, 9), 100.0) == ()


# Messages that have no effect


def test_messages_for_others_and_unexpected_ones_have_no_effect() -> None:
    client, server = a_client(NA), Responder6()
    solicit = dhcp6.parse(sent(client.start(0.0)))
    advertise = server.answer(sent(a_client(NA).start(0.0)))
    assert advertise is not None
    other = Message(advertise.type, solicit.xid ^ 1, advertise.options)
    for wrong in (
        other,
        Message(2, solicit.xid, [(1, b"another"), (2, DUID)]),
        Message(2, solicit.xid, [(1, CLIENT)]),
        Message(1, solicit.xid, [(1, CLIENT), (2, DUID)]),
        Message(7, solicit.xid, [(1, CLIENT), (2, DUID)]),
    ):
        assert client.receive(wrong, 0.0) == ()
    assert client.state is State6.SOLICITING
    bound(client, server)
    assert client.receive(advertise, 1.0) == ()
