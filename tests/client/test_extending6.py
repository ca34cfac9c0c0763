"""A DHCPv6 client that renews and rebinds: T1, T2, and what a REPLY changes."""

from math import inf

import pytest

from dhcpserver.client.effects6 import (
    Effects6,
    LeaseEnded6,
    LeaseGranted6,
    State6,
    Unavailable6,
)
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from tests.client.client6 import NA, PD, TA, a_client, bound, exchange, granted, message, sent, waits
from tests.client.responder6 import DUID, LINK, PREFIXES, Responder6


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


def test_a_request_that_is_refused_is_not_repeated_at_once() -> None:
    client, server = a_client(NA), Responder6()
    bound(client, server)
    server.leases.clear()
    refused = server.answer(sent(client.tick(1800.0)))
    assert refused is not None
    request = message(client.receive(refused, 1800.0))
    body = pack_refused_ia(IAKind.NA, 1, StatusCode.NO_ADDRS_AVAIL)
    effects = client.receive(server.reply(request, body=body), 1801.0)
    assert effects == (Unavailable6(IAKind.NA, 1, StatusCode.NO_ADDRS_AVAIL),)
    assert (client.state, client.next_tick) == (State6.BOUND, 1811.0)


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


def test_a_temporary_address_has_no_times_of_its_own() -> None:
    client = a_client(NA, TA)
    bound(client, Responder6(t1=3000, t2=3300))
    assert (client.bindings.renew_at, client.bindings.rebind_at) == (3000.0, 3300.0)


@pytest.mark.parametrize(
    ("t1", "t2", "lifetimes", "times"),
    [
        (0, 0, [(0, 100), (60, 100)], (30.0, 48.0)),  # A deprecated address does not count.
        (0, 10, [(100, 200)], (50.0, 50.0)),  # T2 is not before T1.
        (20, 0, [(100, 200)], (20.0, 80.0)),
    ],
)
def test_the_client_chooses_only_the_times_that_are_left_to_it(
    t1: int, t2: int, lifetimes: list[tuple[int, int]], times: tuple[float, float]
) -> None:
    client, server = a_client(NA), Responder6()
    advertise = server.answer(sent(client.start(0.0)))
    assert advertise is not None
    request = message(client.receive(advertise, 0.0))
    leases = [IALease(LINK | number, *each) for number, each in enumerate(lifetimes)]
    client.receive(server.reply(request, body=pack_ia(IA(IAKind.NA, 1, t1, t2, leases))), 0.0)
    assert (client.bindings.renew_at, client.bindings.rebind_at) == times


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
