"""A pair made from a configuration text: shares, lead time, grace periods, commands, failover off and on."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.failover.effects import Transmit
from dhcpserver.failover.errors import OperatorError, StillRecovering
from dhcpserver.failover.link.handshake import check_connect, connect, peer_of
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.service.core import Core
from dhcpserver.service.pairing import grace_periods, max_unacked, pair_settings, pool_settings
from dhcpserver.service.turn import Command, ForceAvailable, LinkData, LinkDown, SetPartnerDown, Stop, UseSafePeriod
from dhcpserver.wire import failover4
from dhcpserver.wire.dhcp4 import Packet, encode
from dhcpserver.wire.failover4 import Reject, Vendor
from dhcpserver.wire.failover4_bindings import BindingAck, encode_update
from dhcpserver.wire.framing import Framer
from dhcpserver.wire.options4 import MessageType
from tests.failover.books import DAY, HOUR, NOW
from tests.failover.paired import CONFIGURATION, GIADDR, RELAY, Site, normal, seconds, shares, status_of
from tests.failover.scripted import stored_record

# The configuration


@pytest.mark.parametrize(
    ("requests", "expected"), [(500, 100), (1000, 200), (60, 60), (1, 1), (100, 100), (100_000, 20_000)]
)
def test_the_default_of_max_unacked_bndupd(requests: int, expected: int) -> None:
    """R-156: a fifth of max-dhcp-requests, but at least 100, or all of them if there are fewer."""
    assert max_unacked(requests) == expected
    text = CONFIGURATION.replace('name = "a"', f'name = "a"\nmax-dhcp-requests = {requests}', 1)
    assert settings_of(text).max_unacked == expected
    text = text.replace("backup-pct = 20", "backup-pct = 20\nmax-unacked-bndupd = 7", 1)
    assert settings_of(text).max_unacked == 7


def test_each_scope_has_the_grace_period_of_its_policy() -> None:
    """An ended lease is reserved for its client for that time."""
    configuration = read(CONFIGURATION)
    assert grace_periods(configuration) == {"plain": 100, "own": 7, "boots": 100, "closed": 100}
    assert {name: found.grace_period for name, found in pool_settings(configuration).items()} == {
        "plain": 100,
        "own": 7,
        "boots": 100,
        "closed": 100,
    }
    for text in (CONFIGURATION, CONFIGURATION.replace('backup = "b"', 'backup = "b"\nfailover = false')):
        site = Site(text)
        site.now += 20
        site.turn()
        ends = {}
        for number, relay in ((1, "192.0.2.1"), (2, "198.51.100.1")):
            offer = site.client(number, MessageType.DISCOVER, relay=int(IPv4Address(relay)))
            assert offer is not None
            ack = site.client(
                number,
                MessageType.REQUEST,
                (50, offer.yiaddr.to_bytes(4, "big")),
                (54, RELAY.address.to_bytes(4, "big")),
                relay=int(IPv4Address(relay)),
            )
            ends[offer.yiaddr] = int(site.now) + seconds(ack)
        for (address, end), grace in zip(ends.items(), (100, 7), strict=True):
            lease = site.core.book.get(address)
            assert lease is not None
            assert (lease.state_exp, lease.due) == (end, end + grace)


@pytest.mark.parametrize(
    ("text", "message"),
    [("dynamic-bootp = true", "needs bootp"), ("bootp = true\ndynamic-bootp = true", None), ("bootp = true", None)],
)
def test_dynamic_bootp_needs_bootp(text: str, message: str | None) -> None:
    """It serves BOOTP clients without a reservation too."""
    changed = CONFIGURATION.replace('name = "plain"', f'name = "plain"\n{text}')
    if message is None:
        configuration = read(changed)
        assert pool_settings(configuration)["plain"].dynamic_bootp is ("dynamic" in text)
        plan = Core(configuration, bytes(16), "1").plan.pools["plain"]
        assert (plan.bootp, plan.dynamic_bootp) == (True, "dynamic" in text)
        return
    with pytest.raises(ValueError, match=message):
        read(changed)


def test_shares_are_as_configured_for_scope_pair_and_dynamic_bootp() -> None:
    """R-047, R-048, R-104, R-109 to R-112, R-249, R-251; C-25: 0 in a scope is a valid percentage."""
    site = normal()
    assert shares(site) == {"plain": (80, 20), "own": (100, 0), "boots": (40, 60), "closed": (100, 0)}
    assert [site.core.wanted_backup_pct(name) for name in ("plain", "own", "boots")] == [20, 0, 60]
    boundary = site.core.book.pools["plain"].backup
    assert (min(boundary), max(boundary)) == (int(IPv4Address("192.0.2.30")), int(IPv4Address("192.0.2.49")))


def test_load_balancing_makes_equal_shares_whatever_else_is_configured() -> None:
    """R-050, R-112, R-115: pair, scope and dynamic BOOTP percentages are ignored."""
    text = CONFIGURATION.replace("backup-pct = 20", "backup-pct = 20\nload-balancing = true", 1)
    site = normal(text)
    assert shares(site) == {"plain": (50, 50), "own": (50, 50), "boots": (50, 50), "closed": (100, 0)}


def test_the_backup_gets_addresses_below_the_boundary_first_then_above() -> None:
    """R-198 to R-201: downwards from it; clients of the main get the lowest address."""
    text = CONFIGURATION.replace("backup-pct = 20", "backup-pct = 60", 1)
    site = normal(text)
    backup = [address - int(IPv4Address("192.0.2.0")) for address in site.core.book.pools["plain"].backup]
    assert backup == [*range(10, 70)]
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    assert IPv4Address(offer.yiaddr) == IPv4Address("192.0.2.70")


# Lead time, in packets


def test_the_worked_example_in_packets() -> None:
    """R-122, R-129 to R-131: three days desired, MCLT one hour; T1 and T2 are computed from the granted time."""
    site = normal()
    start = int(site.now)
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    assert seconds(offer) == 3600
    named = (54, RELAY.address.to_bytes(4, "big"))
    ack = site.client(1, MessageType.REQUEST, (50, offer.yiaddr.to_bytes(4, "big")), named)
    assert (seconds(ack), seconds(ack, 58), seconds(ack, 59)) == (3600, 1800, 3150)
    (update,) = site.updates()
    assert (update.state_exp, update.potential) == (start + 3600, start + 388_800)
    site.acknowledge([update])
    site.now += 1800
    renewal = start + 1800
    site.receive(failover4.encode(failover4.Contact(xid=1), int(site.now)))
    ack = site.client(1, MessageType.REQUEST, ciaddr=offer.yiaddr)
    assert (seconds(ack), seconds(ack, 58), seconds(ack, 59)) == (259_200, 129_600, 226_800)
    (update,) = site.updates()
    assert (update.state_exp, update.potential) == (renewal + 259_200, renewal + 388_800)


def test_limits_only_the_first_grant_of_an_infinite_lease() -> None:
    """After the partner has acknowledged the infinite potential, the lease is infinite."""
    site = normal(CONFIGURATION.replace('dhcp-lease-time = "3d"', f"dhcp-lease-time = {FOREVER}"))
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    named = (54, RELAY.address.to_bytes(4, "big"))
    ack = site.client(1, MessageType.REQUEST, (50, offer.yiaddr.to_bytes(4, "big")), named)
    assert seconds(ack) == 3600
    (update,) = site.updates()
    assert update.potential == FOREVER
    site.acknowledge([update])
    site.now += 2000
    for _ in range(2):
        ack = site.client(1, MessageType.REQUEST, ciaddr=offer.yiaddr)
        assert seconds(ack) == FOREVER
    lease = site.core.book.get(offer.yiaddr)
    assert lease is not None
    assert lease.state_exp == FOREVER


def test_logs_why_a_lease_is_shorter_than_configured() -> None:
    """R-120: on the first lease, and while the partner does not acknowledge."""
    site = normal(CONFIGURATION.replace('name = "a"', 'name = "a"\nlog-settings = ["default", "client-detail"]', 1))
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    named = (54, RELAY.address.to_bytes(4, "big"))
    site.client(1, MessageType.REQUEST, (50, offer.yiaddr.to_bytes(4, "big")), named)
    (line,) = [line.text for line in site.out.lines if line.id == 18116]
    assert line.endswith("limited to 3600 s (wanted 259200): new lease.")
    (update,) = site.updates()
    site.acknowledge([update])
    site.turn(link=[LinkDown(1, "cut")])
    site.now += 5 * DAY
    site.client(1, MessageType.REQUEST, ciaddr=offer.yiaddr)
    (line,) = [line.text for line in site.out.lines if line.id == 18116]
    assert line.endswith("limited to 3600 s (wanted 259200): partner not communicating.")


def test_refuses_a_connection_if_only_one_server_balances_the_load() -> None:
    """R-167: both must be restarted for it. With a connection, some clients would get no answer until then."""
    for ours, theirs in ((True, False), (False, True)):
        balanced = replace(settings_of(CONFIGURATION), main=False, load_balancing=ours)
        request = connect(replace(balanced, main=True, load_balancing=theirs), 1, Vendor(version=1, role=0))
        request = replace(request, time=NOW)
        refusal = check_connect(balanced, request, peer_of(request), NOW)
        assert refusal is not None
        assert refusal[0] == Reject.HASH_BUCKETS


def settings_of(text: str) -> PairSettings:
    settings = pair_settings(read(text), bytes(16), "1")
    assert settings is not None
    return settings


# Commands


def test_executes_or_refuses_an_operators_command() -> None:
    """R-141, R-150, R-186: by the pair's name; a refused command changes nothing."""
    site = normal()
    endpoint = site.core.endpoint
    assert endpoint is not None

    def refusal(command: Command) -> Exception | None:
        ((_, answer),) = site.turn(command=command).answers
        return answer

    assert refusal(UseSafePeriod("example", False, "jo")) is None
    assert not endpoint.view(site.now).use_safe_period
    assert isinstance(refusal(UseSafePeriod("other", True, "jo")), OperatorError)
    assert isinstance(refusal(SetPartnerDown("other", None, False, "jo")), OperatorError)
    assert refusal(SetPartnerDown("example", None, False, "jo")) is None
    assert endpoint.state is State.PARTNER_DOWN
    recovering = Site(CONFIGURATION, stored_record(State.RECOVER))
    recovering.now += 20
    recovering.turn()
    ((_, answer),) = recovering.turn(command=Stop(False, force=False)).answers
    assert isinstance(answer, StillRecovering)
    ((_, answer),) = recovering.turn(command=Stop(False)).answers
    assert answer is None


def test_an_unavailable_address_can_be_forced_available() -> None:
    """From ABANDONED to RESET by an operator, then to FREE when the partner agrees."""
    site = normal()
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    address, named = offer.yiaddr, (54, RELAY.address.to_bytes(4, "big"))
    asked = (50, address.to_bytes(4, "big"))
    site.client(1, MessageType.REQUEST, asked, named)
    site.settle()
    site.client(1, MessageType.DECLINE, asked, named)
    (update,) = site.updates()
    assert (update.status, update.hardware) == (Status.ABANDONED, b"")
    site.acknowledge([update])
    site.turn(command=ForceAvailable(address, "jo"))
    (update,) = site.updates()
    assert update.status == Status.RESET
    statuses = [status_of(site, address)]
    site.acknowledge([update])
    statuses.append(status_of(site, address))
    assert statuses == [Status.RESET, Status.FREE]
    ((_, answer),) = site.turn(command=ForceAvailable(address, "jo")).answers
    assert isinstance(answer, OperatorError)


def test_a_flood_of_updates_does_not_delay_clients() -> None:
    """R-157: one turn answers all packets, and a bounded number of updates; the next turns answer the others."""
    site = normal(CONFIGURATION.replace("backup-pct = 20\n", "backup-pct = 20\nmax-unacked-bndupd = 2000\n", 1))
    flood = b""
    for number in range(2000):
        address = int(IPv4Address("198.51.100.10")) + number % 100
        hardware = b"\1" + number.to_bytes(6, "big")
        when = int(site.now) + number % 4
        flood += encode_update(number + 1, when, address, 2, None, hardware, when + 60, when + 90, when, when, 0, None)
    packets = []
    for number in range(50):
        packet = Packet(1, 1, 6, 0, number, 3, 0, 0, 0, 0, GIADDR, (7000 + number).to_bytes(6, "big"), {})
        packets.append(encode(packet, [(53, bytes([MessageType.DISCOVER]))]))
    out = site.turn(*packets, link=[LinkData(1, flood)])
    assert len(out.replies) == 50
    octets = b"".join(effect.data for effect in out.link if isinstance(effect, Transmit))
    assert sum(isinstance(message, BindingAck) for message in Framer().feed(octets)) == 1000
    deadline = site.core.deadline()
    assert deadline is not None
    assert deadline <= site.moment.steady
    out = site.turn()
    octets = b"".join(effect.data for effect in out.link if isinstance(effect, Transmit))
    assert sum(isinstance(message, BindingAck) for message in Framer().feed(octets)) == 1000


# Failover off, and on again


def test_records_that_failover_was_switched_off() -> None:
    """R-045, R-197: once, with the time. Packets are answered meanwhile, and the state is kept for later."""
    text = CONFIGURATION.replace('backup = "b"', 'backup = "b"\nfailover = false')
    record = stored_record(State.NORMAL)
    site = Site(text, record)
    assert site.out.record == replace(record, out_of_relationship=NOW)
    assert any(line.id == 18122 for line in site.out.lines)
    assert site.core.endpoint is None
    assert site.turn().record is None
    assert seconds(site.client(1, MessageType.DISCOVER)) == 3 * DAY
    again = Site(text, replace(record, out_of_relationship=NOW - 500))
    assert again.out.record is None, "the time is that of the first start without failover"
    pair = text[text.index("[[failover-pair]]") : text.index("[[policy]]")]
    removed = Site(text.replace(pair, ""), record)
    assert removed.out.record == replace(record, out_of_relationship=NOW)
    on = Site(CONFIGURATION, replace(record, out_of_relationship=NOW - 500))
    on.now += 11
    out = on.turn()
    assert on.core.endpoint is not None
    assert on.core.endpoint.state is State.PARTNER_DOWN
    assert out.record is not None
    assert out.record.out_of_relationship == 0


def test_a_renamed_pair_keeps_its_state_and_one_with_changed_roles_does_not() -> None:
    """R-204, R-205; C-13."""
    for old, new, expected in (
        ('name = "example"', 'name = "renamed"', State.COMMUNICATIONS_INTERRUPTED),
        ('main = "a"\nbackup = "b"', 'main = "b"\nbackup = "a"', State.RECOVER),
    ):
        site = Site(CONFIGURATION.replace(old, new), stored_record(State.NORMAL))
        site.now += 11
        site.turn()
        assert site.core.endpoint is not None
        assert site.core.endpoint.state is expected


# Dynamic BOOTP, deactivated scopes


def taken(site: Site, relay: str, most: int = 200) -> int:
    """Return how many new clients get an address behind a relay."""
    for count in range(most):
        if site.client(50_000 + count, MessageType.DISCOVER, relay=int(IPv4Address(relay))) is None:
            return count
    return most


def test_the_partners_addresses_of_a_dynamic_bootp_scope_are_never_used() -> None:
    """R-049, R-247, I10: not even in PARTNER-DOWN long after MCLT, when those of other scopes are."""
    site = normal()
    site.turn(command=SetPartnerDown("example", None, False, "jo"))
    site.now += 2 * HOUR
    site.turn()
    assert taken(site, "203.0.113.1") == 40
    assert taken(site, "192.0.2.1") == 100


def test_a_deactivated_scope_gives_and_moves_no_addresses() -> None:
    """Its addresses are in neither share."""
    site = normal()
    assert shares(site)["closed"] == (100, 0)
    assert taken(site, "203.0.114.1") == 0
