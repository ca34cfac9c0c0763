"""Leases of DHCPv6 between two servers: addresses by parity, prefixes in balance, all on the one connection."""

from ipaddress import IPv6Address

import pytest

from dhcpserver.failover.codec import UpdateDone
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import Kind, address6, prefix, text_of
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.leases.pool import Pool, Pool6, PrefixPool
from tests.simulation.endpoints import EndpointServer, EndpointWorld, pair

NETWORK = int(IPv6Address("2001:db8:1::"))
DELEGATED = int(IPv6Address("2001:db8:8000::"))
RESERVED = NETWORK + 0x77
DUID = bytes.fromhex("00030001020000000001")
NA, TA, PD = b"\x03\0\0\0\1", b"\x04\0\0\0\1", b"\x19\0\0\0\1"
KINDS = frozenset(Kind)
PREFIX = prefix(DELEGATED + (200 << 72), 56)


def pools() -> list[Pool]:
    return [
        Pool6("na", NETWORK, 64, reserved=frozenset({RESERVED}), identifiers=True),
        PrefixPool("pd", DELEGATED, 48, 56),
    ]


def running(**settings: object) -> tuple[EndpointWorld, EndpointServer, EndpointServer]:
    world = EndpointWorld()
    main, backup = pair(world, 40, **({"kinds": KINDS, "mclt": 600} | settings))
    for server in (main, backup):
        server.more_pools = pools
        server.start()
    assert world.run(700, lambda: all(each.core.state is State.NORMAL for each in (main, backup)))
    world.run(30)
    return world, main, backup


def bind(server: EndpointServer, key: int, ia: bytes, desired: int = 4000, duid: bytes = DUID) -> Lease | None:
    """Bind a lease as the service does, if the rules of failover let this server."""
    found: list[Lease] = []

    def act(core: Endpoint) -> None:
        now = server.world.now
        client = client_key(duid, b"", ia)
        lease = server.book.record(key)
        assert lease is not None
        if not core.answers(MessageKind.NEW, client).answer or not core.may_give(lease, client, now):
            return
        seconds = core.lease_seconds(lease, desired, now)
        server.book.set_client(lease, duid, b"", ia)
        server.book.set_status(lease, Status.ACTIVE, int(now))
        lease.cltt, lease.state_exp = int(now), int(now) + seconds
        lease.preferred = int(now) + seconds // 2
        lease.relay_info = b"\x20\1" + bytes(14) + b"relay"
        core.granted(lease, desired, now)
        found.append(lease)

    server.turn(act)
    return found[0] if found else None


def content(lease: Lease | None) -> tuple[object, ...]:
    assert lease is not None
    return (lease.status, lease.client_id, lease.ia, lease.state_exp, lease.preferred, lease.relay_info, lease.cltt)


@pytest.mark.parametrize(
    ("key", "ia"),
    [(address6(NETWORK + 0x1235), NA), (address6(NETWORK + 0xABCDE1), TA), (PREFIX, PD)],
    ids=["address", "temporary", "prefix"],
)
def test_a_lease_of_each_kind_reaches_the_partner(key: int, ia: bytes) -> None:
    """R-003, R-005, R-018: every kind on the one connection, with client, association, lifetimes and relay data."""
    world, main, backup = running()
    given = bind(main, key, ia)
    assert given is not None, text_of(key)
    world.run(5)
    assert content(backup.book.get(key)) == content(given)
    assert not given.needs_update
    assert given.acked_pl == given.sent_pl > given.state_exp
    assert given.state_exp == given.cltt + 600, "R-019: no lease of a new client is longer than MCLT"


@pytest.mark.parametrize(("key", "ia"), [(address6(NETWORK + 0x1235), NA), (PREFIX, PD)], ids=["address", "prefix"])
def test_updates_and_acknowledgements_of_dhcpv6_have_their_own_names_in_the_log(key: int, ia: bytes) -> None:
    """R-173: BNDUPD6 and BNDACK6, each with its lease, at both servers."""
    world, main, backup = running()
    bind(main, key, ia)
    world.run(5)
    about = [line.text for server in (main, backup) for line in server.log if f" lease {text_of(key)} " in line.text]
    sent, acknowledged, received = about
    assert sent.startswith("BNDUPD6 sent xid ")
    assert acknowledged.startswith("BNDACK6 received xid ")
    assert received.startswith("BNDUPD6 received xid ")
    assert received.endswith("BNDACK6 sent (accepted).")


def test_the_second_lease_is_as_long_as_desired() -> None:
    """R-019: the lead time of IPv6 is that of IPv4."""
    world, main, _ = running()
    key = address6(NETWORK + 0x1235)
    bind(main, key, NA)
    world.run(60)
    again = bind(main, key, NA)
    assert again is not None
    assert again.state_exp == again.cltt + 4000


def test_addresses_belong_to_a_server_by_parity_for_ever() -> None:
    """R-022: main odd, backup even, with the link up, cut, and in PARTNER-DOWN."""
    world, main, backup = running(use_safe_period=True, safe_period=900)
    odd, even = address6(NETWORK + 0x31), address6(NETWORK + 0x32)
    assert bind(main, even, NA) is None
    world.cut()
    world.run(100)
    assert bind(backup, odd, NA) is None
    assert bind(backup, even, NA) is not None
    assert bind(main, odd, NA) is not None
    world.run(10_000)
    assert main.core.state is State.PARTNER_DOWN
    assert bind(main, address6(NETWORK + 0x34), NA, duid=DUID + b"x") is None, "RFC 8156 section 4.2.2.2"


@pytest.mark.parametrize(
    "key",
    [address6(RESERVED), address6(NETWORK + 0x0200_00FF_FE00_0001)],
    ids=["reserved", "interface identifier"],
)
def test_both_servers_may_give_what_parity_does_not_rule(key: int) -> None:
    """R-025, R-026: a reservation and an address made of an interface identifier, both odd, at the backup."""
    world, _, backup = running()
    world.cut()
    world.run(100)
    assert bind(backup, key, NA) is not None


def test_the_partner_renews_an_address_of_the_other_parity() -> None:
    """R-024: parity does not matter for a client that has the lease."""
    world, main, backup = running()
    odd = address6(NETWORK + 0x31)
    bind(main, odd, NA)
    world.run(5)
    world.cut()
    world.run(100)
    renewed = bind(backup, odd, NA)
    assert renewed is not None
    assert renewed.state_exp > renewed.cltt + 600, "the acknowledged potential expiration counts"


def test_an_ended_address_returns_to_its_owner() -> None:
    """R-022: whoever has noticed its end, both records are at rest with the status of the parity."""
    world, main, backup = running(grace_period=6)
    odd, even = address6(NETWORK + 0x31), address6(NETWORK + 0x32)
    bind(main, odd, NA)
    world.cut()
    world.run(100)
    bind(backup, even, NA, duid=DUID + b"2")
    world.mend()
    world.run(5_000)
    for server in (main, backup):
        for key, status in ((odd, Status.FREE), (even, Status.BACKUP)):
            lease = server.book.get(key)
            assert lease is not None
            assert (lease.status, lease.preferred) == (status, 0), (server.name, text_of(key))
            assert not lease.needs_update
        pool = server.book.pools["na"]
        assert odd in pool.free
        assert even in pool.backup


def test_prefixes_are_balanced_at_half() -> None:
    """R-021, R-110: the backup requests prefixes and gets half, whatever `backup-pct` is."""
    world, main, backup = running(backup_pct=10)
    for server in (main, backup):
        pool = server.book.pools["pd"]
        assert (pool.free.count, pool.backup.count) == (128, 128)
    assert main.book.pools["scope"].backup.count == 4, "of the 40 addresses"
    assert bind(main, max(main.book.pools["pd"].backup), PD) is None
    world.cut()
    world.run(100)
    assert bind(backup, next(iter(backup.book.pools["pd"].backup)), PD) is not None


@pytest.mark.parametrize("everything", [True, False], ids=["lost disk", "crash"])
def test_a_returning_server_gets_every_kind(everything: bool) -> None:
    """R-018: resynchronisation, and recovery from a lost database, of all kinds with one UPDDONE in each family."""
    world, main, backup = running()
    keys = [address6(NETWORK + 0x31), PREFIX]
    backup.crash(lose_disk=everything)
    world.run(100)
    for key, ia in zip(keys, (NA, PD), strict=True):
        assert bind(main, key, ia) is not None
    backup.start()
    assert world.run(3000, lambda: backup.core.state is State.NORMAL)
    world.run(30)
    for key in keys:
        assert content(backup.book.get(key))[:4] == content(main.book.get(key))[:4]


def test_a_request_is_done_when_every_family_is() -> None:
    """Two families: the UPDDONE of one does not complete the answer. The recovery waits for both."""
    _, main, backup = running()
    requests = main.core._exchange.requests
    requests.send(True, main.world.now)
    assert requests.own is not None
    xids = dict(requests.own.open)
    assert sorted(xids) == [4, 6]
    assert not requests.receive_done(UpdateDone(xids[4], 0, 4), main.world.now, foreign=False)
    assert not requests.receive_done(UpdateDone(xids[4], 0, 4), main.world.now, foreign=False)
    assert requests.receive_done(UpdateDone(xids[6], 0, 6), main.world.now, foreign=False)
    assert backup.core.state is State.NORMAL


def test_what_the_partner_acknowledged_is_returned_with_an_update() -> None:
    """RFC 8156 expiration-time: a server that lost its record learns what it promised before."""
    world, main, _ = running()
    key = address6(NETWORK + 0x31)
    lease = bind(main, key, NA)
    assert lease is not None
    world.run(5)
    promised = lease.sent_pl
    main.crash(lose_disk=True)
    world.run(100)
    main.start()
    assert world.run(3000, lambda: main.core.state is State.NORMAL)
    world.run(30)
    again = main.book.get(key)
    assert again is not None
    assert again.sent_pl >= promised


def test_a_partner_without_dhcpv6_gets_no_message_of_it() -> None:
    """A server of an earlier version sends no families: its leases of DHCPv6 wait for a partner that has them."""
    world = EndpointWorld()
    main, backup = pair(world, mclt=600)
    main.more_pools = pools
    main.start(kinds=KINDS)
    backup.start()
    assert world.run(700, lambda: all(each.core.state is State.NORMAL for each in (main, backup)))
    key = address6(NETWORK + 0x31)
    lease = bind(main, key, NA)
    assert lease is not None
    world.run(100)
    assert lease.needs_update
    assert lease.acked_pl == 0
    assert main.request_lease(5) is not None, "DHCPv4 goes on"
    world.run(5)
    assert backup.core.view(world.now).unacked_updates == main.core.view(world.now).unacked_updates == 0
    backup.crash()
    backup.more_pools = pools
    world.run(10)
    backup.start(kinds=KINDS)
    assert world.run(700, lambda: backup.core.state is State.NORMAL)
    world.run(30)
    assert content(backup.book.get(key)) == content(lease)


def test_the_declined_address_is_unavailable_at_both() -> None:
    world, main, backup = running()
    key = address6(NETWORK + 0x31)
    lease = bind(main, key, NA)
    assert lease is not None

    def decline(core: Endpoint) -> None:
        now = int(world.now)
        main.book.set_client(lease, None, b"")
        lease.state_exp = now + 86_400
        main.book.set_status(lease, Status.ABANDONED, now)
        core.changed(lease, now)

    main.turn(decline)
    world.run(5)
    there = backup.book.get(key)
    assert there is not None
    assert (there.status, there.client_id, there.ia) == (Status.ABANDONED, None, b"")
