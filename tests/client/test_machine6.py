"""The states of the DHCPv6 client in order, with time and random numbers as arguments, against servers in octets."""

import random
from itertools import pairwise
from math import inf

import pytest

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import (
    Configured6,
    Effect6,
    Effects6,
    Lease6,
    LeaseEnded6,
    LeaseGranted6,
    LeasesConfirmed6,
    NoAnswer6,
    Send6,
    State6,
    Unavailable6,
)
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.wire import dhcp6, dhcp6auth, dhcp6duid
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, pack_option
from dhcpserver.wire.dhcp6refusal import refusal
from tests.client.responder6 import DUID, LINK, PREFIXES, Responder6

HARDWARE = bytes.fromhex("020000000001")
CLIENT = dhcp6duid.link_layer(1, HARDWARE)
NA, TA, PD = IARequest(IAKind.NA, 1), IARequest(IAKind.TA, 2), IARequest(IAKind.PD, 3, 56)
AT_ONCE = Timing6((0.0, 0.0), collect=False)


def a_client(
    *ias: IARequest,
    timing: Timing6 = AT_ONCE,
    seed: int = 1,
    rapid_commit: bool = False,
    reconfigure: bool = False,
) -> Client6:
    return Client6(Identity6(CLIENT, ias, rapid_commit, reconfigure), random.Random(seed), timing)


def sent(effects: Effects6) -> bytes:
    (octets,) = [effect.octets for effect in effects if isinstance(effect, Send6)]
    return octets


def message(effects: Effects6) -> Message:
    found = dhcp6.parse(sent(effects))
    assert refusal(found, found.server_id or DUID, multicast=True) is None
    return found


def exchange(client: Client6, server: Responder6, effects: Effects6, now: float) -> Effects6:
    """Have the server answer what the client sends, until it sends nothing; return all effects."""
    found: list[Effect6] = []
    while any(isinstance(effect, Send6) for effect in effects):
        answer = server.answer(sent(effects))
        if answer is None:
            break
        effects = client.receive(answer, now)
        found += [effect for effect in effects if not isinstance(effect, Send6)]
    return tuple(found)


def bound(client: Client6, server: Responder6, now: float = 0.0) -> None:
    exchange(client, server, client.start(now), now)
    assert client.state is State6.BOUND
    server.seen.clear()


def granted(effects: Effects6) -> list[Lease6]:
    return [effect.lease for effect in effects if isinstance(effect, LeaseGranted6)]


def waits(client: Client6, count: int) -> list[float]:
    """The times between the next transmissions."""
    times: list[float] = []
    last = None
    while len(times) < count:
        now = client.next_tick
        client.tick(now)
        if last is not None:
            times.append(now - last)
        last = now
    return times


# SOLICIT to BOUND


def test_four_messages_make_leases_of_all_kinds() -> None:
    client, server = a_client(NA, TA, PD), Responder6()
    solicit = client.start(100.0)
    first = message(solicit)
    assert (first.type, first.client_id, first.server_id) == (MessageType6.SOLICIT, CLIENT, None)
    assert first.elapsed_hundredths == 0
    assert first.requested == (o6.DNS_SERVERS, o6.DOMAIN_SEARCH, o6.SOL_MAX_RT)
    assert first.ias == [IA(IAKind.NA, 1), IA(IAKind.TA, 2), IA(IAKind.PD, 3, leases=[IALease(0, length=56)])]
    advertise = server.answer(sent(solicit))
    assert advertise is not None
    request = client.receive(advertise, 101.0)
    asked = message(request)
    assert (asked.type, asked.server_id) == (MessageType6.REQUEST, DUID)
    assert asked.xid != first.xid
    assert [[(lease.address, lease.valid) for lease in ia.leases] for ia in asked.ias] == [
        [(LINK | 1, 0)],
        [(LINK | 2, 0)],
        [(PREFIXES | 3 << 72, 0)],
    ]
    reply = server.answer(sent(request))
    assert reply is not None
    effects = client.receive(reply, 103.0)
    assert client.state is State6.BOUND
    assert granted(effects) == [
        Lease6(IAKind.NA, 1, LINK | 1, 128, 101.0, 3701.0, 7301.0),
        Lease6(IAKind.TA, 2, LINK | 2, 128, 101.0, 3701.0, 7301.0),
        Lease6(IAKind.PD, 3, PREFIXES | 3 << 72, 56, 101.0, 3701.0, 7301.0),
    ]
    assert client.leases == tuple(granted(effects))
    assert all(effect.state is State6.REQUESTING for effect in effects if isinstance(effect, LeaseGranted6))
    assert client.next_tick == 101.0 + 1800


def test_several_associations_of_one_kind_are_separate() -> None:
    ias = [IARequest(IAKind.PD, number) for number in range(1, 4)] + [IARequest(IAKind.NA, 1)]
    client, server = a_client(*ias), Responder6()
    bound(client, server)
    assert [(lease.kind.name, lease.iaid) for lease in client.leases] == [("PD", 1), ("PD", 2), ("PD", 3), ("NA", 1)]
    assert len({lease.address for lease in client.leases}) == 4


def test_two_messages_are_enough_with_rapid_commit() -> None:
    client, server = a_client(NA, rapid_commit=True), Responder6()
    effects = exchange(client, server, client.start(5.0), 6.0)
    assert server.seen == [MessageType6.SOLICIT]
    assert client.state is State6.BOUND
    (lease,) = granted(effects)
    assert lease.asked_at == 5.0


def test_a_rapid_reply_that_was_not_requested_is_not_used() -> None:
    client = a_client(NA)
    solicit = dhcp6.parse(sent(client.start(0.0)))
    body = pack_ia(IA(IAKind.NA, 1, 1, 2, [IALease(LINK, 5, 10)]))
    rapid = pack_option(o6.RAPID_COMMIT, b"")
    assert client.receive(Responder6().reply(solicit, body=body + rapid), 1.0) == ()
    willing = a_client(NA, rapid_commit=True)
    solicit = dhcp6.parse(sent(willing.start(0.0)))
    assert willing.receive(Responder6().reply(solicit, body=body), 1.0) == ()
    assert granted(willing.receive(Responder6().reply(solicit, body=body + rapid), 1.0))


def test_the_server_with_the_greatest_preference_is_chosen_after_a_second() -> None:
    """RFC 8415 section 18.2.9."""
    client = a_client(NA, timing=Timing6((0.0, 0.0)))
    servers = [Responder6(preference=number, duid=bytes((number,)) * 4) for number in (5, 9, 7)]
    octets = sent(client.start(0.0))
    for server in servers:
        answer = server.answer(octets)
        assert answer is not None
        assert client.receive(answer, 0.5) == ()
    assert 1.0 < client.next_tick <= 1.1
    assert message(client.tick(client.next_tick)).server_id == servers[1].duid


def test_the_greatest_preference_of_all_is_chosen_at_once() -> None:
    client, server = a_client(NA, timing=Timing6((0.0, 0.0))), Responder6(preference=255)
    answer = server.answer(sent(client.start(0.0)))
    assert answer is not None
    assert message(client.receive(answer, 0.2)).type == MessageType6.REQUEST


def test_the_first_answer_after_the_first_second_is_chosen_at_once() -> None:
    client, server = a_client(NA, timing=Timing6((0.0, 0.0))), Responder6()
    client.start(0.0)
    answer = server.answer(sent(client.tick(client.next_tick)))
    assert answer is not None
    assert message(client.receive(answer, 2.0)).type == MessageType6.REQUEST


def test_an_advertise_without_leases_is_not_requested_but_its_limit_is_taken() -> None:
    """RFC 8415 section 18.2.9; SOL_MAX_RT applies (section 21.24)."""
    limit = pack_option(o6.SOL_MAX_RT, (60).to_bytes(4, "big"))
    client, server = a_client(NA), Responder6(lacking=frozenset((IAKind.NA,)), extra=limit)
    effects = exchange(client, server, client.start(0.0), 0.0)
    assert effects == (Unavailable6(IAKind.NA, 1, StatusCode.NO_ADDRS_AVAIL),)
    assert client.state is State6.SOLICITING
    for _ in range(12):
        exchange(client, Responder6(lacking=frozenset((IAKind.NA,)), extra=limit), client.tick(client.next_tick), 0.0)
    client.start(10_000.0)
    assert max(waits(client, 12)) <= 66.0


def test_what_a_server_has_is_taken_and_the_rest_is_requested_again_with_renew() -> None:
    """RFC 7550: addresses without a prefix are better than nothing."""
    client, server = a_client(NA, PD), Responder6(lacking=frozenset((IAKind.PD,)))
    effects = exchange(client, server, client.start(0.0), 0.0)
    assert client.state is State6.BOUND
    assert Unavailable6(IAKind.PD, 3, StatusCode.NO_PREFIX_AVAIL) in effects
    server.lacking = frozenset()
    renew = client.tick(client.next_tick)
    assert message(renew).ias[1] == IA(IAKind.PD, 3, leases=[IALease(0, length=56)])
    exchange(client, server, renew, 1800.0)
    assert [lease.kind for lease in client.leases] == [IAKind.NA, IAKind.PD]


# Retransmission (RFC 8415 section 15)


def test_a_solicit_is_sent_again_at_doubled_times_up_to_an_hour_for_ever() -> None:
    for seed in range(20):
        client = a_client(NA, seed=seed)
        client.start(0.0)
        assert 1.0 < client.next_tick <= 1.1, "the first wait is never shorter than a second"
        times = waits(client, 20)
        for before, after in pairwise(times[:10]):
            assert 1.9 <= after / before <= 2.1
        assert all(3240.0 <= each <= 3960.0 for each in times[-6:])


def test_the_elapsed_time_counts_from_the_first_transmission() -> None:
    client = a_client(NA)
    client.start(50.0)
    at = client.next_tick
    assert message(client.tick(at)).elapsed_hundredths == round((at - 50.0) * 100)
    for _ in range(12):
        effects = client.tick(client.next_tick)
    assert message(effects).elapsed_hundredths == 0xFFFF


def test_transmissions_of_one_exchange_have_one_transaction_id() -> None:
    client = a_client(NA)
    first = message(client.start(0.0)).xid
    assert message(client.tick(client.next_tick)).xid == first


def test_a_request_is_sent_ten_times_and_then_the_client_solicits_again() -> None:
    client, server = a_client(NA), Responder6()
    advertise = server.answer(sent(client.start(0.0)))
    assert advertise is not None
    client.receive(advertise, 0.0)
    kinds = []
    while client.state is State6.REQUESTING:
        effects = client.tick(client.next_tick)
        kinds.append(message(effects).type)
    assert kinds == [MessageType6.REQUEST] * 9 + [MessageType6.SOLICIT]
    assert effects[0] == NoAnswer6(State6.REQUESTING)


def test_clients_do_not_start_at_one_time() -> None:
    starts = set()
    for seed in range(20):
        client = a_client(NA, timing=Timing6(), seed=seed)
        assert client.start(10.0) == ()
        starts.add(client.next_tick)
    assert len(starts) == 20
    assert all(10.0 <= start <= 11.0 for start in starts)


# RENEW and REBIND


def test_a_client_renews_at_t1_with_its_server_and_all_its_leases() -> None:
    client, server = a_client(NA, PD), Responder6()
    bound(client, server)
    assert client.next_tick == 1800.0
    renew = client.tick(1800.0)
    found = message(renew)
    assert (found.type, found.server_id) == (MessageType6.RENEW, DUID)
    assert [(ia.kind, [lease.address for lease in ia.leases]) for ia in found.ias] == [
        (IAKind.NA, [LINK | 1]),
        (IAKind.PD, [PREFIXES | 2 << 72]),
    ]
    effects = exchange(client, server, renew, 1801.0)
    assert [lease.valid_until for lease in granted(effects)] == [9000.0, 9000.0]
    assert client.next_tick == 3600.0


def test_a_client_rebinds_at_t2_with_any_server() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    kinds = []
    while client.state is not State6.REBINDING:
        at = client.next_tick
        effects = client.tick(at)
        kinds.append(message(effects).type)
    assert at == 2880.0
    assert kinds[:-1] == [MessageType6.RENEW] * (len(kinds) - 1)
    assert (kinds[-1], message(effects).server_id) == (MessageType6.REBIND, None)
    other = Responder6(duid=b"other", leases=server.leases)
    found = exchange(client, other, effects, at)
    assert [effect.server for effect in found if isinstance(effect, LeaseGranted6)] == [b"other"]
    assert message(client.tick(client.next_tick)).server_id == b"other"


def test_leases_that_no_server_extends_expire_and_the_client_solicits_again() -> None:
    client = a_client(NA)
    bound(client, Responder6())
    effects: Effects6 = ()
    while client.state is not State6.SOLICITING:
        at = client.next_tick
        effects = client.tick(at)
    assert at == 7200.0
    assert isinstance(effects[0], LeaseEnded6)
    assert effects[0].why == "expired"
    assert message(effects).type == MessageType6.SOLICIT


def test_renewals_wait_ten_seconds_and_at_most_ten_minutes() -> None:
    client = a_client(NA)
    bound(client, Responder6(valid=400_000, t1=100_000, t2=200_000))
    times = waits(client, 12)
    assert 9.0 <= times[0] <= 11.0
    assert all(540.0 <= each <= 660.0 for each in times[-3:])


def test_a_server_without_the_binding_is_asked_for_it() -> None:
    """RFC 8415 section 18.2.10.1: NoBinding leads to a REQUEST to that server."""
    client, server = a_client(NA), Responder6()
    bound(client, server)
    server.leases.clear()
    renew = client.tick(1800.0)
    refused = server.answer(sent(renew))
    assert refused is not None
    request = client.receive(refused, 1800.0)
    asked = message(request)
    assert (asked.type, asked.server_id) == (MessageType6.REQUEST, DUID)
    assert asked.ias[0].leases[0].address == LINK | 1
    exchange(client, server, request, 1801.0)
    assert client.state is State6.BOUND


def test_a_lease_with_the_lifetime_0_ends() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    renew = message(client.tick(1800.0))
    new = IALease(LINK | 77, 100, 200)
    body = pack_ia(IA(IAKind.NA, 1, 50, 80, [IALease(LINK | 1, 0, 0), new]))
    effects = client.receive(server.reply(renew, body=body), 1800.0)
    assert [lease.address for lease in client.leases] == [LINK | 77]
    assert [effect.why for effect in effects if isinstance(effect, LeaseEnded6)] == ["refused"]


def test_a_client_that_loses_its_last_lease_starts_again_after_a_pause() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    renew = message(client.tick(1800.0))
    body = pack_ia(IA(IAKind.NA, 1, 50, 80, [IALease(LINK | 1, 0, 0)]))
    client.receive(server.reply(renew, body=body), 1800.0)
    assert (client.state, client.leases, client.next_tick) == (State6.SOLICITING, (), 1810.0)


def test_an_answer_without_an_extension_does_not_end_the_renewal() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    renew = message(client.tick(1800.0))
    for body in (b"", o6.pack_status(StatusCode.UNSPEC_FAIL), pack_refused_ia(IAKind.NA, 1, StatusCode.UNSPEC_FAIL)):
        client.receive(server.reply(renew, body=body), 1800.0)
        assert client.state is State6.RENEWING
    assert 1809.0 <= client.next_tick <= 1811.0


@pytest.mark.parametrize(
    "ia",
    [
        IA(IAKind.NA, 1, 90, 80, [IALease(LINK | 5, 100, 200)]),
        IA(IAKind.NA, 1, 50, 80, [IALease(LINK | 5, 201, 200)]),
        IA(IAKind.NA, 9, 50, 80, [IALease(LINK | 5, 100, 200)]),
    ],
    ids=["T1 after T2", "preferred longer than valid", "an unknown association"],
)
def test_associations_and_leases_that_are_not_valid_are_not_used(ia: IA) -> None:
    client, server = a_client(NA), Responder6()
    advertise = server.answer(sent(client.start(0.0)))
    assert advertise is not None
    request = message(client.receive(advertise, 0.0))
    assert granted(client.receive(server.reply(request, body=pack_ia(ia)), 0.0)) == []


def test_times_that_the_server_leaves_to_the_client_follow_the_preferred_lifetime() -> None:
    client = a_client(NA)
    bound(client, Responder6(t1=0, t2=0))
    assert (client.bindings.renew_at, client.bindings.rebind_at) == (1800.0, 2880.0)


def test_an_infinite_lease_is_never_renewed() -> None:
    client = a_client(NA)
    bound(client, Responder6(valid=0xFFFFFFFF, t1=0xFFFFFFFF, t2=0xFFFFFFFF))
    assert (client.leases[0].valid_until, client.next_tick) == (inf, inf)


def test_the_earliest_t1_of_all_associations_counts() -> None:
    client, server = a_client(NA, PD), Responder6()
    advertise = server.answer(sent(client.start(0.0)))
    assert advertise is not None
    request = message(client.receive(advertise, 0.0))
    body = pack_ia(IA(IAKind.NA, 1, 300, 480, [IALease(LINK | 1, 600, 900)]))
    body += pack_ia(IA(IAKind.PD, 3, 100, 900, [IALease(PREFIXES, 1000, 2000, 56)]))
    client.receive(server.reply(request, body=body), 0.0)
    assert (client.bindings.renew_at, client.bindings.rebind_at) == (100.0, 480.0)


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
