"""A DHCPv6 client from SOLICIT to its leases, and when it sends again."""

import random
from itertools import pairwise

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import (
    Lease6,
    LeaseGranted6,
    NoAnswer6,
    State6,
    Unavailable6,
)
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.wire import dhcp6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, pack_option
from dhcpserver.wire.dhcp6values import Fqdn
from tests.client.client6 import AT_ONCE, CLIENT, NA, PD, TA, a_client, bound, exchange, granted, message, sent, waits
from tests.client.responder6 import DUID, LINK, PREFIXES, Responder6


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


def test_a_client_with_a_name_sends_it_and_requests_the_answer() -> None:
    """RFC 4704 section 5: without the domain, so the name is partial."""
    identity = Identity6(CLIENT, (NA,), host_name="laptop", user_class=b"staff")
    found = message(Client6(identity, random.Random(1), AT_ONCE).start(0.0))
    assert found.fqdn == Fqdn(0, (b"laptop",), complete=False)
    assert o6.CLIENT_FQDN in found.requested
    assert found.user_classes == (b"staff",)


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
        ratios = [after / before for before, after in pairwise(times[:10])]
        assert all(1.9 <= ratio <= 2.1 for ratio in ratios)
        assert len(set(ratios)) == len(ratios), "each wait is random"
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
