"""The DHCPv6 service: messages of clients behind a relay, and a pair that shares addresses and prefixes."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.keys import address6, prefix
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import SetPartnerDown
from dhcpserver.service.v6.choice import modified_eui64
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from tests.service.v6.pair6 import DUIDS, OFFICE, Pair6, na, pd, ta

HOUR = 3600
PREFIX = IPv6Network("2001:db8:8000::/48")
RESERVED = """
[[prefix.reservations]]
duid = "00:03:00:01:02:00:00:00:00:05"
ip6address = "2001:db8:1::1f"
options = { 23 = ["2001:db8::54"] }
"""


def only(ias: list[IA]) -> IALease:
    assert len(ias) == 1
    assert len(ias[0].leases) == 1, ias
    return ias[0].leases[0]


def state_after(text: str) -> str:
    """The new state in the line of a change."""
    return text.partition(" -> ")[2].partition(",")[0]


def codes(ias: list[IA]) -> list[int | None]:
    return [None if ia.status is None else ia.status.code for ia in ias]


def test_a_client_gets_an_address_and_a_prefix() -> None:
    """R-018, R-019: SOLICIT, ADVERTISE, REQUEST, REPLY of two associations at once, limited by MCLT."""
    pair = Pair6()
    answer = pair.main.ask(MessageType6.SOLICIT, na(7), pd(8))
    assert answer is not None
    assert answer.type == MessageType6.ADVERTISE
    assert (answer.server_id, answer.client_id, answer.xid) == (pair.main.duid, DUIDS[0], 0x123456)
    assert answer.relays[0].interface_id == b"port 7"
    assert not pair.main.core.book.leases.keys() & {address6(answer.ias[0].leases[0].address)}, (
        "an ADVERTISE binds none"
    )
    reply = pair.main.ask(MessageType6.REQUEST, *answer.ias, server=pair.main.duid)
    assert reply is not None
    first, second = reply.ias
    assert first.leases == answer.ias[0].leases, "the address that was advertised"
    address, delegated = first.leases[0], second.leases[0]
    assert IPv6Address(address.address) in IPv6Network("2001:db8:1::/64")
    assert address.address & 1, "R-022: the main gives odd addresses"
    assert not address.address >> 57 & 1, "R-026: the universal bit of a random address is 0"
    assert IPv6Network((delegated.address, delegated.length)).subnet_of(PREFIX)
    assert delegated.length == 56
    for ia, lease in ((first, address), (second, delegated)):
        assert (lease.preferred, lease.valid) == (HOUR, HOUR)
        assert (ia.t1, ia.t2) == (1800, 2880)
    bound = pair.backup.lease(address6(address.address))
    assert (bound.status, bound.client_id, bound.ia) == (Status.ACTIVE, DUIDS[0], b"\3\0\0\0\7")
    assert bound.relay_info is not None
    assert b"port 7" in bound.relay_info, "R-203: the relay data cross the link"


def test_renewals_get_the_configured_lifetimes() -> None:
    """R-020: valid 4 h and preferred 2 h, when failover allows 5 h."""
    pair = Pair6()
    ias = pair.main.leased(na())
    pair.wait(1800)
    reply = pair.main.ask(MessageType6.RENEW, *ias, server=pair.main.duid)
    assert reply is not None
    lease = only(reply.ias)
    assert (lease.preferred, lease.valid) == (2 * HOUR, 4 * HOUR)
    assert (reply.ias[0].t1, reply.ias[0].t2) == (HOUR, 2 * HOUR * 4 // 5)


def test_lifetimes_between_the_limits() -> None:
    """R-020: where failover allows 3 h, preferred stays 2 h and valid is 3 h."""
    pair = Pair6()
    ias = pair.main.leased(na())
    pair.cut()
    pair.wait(10)
    lease = pair.main.lease(address6(only(ias).address))
    pair.now = float(lease.acked_pl - 2 * HOUR)
    reply = pair.main.ask(MessageType6.RENEW, *ias, server=pair.main.duid)
    assert reply is not None
    found = only(reply.ias)
    assert (found.preferred, found.valid) == (2 * HOUR, 3 * HOUR)


def test_the_backup_is_silent_in_normal() -> None:
    """R-013: it ignores SOLICIT and REQUEST; it extends what it knows when a client rebinds."""
    pair = Pair6()
    assert pair.backup.ask(MessageType6.SOLICIT, na()) is None
    ias = pair.main.leased(na())
    reply = pair.backup.ask(MessageType6.REBIND, *ias)
    assert reply is not None
    assert only(reply.ias).address == only(ias).address
    assert pair.backup.ask(MessageType6.REBIND, na(5, OFFICE + 0x55)) is None, "an unknown client"


def test_the_backup_gives_even_addresses_and_its_own_prefixes_when_the_link_is_cut() -> None:
    """R-009, R-022, R-023: a client's wish for an odd address is not granted by the backup."""
    pair = Pair6(prefix='allocation-algorithms = ["client-request", "random"]')
    own = set(pair.backup.core.book.pools["pd"].backup)
    pair.cut()
    pair.wait(100)
    assert pair.backup.state is State.COMMUNICATIONS_INTERRUPTED
    for number, duid in enumerate(DUIDS[:20]):
        ias = pair.backup.leased(na(1, OFFICE + 0x101 + 2 * number), pd(), duid=duid)
        assert not only(ias[:1]).address & 1
        delegated = only(ias[1:])
        assert prefix(delegated.address, delegated.length) in own
    wished = pair.backup.leased(na(1, OFFICE + 0x202), duid=DUIDS[30])
    assert only(wished).address == OFFICE + 0x202


def test_the_survivor_renews_everything_and_gives_its_own_parity_only() -> None:
    """R-005, R-022: after the takeover too."""
    pair = Pair6()
    ias = pair.main.leased(na(), ta(2), pd(3))
    pair.cut()
    pair.wait(86_400 + 200, step=300)
    assert pair.backup.state is State.PARTNER_DOWN
    fresh = pair.backup.leased(na(), duid=DUIDS[9])
    assert not only(fresh).address & 1
    pair2 = Pair6()
    ias = pair2.main.leased(na(), ta(2), pd(3))
    pair2.cut()
    pair2.wait(600)
    reply = pair2.backup.ask(MessageType6.REBIND, *ias)
    assert reply is not None
    assert [only([ia]).address for ia in reply.ias] == [only([ia]).address for ia in ias]
    assert all(only([ia]).valid > HOUR for ia in reply.ias)


def test_associations_are_separate() -> None:
    """Three spaces of IAIDs: NA 1, TA 1 and PD 1 of one client are different leases, and two NA too."""
    pair = Pair6()
    ias = pair.main.leased(na(1), na(2), ta(1), pd(1), pd(2))
    addresses = [only([ia]).address for ia in ias]
    assert len(set(addresses)) == 5
    assert (ias[2].kind, ias[2].t1) == (IAKind.TA, 0)


def test_a_temporary_address_is_new_for_a_new_association() -> None:
    pair = Pair6()
    first, again = pair.main.leased(ta(1)), pair.main.leased(ta(1))
    other = pair.main.leased(ta(2))
    assert only(first).address == only(again).address != only(other).address


def test_a_reservation_is_served_by_both() -> None:
    """R-025: the odd reserved address by the backup when the main is down; with the reservation's own options."""
    pair = Pair6(prefix=RESERVED)
    duid = bytes.fromhex("00030001020000000005")
    reserved = int(IPv6Address("2001:db8:1::1f"))
    assert only(pair.main.leased(na(), duid=DUIDS[8])).address != reserved
    pair.cut()
    pair.wait(100)
    assert only(pair.backup.leased(na(), duid=duid)).address == reserved


def test_interface_identifiers_of_either_parity() -> None:
    """R-026: an EUI-64 address is given by both servers; it is in no random address."""
    pair = Pair6(prefix='allocation-algorithms = ["interface-identifier", "random"]')
    pair.cut()
    pair.wait(100)
    for number, server in enumerate((pair.main, pair.backup)):
        for last in (0x54, 0x55):
            hardware = bytes((0, 0x11, 0x22, 0x33, number, last))
            found = only(server.leased(na(), duid=bytes.fromhex("00030001") + hardware)).address
            assert found == OFFICE | modified_eui64(hardware)
    local = bytes.fromhex("020000000001")
    assert modified_eui64(local) & 1
    found = only(pair.backup.leased(na(), duid=bytes.fromhex("00030001") + local)).address
    assert not found & 1, "an identifier that is not unique has no exemption"


def test_release_and_decline() -> None:
    """A released prefix is free for others by agreement; a declined address is unavailable; unknown: NoBinding."""
    pair = Pair6()
    ias = pair.main.leased(na(), pd(2))
    address, delegated = only(ias[:1]), only(ias[1:])
    reply = pair.main.ask(MessageType6.RELEASE, ias[1], na(9, OFFICE + 9), server=pair.main.duid)
    assert reply is not None
    assert reply.status is not None
    assert reply.status.code == StatusCode.SUCCESS
    assert codes(reply.ias) == [StatusCode.NO_BINDING]
    pair.wait(20)
    assert pair.main.lease(prefix(delegated.address, 56)).status is Status.FREE
    reply = pair.main.ask(MessageType6.DECLINE, ias[0], server=pair.main.duid)
    assert reply is not None
    for server in (pair.main, pair.backup):
        assert server.lease(address6(address.address)).status is Status.ABANDONED
    assert only(pair.main.leased(na())).address != address.address


def test_confirm_tests_the_link_alone() -> None:
    pair = Pair6()
    ias = pair.main.leased(na())
    for addresses, status in (((only(ias).address,), StatusCode.SUCCESS), ((1 << 127,), StatusCode.NOT_ON_LINK)):
        reply = pair.main.ask(MessageType6.CONFIRM, na(1, *addresses))
        assert reply is not None
        assert reply.status is not None
        assert reply.status.code == status
    assert pair.main.ask(MessageType6.CONFIRM, na(1)) is None, "no addresses to test"


def test_a_request_for_another_link_is_refused_in_its_association() -> None:
    pair = Pair6()
    reply = pair.main.ask(MessageType6.REQUEST, na(1, 1 << 127), pd(2), server=pair.main.duid)
    assert reply is not None
    assert codes(reply.ias) == [StatusCode.NOT_ON_LINK, None]


def test_unknown_addresses_in_a_renewal_end() -> None:
    """RFC 8415 section 18.3.4: lifetimes of 0 for what the client does not have."""
    pair = Pair6()
    ias = pair.main.leased(na())
    own = only(ias).address
    reply = pair.main.ask(MessageType6.RENEW, na(1, own, OFFICE + 0x99), server=pair.main.duid)
    assert reply is not None
    found = {lease.address: lease.valid > 0 for lease in reply.ias[0].leases}
    assert found == {own: True, OFFICE + 0x99: False}


def test_rapid_commit_where_the_policy_allows_it() -> None:
    pair = Pair6(policy="allow-rapid-commit = true")
    reply = pair.main.ask(MessageType6.SOLICIT, na(), options=[(o6.RAPID_COMMIT, b"")])
    assert reply is not None
    assert (reply.type, reply.rapid_commit) == (MessageType6.REPLY, True)
    assert pair.backup.lease(address6(only(reply.ias).address)).status is Status.ACTIVE
    pair.cut()
    pair.wait(100)
    answer = pair.main.ask(MessageType6.SOLICIT, na(), duid=DUIDS[3], options=[(o6.RAPID_COMMIT, b"")])
    assert answer is not None
    assert answer.type == MessageType6.ADVERTISE, "both servers answer now: the client has to choose"


def test_information_without_a_binding() -> None:
    pair = Pair6()
    reply = pair.main.ask(MessageType6.INFORMATION_REQUEST, options=[(o6.OPTION_REQUEST, b"\0\x17")])
    assert reply is not None
    assert reply.get(o6.DNS_SERVERS) == IPv6Address("2001:db8::53").packed
    assert not pair.main.core.book.leases.keys() - set(pair.main.core.book.pools["pd"].backup), "nothing is bound"


def test_max_leases_limits_a_prefix_and_its_memory() -> None:
    """What a /64 costs is what is leased: a record that rests is used again, and no more leases than allowed exist."""
    pair = Pair6(alone=True, prefix="max-leases = 10")
    server = pair.main
    for duid in DUIDS[:10]:
        only(server.leased(na(), duid=duid))
    answer = server.ask(MessageType6.SOLICIT, na(), duid=DUIDS[20])
    assert answer is not None
    assert codes(answer.ias) == [StatusCode.NO_ADDRS_AVAIL]
    assert [line.id for line in server.log].count(18240) == 1
    ias = server.leased(na(), duid=DUIDS[0])
    server.ask(MessageType6.RELEASE, *ias, duid=DUIDS[0], server=server.duid)
    pair.wait(30)
    for duid in DUIDS[30:50]:
        got = server.leased(na(), duid=duid)
        server.ask(MessageType6.RELEASE, *got, duid=duid, server=server.duid)
        pair.wait(30)
    assert server.core.book.pools["na"].records == 10


def test_delegated_prefixes_run_out() -> None:
    pair = Pair6(alone=True, delegation="max-leases = 2")
    got = {only(pair.main.leased(pd(), duid=duid)).address for duid in DUIDS[:2]}
    assert len(got) == 2
    answer = pair.main.ask(MessageType6.SOLICIT, pd(), duid=DUIDS[3])
    assert answer is not None
    assert codes(answer.ias) == [StatusCode.NO_PREFIX_AVAIL]


@pytest.mark.parametrize("link", [0, 1 << 126], ids=["none", "unknown"])
def test_a_message_without_a_link_is_dropped_and_logged(link: int) -> None:
    pair = Pair6(alone=True)
    assert pair.main.ask(MessageType6.SOLICIT, na(), link=link) is None
    assert pair.main.core.counters6.dropped == {"no-link": 1}


def test_any_number_of_solicits_costs_no_memory() -> None:
    """An ADVERTISE is computed from a secret and the client, so nothing is remembered of it."""
    pair = Pair6(alone=True)
    before = len(pair.main.core.book.leases)
    for number in range(2000):
        pair.main.ask(MessageType6.SOLICIT, na(), pd(), duid=b"\0\1" + number.to_bytes(4, "big"))
    assert len(pair.main.core.book.leases) == before


def test_random_addresses_never_have_the_universal_bit() -> None:
    """R-026, over many clients; nor are they subnet anycast addresses (RFC 2526)."""
    pair = Pair6(alone=True)
    found = {only(pair.main.leased(na(), duid=duid)).address for duid in DUIDS}
    assert len(found) == len(DUIDS)
    assert not any(address >> 57 & 1 for address in found)
    assert all(address & (2**64 - 1) < 0xFDFF_FFFF_FFFF_FF80 for address in found)


def test_a_lease_ends_when_its_address_is_reserved_for_another_client() -> None:
    """At the next renewal it gets lifetimes of 0, and the client of the reservation gets the address."""
    pair = Pair6(alone=True)
    ias = pair.main.leased(na())
    address = only(ias).address
    plan = pair.main.core.plan6.prefixes["na"]
    pair.main.lease(address6(address)).reserved = True
    plan.reserved[DUIDS[5]] = address6(address)
    reply = pair.main.ask(MessageType6.RENEW, *ias, server=pair.main.duid)
    assert reply is not None
    assert (only(reply.ias).address, only(reply.ias).valid) == (address, 0)


def test_addresses_are_not_moved_whatever_the_percentage_is() -> None:
    """R-022, C-15: parity is not balanced; only prefixes are."""
    pair = Pair6()
    for duid in DUIDS[:10]:
        pair.main.leased(na(), duid=duid)
    pair.wait(7300, step=100)
    for server in (pair.main, pair.backup):
        moved = [line.text for line in server.log if line.id == 18111 and "'na'" in line.text]
        assert moved == []


def test_thresholds_of_a_prefix_are_lines_of_the_log() -> None:
    """Low at 20 % of max-leases, and enough again at 25 %; in the status as well."""
    pair = Pair6(alone=True, prefix="max-leases = 20")
    for duid in DUIDS[:16]:
        pair.main.leased(na(), duid=duid)
    pair.wait(2)
    level = pair.main.core.watch.thresholds6.of_pool("na")
    assert (level.free, level.configured, level.is_low) == (4, 20, True)
    assert [line.id for line in pair.main.log if line.id in (18112, 18127)] == [18112]
    for duid in DUIDS[:2]:
        pair.main.ask(MessageType6.RELEASE, *pair.main.leased(na(), duid=duid), duid=duid, server=pair.main.duid)
    pair.wait(30)
    assert [line.id for line in pair.main.log if line.id in (18112, 18127)] == [18112, 18127]


def test_new_clients_wait_where_addresses_of_dhcpv6_would_have_to_be_probed() -> None:
    """After Set Partner Down in RECOVER, a prefix of a lost lease could go to a second client."""
    pair = Pair6()
    ias = pair.main.leased(pd())
    pair.main.crash()
    pair.backup.crash(lose_disk=True)
    pair.wait(100)
    pair.backup.start()
    pair.wait(100)
    pair.backup.turn(command=SetPartnerDown("example", None, True, "jo"))
    assert [state_after(line.text) for line in pair.backup.log if line.id == 18100][-2:] == ["RECOVER", "PARTNER-DOWN"]
    answer = pair.backup.ask(MessageType6.SOLICIT, na(), pd(), duid=DUIDS[7])
    assert answer is not None
    assert codes(answer.ias) == [StatusCode.NO_ADDRS_AVAIL, StatusCode.NO_PREFIX_AVAIL]
    pair.wait(4 * HOUR + 60, step=600)
    given = pair.backup.leased(na(), pd(), duid=DUIDS[7])
    assert [len(ia.leases) for ia in given] == [1, 1]
    assert ias
