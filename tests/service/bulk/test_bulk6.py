"""Bulk queries of DHCPv6 (RFC 5460): what each kind selects, in pieces, while leases come and go."""

from collections.abc import Iterable
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.states import State
from dhcpserver.service.bulk.query import RECORDS_PER_STEP
from dhcpserver.service.bulk.session import BulkSession
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.bulkframes import LARGEST_MESSAGE, Frames, pack_message
from dhcpserver.wire.dhcp6 import Hop, Message, encode, parse
from dhcpserver.wire.dhcp6ia import IALease, pack_address, read_address
from dhcpserver.wire.dhcp6options import MessageType6, Option, StatusCode, pack_option, read_options
from dhcpserver.wire.dhcp6values import (
    QUERY_BY_ADDRESS,
    QUERY_BY_CLIENT_ID,
    QUERY_BY_LINK_ADDRESS,
    QUERY_BY_RELAY_ID,
    QUERY_BY_REMOTE_ID,
)
from tests.service.v6.pair6 import DUIDS, OFFICE, Pair6, Server6, na, pd
from tests.service.v6.test_leasequery6 import DUID, HOME, SECOND_LINK, listed

RELAY_DUID = bytes.fromhex("00030001020000009999")
EMPTY = listed()
REMOTE = bytes.fromhex("0000007b") + b"line 7"


def question(kind: int, options: Iterable[Option] = (), link: int = 0, xid: int = 9) -> bytes:
    data = dhcp6values.pack_lease_query(dhcp6values.LeaseQuery(kind, link, tuple(options)))
    return pack_message(encode(MessageType6.LEASEQUERY, xid, pack_option(o6.CLIENT_ID, DUID) + data))


def session(server: Server6) -> BulkSession:
    return server.core.bulk_session(6, 1)


def drained(opened: BulkSession, server: Server6, frames: Frames | None = None) -> list[Message]:
    """Take the steps of a session until it waits; return the messages."""
    frames = frames or Frames(4, LARGEST_MESSAGE)
    found = []
    while (octets := opened.step(server.pair.now)) is not None:
        frames.add(octets)
        while (message := frames.take()) is not None:
            found.append(parse(message))
    return found


def ask(server: Server6, kind: int, options: Iterable[Option] = (), link: int = 0) -> list[Message]:
    opened = session(server)
    opened.receive(question(kind, options, link))
    messages = drained(opened, server)
    assert opened.error is None
    assert {message.xid for message in messages} == {9}
    assert messages[0].type == MessageType6.LEASEQUERY_REPLY
    assert (messages[0].server_id, messages[0].client_id) == (server.duid, DUID)
    assert all(message.type == MessageType6.LEASEQUERY_DATA for message in messages[1:-1])
    if messages[0].get(o6.CLIENT_DATA) is not None:
        assert messages[-1].type == MessageType6.LEASEQUERY_DONE
    return messages


def clients(messages: list[Message]) -> list[bytes]:
    """The DUID of each CLIENT_DATA."""
    found = [data for message in messages for data in message.all(o6.CLIENT_DATA)]
    return [o6.first(read_options(data), o6.CLIENT_ID) or b"" for data in found]


def leased_by(server: Server6, relay: Iterable[Option], duid: bytes, link: int = OFFICE + 1) -> None:
    """Let a client behind a relay with some options get an address."""
    hops = [Hop(MessageType6.RELAY_FORW, 0, link, int(IPv6Address("fe80::1")), relay)]
    advertised = server.ask(MessageType6.SOLICIT, na(), duid=duid, hops=hops)
    assert advertised is not None
    assert server.ask(MessageType6.REQUEST, *advertised.ias, duid=duid, server=server.duid, hops=hops) is not None


def test_a_query_by_link_has_each_client_of_the_link_once() -> None:
    """RFC 5460 section 5.2.1: one CLIENT_DATA has all bindings of a client on a link."""
    pair = listed(SECOND_LINK)
    for duid in DUIDS[:5]:
        pair.main.leased(na(1), na(2), pd(3), duid=duid)
    leased_by(pair.main, (), DUIDS[7], HOME + 1)
    messages = ask(pair.main, QUERY_BY_LINK_ADDRESS, link=OFFICE)
    assert sorted(clients(messages)) == sorted(DUIDS[:5])
    data = read_options(messages[0].all(o6.CLIENT_DATA)[0])
    assert [code for code, _ in data].count(o6.IA_ADDRESS) == 2
    assert [code for code, _ in data].count(o6.IA_PREFIX) == 1
    assert clients(ask(pair.main, QUERY_BY_LINK_ADDRESS, link=HOME)) == [DUIDS[7]]


def test_a_query_by_relay_or_remote_identifier_finds_the_clients_behind_it() -> None:
    """RFC 5460 sections 5.3.1 and 5.3.3; the partner answers after the death of the main too (R-203)."""
    pair = listed(SECOND_LINK)
    leased_by(pair.main, [(o6.RELAY_ID, RELAY_DUID)], DUIDS[0])
    leased_by(pair.main, [(o6.REMOTE_ID, REMOTE)], DUIDS[1])
    leased_by(pair.main, [(o6.RELAY_ID, RELAY_DUID), (o6.REMOTE_ID, REMOTE)], DUIDS[2], HOME + 1)
    pair.main.crash()
    pair.wait(60)
    assert pair.backup.state is State.COMMUNICATIONS_INTERRUPTED
    relay, remote = [(o6.RELAY_ID, RELAY_DUID)], [(o6.REMOTE_ID, REMOTE)]
    assert sorted(clients(ask(pair.backup, QUERY_BY_RELAY_ID, relay))) == [DUIDS[0], DUIDS[2]]
    assert sorted(clients(ask(pair.backup, QUERY_BY_REMOTE_ID, remote))) == [DUIDS[1], DUIDS[2]]
    assert clients(ask(pair.backup, QUERY_BY_RELAY_ID, relay, HOME)) == [DUIDS[2]]
    assert clients(ask(pair.backup, QUERY_BY_REMOTE_ID, remote, OFFICE)) == [DUIDS[1]]


def test_a_query_by_client_has_one_message_for_each_of_its_links() -> None:
    pair = listed(SECOND_LINK)
    leased_by(pair.main, (), DUIDS[0])
    leased_by(pair.main, (), DUIDS[0], HOME + 1)
    leased_by(pair.main, (), DUIDS[1])
    assert clients(ask(pair.main, QUERY_BY_CLIENT_ID, [(o6.CLIENT_ID, DUIDS[0])])) == [DUIDS[0], DUIDS[0]]
    assert clients(ask(pair.main, QUERY_BY_CLIENT_ID, [(o6.CLIENT_ID, DUIDS[0])], HOME)) == [DUIDS[0]]


def test_a_query_by_address_has_its_client() -> None:
    pair = listed()
    (ia,) = pair.main.leased(na())
    pair.main.leased(na(), duid=DUIDS[1])
    address = read_options(pack_address(IALease(ia.leases[0].address)))
    assert clients(ask(pair.main, QUERY_BY_ADDRESS, address)) == [DUIDS[0]]


def test_a_query_without_bindings_has_one_message() -> None:
    """RFC 5460 section 7.2: the reply alone, without data."""
    (message,) = ask(listed().main, QUERY_BY_LINK_ADDRESS, link=OFFICE)
    assert message.status is None


@pytest.mark.parametrize(
    ("kind", "options", "link", "status"),
    [
        (77, [], 0, StatusCode.UNKNOWN_QUERY_TYPE),
        (QUERY_BY_RELAY_ID, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_REMOTE_ID, [(o6.REMOTE_ID, b"abc")], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_LINK_ADDRESS, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_CLIENT_ID, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_ADDRESS, [], 0, StatusCode.MALFORMED_QUERY),
        (QUERY_BY_LINK_ADDRESS, [], 1, StatusCode.NOT_CONFIGURED),
    ],
)
def test_a_query_that_has_no_answer_gets_a_status(
    kind: int, options: list[Option], link: int, status: StatusCode
) -> None:
    (message,) = ask(listed().main, kind, options, link)
    assert message.status is not None
    assert message.status.code == status


def test_a_step_is_bounded_and_leases_may_come_and_go_between_two() -> None:
    """No lease that is there all the time is missing, none is sent twice."""
    pair = listed()
    duids = [bytes.fromhex("00030001") + number.to_bytes(6, "big") for number in range(700)]
    stay = duids[:600]
    for duid in stay:
        leased_by(pair.main, (), duid)
    opened = session(pair.main)
    opened.receive(question(QUERY_BY_LINK_ADDRESS, link=OFFICE))
    frames, found, steps = Frames(4, LARGEST_MESSAGE), [], 0
    more = iter(duids[600:])
    while (octets := opened.step(pair.now)) is not None:
        steps += 1
        frames.add(octets)
        count = 0
        while (message := frames.take()) is not None:
            found.append(parse(message))
            count += 1
        assert count <= RECORDS_PER_STEP + 1
        leased_by(pair.main, (), next(more))
    assert steps >= 3
    sent = clients(found)
    assert len(sent) == len(set(sent))
    assert set(stay) <= set(sent)


def test_queries_are_answered_one_after_the_other() -> None:
    pair = listed()
    pair.main.leased(na())
    opened = session(pair.main)
    opened.receive(question(QUERY_BY_LINK_ADDRESS, link=OFFICE, xid=1) + question(QUERY_BY_LINK_ADDRESS, xid=2))
    assert [message.xid for message in drained(opened, pair.main)] == [1, 1, 2]
    assert opened.answered == 2


def test_a_client_with_very_many_leases_has_one_message_for_each() -> None:
    pair = listed()
    for start in range(0, 80, 40):
        pair.main.leased(*(na(start + number) for number in range(40)))
    messages = ask(pair.main, QUERY_BY_CLIENT_ID, [(o6.CLIENT_ID, DUIDS[0])])
    assert clients(messages) == [DUIDS[0]] * 80
    data = [read_options(message.all(o6.CLIENT_DATA)[0]) for message in messages[:-1]]
    assert len({read_address(o6.first(each, o6.IA_ADDRESS) or b"").address for each in data}) == 80


def test_a_server_that_becomes_silent_ends_the_answer_with_a_status() -> None:
    """RFC 5460 section 5.5: QueryTerminated."""
    pair = Pair6(server='leasequery = true\nleasequery-relays6 = ["::/0"]\n')
    pair.cut()
    pair.main.crash(lose_disk=True)
    pair.main.start()
    pair.main.turn()
    (message,) = ask(pair.main, QUERY_BY_LINK_ADDRESS, link=OFFICE)
    assert message.status is not None
    assert message.status.code == StatusCode.QUERY_TERMINATED


@pytest.mark.parametrize("octets", [b"\0\1x", b"\xff\xff", pack_message(b"\1\0\0\1"), pack_message(b"\x0e\0\0\1\0")])
def test_what_is_not_a_query_ends_the_connection(octets: bytes) -> None:
    pair = listed()
    opened = session(pair.main)
    opened.receive(octets)
    assert opened.step(pair.now) is None
    assert opened.error is not None


def test_a_requester_that_sends_without_end_is_not_read() -> None:
    """What waits is bounded: the shell reads no more until queries are answered."""
    pair = listed()
    opened = session(pair.main)
    sent = 0
    while not opened.is_full:
        opened.receive(question(QUERY_BY_LINK_ADDRESS, link=OFFICE))
        sent += 1
    assert len(drained(opened, pair.main)) == sent
    assert not opened.is_full


@given(st.lists(st.binary(max_size=80), max_size=6), st.sampled_from([4, 6]))
def test_any_octets_are_answered_or_end_the_connection(chunks: list[bytes], family: int) -> None:
    opened = EMPTY.main.core.bulk_session(family, 1)
    for chunk in chunks:
        opened.receive(chunk)
        while opened.step(EMPTY.now) is not None:
            pass


@given(st.integers(0, 255), st.binary(max_size=60))
def test_a_query_of_any_kind_is_answered(kind: int, options: bytes) -> None:
    data = pack_option(o6.LQ_QUERY, bytes((kind,)) + bytes(16) + options)
    opened = session(EMPTY.main)
    opened.receive(pack_message(encode(MessageType6.LEASEQUERY, 1, pack_option(o6.CLIENT_ID, DUID) + data)))
    assert drained(opened, EMPTY.main)[0].type == MessageType6.LEASEQUERY_REPLY
