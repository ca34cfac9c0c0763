"""LEASEQUERY for DHCPv6 (RFC 5007): by address and by client, and who gets an answer."""

from collections.abc import Iterable
from ipaddress import IPv6Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.failover.states import State
from dhcpserver.service.portlimit import LEASE_QUERIES
from dhcpserver.service.turn import Inputs
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6 import Hop, Message, encode_message, parse, read_relay_data
from dhcpserver.wire.dhcp6ia import IALease, pack_address, read_address, read_prefix
from dhcpserver.wire.dhcp6options import MessageType6, Option, StatusCode, read_options
from dhcpserver.wire.dhcp6values import QUERY_BY_ADDRESS, QUERY_BY_CLIENT_ID
from tests.service.v6.pair6 import DUIDS, OFFICE, RELAY, Pair6, Server6, na, pd

HOUR = 3600
LISTED = 'leasequery = true\nleasequery-relays6 = ["2001:db8:ffff::/64"]\n'
REQUESTER = RELAY + 5
DUID = bytes.fromhex("0003000102000000ffff")
SECOND_LINK = """
[[link]]
name = "home"

[[prefix]]
name = "home"
address = "2001:db8:2::/64"
link = "home"
"""
HOME = int(IPv6Address("2001:db8:2::"))


def listed(more: str = "") -> Pair6:
    """A pair that answers the requesters of one network."""
    return Pair6(server=LISTED, more=more)


def query(
    server: Server6,
    kind: int,
    options: Iterable[Option],
    *,
    link: int = 0,
    source: int = REQUESTER,
    relays: Iterable[Hop] = (),
) -> Message | None:
    """Send a query; return the answer."""
    data = bytes((kind,)) + link.to_bytes(16, "big") + o6.pack_options(options)
    octets = encode_message(Message(MessageType6.LEASEQUERY, 77, [(o6.CLIENT_ID, DUID), (o6.LQ_QUERY, data)], relays))
    arrival = Arrival6(0, source, 5000, multicast=False)
    found = server.core.turn(server.pair.moment, Inputs(packets6=[(octets, arrival)])).replies6
    if not found:
        return None
    assert (found[0].address, found[0].port) == (source, 547 if relays else 5000)
    message = parse(found[0].octets)
    assert (message.type, message.xid, message.client_id) == (MessageType6.LEASEQUERY_REPLY, 77, DUID)
    assert message.server_id == server.duid
    return message


def by_address(address: int, *codes: int) -> list[Option]:
    return [*read_options(pack_address(IALease(address))), (o6.OPTION_REQUEST, dhcp6values.pack_codes(codes))]


def by_client(duid: bytes, *codes: int) -> list[Option]:
    return [(o6.CLIENT_ID, duid), (o6.OPTION_REQUEST, dhcp6values.pack_codes(codes))]


def data_of(answer: Message | None) -> dict[int, list[bytes]]:
    """The options of the one CLIENT_DATA."""
    assert answer is not None
    assert answer.status is None
    (data,) = answer.all(o6.CLIENT_DATA)
    found: dict[int, list[bytes]] = {}
    for code, value in read_options(data):
        found.setdefault(code, []).append(value)
    return found


def test_a_query_by_address_is_answered_with_the_binding() -> None:
    """RFC 5007 section 4.3.3: the DUID, the address with the lifetimes that remain, and the time since then."""
    pair = listed()
    (ia,) = pair.main.leased(na(7))
    pair.wait(100)
    found = data_of(query(pair.main, QUERY_BY_ADDRESS, by_address(ia.leases[0].address)))
    assert set(found) == {o6.CLIENT_ID, o6.IA_ADDRESS, o6.CLT_TIME}
    assert found[o6.CLIENT_ID] == [DUIDS[0]]
    lease = read_address(found[o6.IA_ADDRESS][0])
    assert (lease.address, lease.preferred, lease.valid) == (ia.leases[0].address, HOUR - 100, HOUR - 100)
    assert found[o6.CLT_TIME] == [(100).to_bytes(4, "big")]
    requested = data_of(query(pair.main, QUERY_BY_ADDRESS, by_address(lease.address, o6.DNS_SERVERS, 99)))
    assert requested[o6.DNS_SERVERS] == [IPv6Address("2001:db8::53").packed]
    assert 99 not in requested


def test_an_address_in_a_delegated_prefix_leads_to_its_client() -> None:
    """RFC 5007 section 4.1.2.1: or was delegated a prefix that contains the address."""
    pair = listed()
    (ia,) = pair.main.leased(pd(7))
    inside = ia.leases[0].address + 0x1234
    found = data_of(query(pair.main, QUERY_BY_ADDRESS, by_address(inside)))
    lease = read_prefix(found[o6.IA_PREFIX][0])
    assert (lease.address, lease.length) == (ia.leases[0].address, 56)


def test_relay_data_are_sent_on_request_by_the_backup_too_after_the_main_is_dead() -> None:
    """R-203: the relay data cross the link, so the partner answers with them."""
    pair = listed()
    (ia,) = pair.main.leased(na())
    pair.main.crash()
    pair.wait(60)
    assert pair.backup.state is State.COMMUNICATIONS_INTERRUPTED
    found = data_of(query(pair.backup, QUERY_BY_ADDRESS, by_address(ia.leases[0].address, o6.LQ_RELAY_DATA)))
    relay = dhcp6values.relay_data(found[o6.LQ_RELAY_DATA][0])
    assert relay is not None
    assert relay.peer_address == RELAY
    (hop,) = read_relay_data(relay.message)
    assert (hop.interface_id, hop.link_address) == (b"port 7", OFFICE + 1)
    without = data_of(query(pair.backup, QUERY_BY_ADDRESS, by_address(ia.leases[0].address)))
    assert o6.LQ_RELAY_DATA not in without


def test_a_query_by_client_has_all_bindings_of_a_link() -> None:
    pair = listed()
    ias = pair.main.leased(na(1), na(2), pd(3))
    pair.main.leased(na(1), duid=DUIDS[1])
    found = data_of(query(pair.main, QUERY_BY_CLIENT_ID, by_client(DUIDS[0])))
    assert {read_address(data).address for data in found[o6.IA_ADDRESS]} == {ia.leases[0].address for ia in ias[:2]}
    assert [read_prefix(data).address for data in found[o6.IA_PREFIX]] == [ias[2].leases[0].address]


def test_a_client_on_two_links_is_answered_with_the_links() -> None:
    """RFC 5007 section 4.3.3: only LQ_CLIENT_LINK; with one of its addresses the query gets that link."""
    pair = listed(more=SECOND_LINK)
    (ia,) = pair.main.leased(na(1))
    advertised = pair.main.ask(MessageType6.SOLICIT, na(1), link=HOME + 1, duid=DUIDS[0])
    assert advertised is not None
    assert pair.main.ask(MessageType6.REQUEST, *advertised.ias, server=pair.main.duid, link=HOME + 1) is not None
    answer = query(pair.main, QUERY_BY_CLIENT_ID, by_client(DUIDS[0]))
    assert answer is not None
    assert answer.get(o6.CLIENT_DATA) is None
    links = dhcp6values.addresses(answer.get(o6.LQ_CLIENT_LINK))
    assert sorted(links) == [OFFICE, HOME]
    found = data_of(query(pair.main, QUERY_BY_CLIENT_ID, by_client(DUIDS[0]), link=links[links.index(OFFICE)]))
    assert [read_address(data).address for data in found[o6.IA_ADDRESS]] == [ia.leases[0].address]


@pytest.mark.parametrize(
    ("kind", "options", "link", "status"),
    [
        (9, [], 0, StatusCode.UNKNOWN_QUERY_TYPE),
        (QUERY_BY_ADDRESS, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_CLIENT_ID, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_CLIENT_ID, [(o6.CLIENT_ID, bytes(131))], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_ADDRESS, by_address(1), 0, StatusCode.NOT_CONFIGURED),
        (QUERY_BY_ADDRESS, by_address(OFFICE + 1), 1, StatusCode.NOT_CONFIGURED),
        (QUERY_BY_CLIENT_ID, by_client(DUIDS[0]), 1, StatusCode.NOT_CONFIGURED),
    ],
)
def test_a_query_that_has_no_answer_gets_a_status(
    kind: int, options: list[Option], link: int, status: StatusCode
) -> None:
    answer = query(listed().main, kind, options, link=link)
    assert answer is not None
    assert answer.status is not None
    assert answer.status.code == status
    assert answer.get(o6.CLIENT_DATA) is None


def test_what_is_not_leased_gets_a_reply_without_data() -> None:
    pair = listed()
    (ia,) = pair.main.leased(na())
    pair.main.ask(MessageType6.RELEASE, ia, server=pair.main.duid)
    for kind, options in (
        (QUERY_BY_ADDRESS, by_address(ia.leases[0].address)),
        (QUERY_BY_ADDRESS, by_address(OFFICE + 99)),
        (QUERY_BY_CLIENT_ID, by_client(DUIDS[0])),
        (QUERY_BY_CLIENT_ID, by_client(DUIDS[9])),
    ):
        answer = query(pair.main, kind, options)
        assert answer is not None
        assert answer.status is None
        assert answer.get(o6.CLIENT_DATA) is None


@pytest.mark.parametrize(
    ("source", "relays"),
    [
        (OFFICE + 9, []),
        (OFFICE + 9, [REQUESTER]),
        (REQUESTER, [OFFICE + 9]),
    ],
)
def test_only_listed_requesters_get_an_answer_whatever_they_write_into_a_relay_message(
    source: int, relays: list[int]
) -> None:
    """A client can put any peer-address into a RELAY-FORW, and a listed relay forwards what any client sends."""
    hops = [Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, peer) for peer in relays]
    pair = listed()
    (ia,) = pair.main.leased(na())
    answer = query(pair.main, QUERY_BY_ADDRESS, by_address(ia.leases[0].address), source=source, relays=hops)
    assert answer is not None
    assert answer.status is not None
    assert answer.status.code == StatusCode.NOT_ALLOWED
    assert answer.get(o6.CLIENT_DATA) is None


def test_queries_of_listed_requesters_can_be_relayed() -> None:
    pair = listed()
    (ia,) = pair.main.leased(na())
    hops = [Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, REQUESTER + 1)]
    assert data_of(query(pair.main, QUERY_BY_ADDRESS, by_address(ia.leases[0].address), relays=hops))


@pytest.mark.parametrize("server", ["", "leasequery = true\n", 'leasequery-relays6 = ["2001:db8:ffff::/64"]\n'])
def test_without_configuration_no_query_is_answered(server: str) -> None:
    pair = Pair6(server=server)
    (ia,) = pair.main.leased(na())
    assert query(pair.main, QUERY_BY_ADDRESS, by_address(ia.leases[0].address)) is None
    assert pair.main.core.counters6.dropped["leasequery-off"] == 1


def test_a_server_that_serves_no_clients_answers_no_query() -> None:
    """A server in a silent state sends nothing to relays either."""
    pair = listed()
    pair.cut()
    pair.main.crash(lose_disk=True)
    pair.main.start()
    pair.main.turn()
    assert query(pair.main, QUERY_BY_ADDRESS, by_address(OFFICE + 1)) is None
    assert pair.main.core.counters6.dropped["failover"] == 1


def test_a_flood_of_queries_is_limited_by_its_source() -> None:
    pair = listed()
    for _ in range(LEASE_QUERIES):
        assert query(pair.main, QUERY_BY_ADDRESS, by_address(OFFICE + 1)) is not None
    assert query(pair.main, QUERY_BY_ADDRESS, by_address(OFFICE + 1)) is None
    assert query(pair.main, QUERY_BY_ADDRESS, by_address(OFFICE + 1), source=REQUESTER + 1) is not None
    pair.wait(61)
    assert query(pair.main, QUERY_BY_ADDRESS, by_address(OFFICE + 1)) is not None


def test_a_client_with_too_many_leases_is_referred_to_a_bulk_query() -> None:
    """What one query costs does not depend on what a client has leased."""
    pair = listed()
    for start in range(0, 520, 40):
        pair.main.leased(*(na(start + number) for number in range(40)))
    answer = query(pair.main, QUERY_BY_CLIENT_ID, by_client(DUIDS[0]))
    assert answer is not None
    assert answer.status is not None
    assert answer.status.code == StatusCode.UNSPEC_FAIL


def test_relays6_are_networks_of_ipv6() -> None:
    text = '[server]\nname = "a"\nleasequery-relays6 = ["2001:db8::/32"]\n'
    assert str(read(text).server.leasequery_relays6[0]) == "2001:db8::/32"
