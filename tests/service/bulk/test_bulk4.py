"""Bulk queries of DHCPv4 (RFC 6926): what each kind selects, its times, and its statuses."""

from collections.abc import Iterable

import pytest

from dhcpserver.service.bulk.query import RECORDS_PER_STEP
from dhcpserver.wire import dhcp4bulk, options4
from dhcpserver.wire.bulkframes import LARGEST_MESSAGE, Frames, pack_message
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.dhcp4bulk import BulkState, BulkStatus
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, SERVER, Client, Site, dotted, number

ON = CONFIGURATION.replace('name = "a"', 'name = "a"\nleasequery = true\nleasequery-relays = ["192.0.2.0/24"]', 1)
Option = tuple[int, bytes]
PORT_A = (82, b"\2\6line 1" + b"\14\5relay")
PORT_B = (82, b"\2\6line 2" + b"\14\5relay")


def ask(site: Site, options: Iterable[Option] = (), address: int = 0, hardware: bytes = b"") -> list[Packet]:
    """Send a bulk query; return the messages of the answer."""
    asking = Packet(1, 1 if hardware else 0, len(hardware), 0, 5, 0, 0, address, 0, 0, 0, hardware, {})
    session = site.core.bulk_session(4, SERVER)
    session.receive(pack_message(encode(asking, [(53, bytes([MessageType.BULKLEASEQUERY])), *options])))
    frames = Frames(4, LARGEST_MESSAGE)
    found: list[Packet] = []
    while (octets := session.step(site.now)) is not None:
        frames.add(octets)
        while (message := frames.take()) is not None:
            found.append(parse(message))
    assert session.error is None
    assert {message.xid for message in found} == {5}
    assert found[0].address(options4.SERVER_IDENTIFIER) == SERVER
    assert not any(options4.SERVER_IDENTIFIER in message.options for message in found[1:])
    assert found[-1].message_type == MessageType.LEASEQUERYDONE
    return found


def active(messages: list[Packet]) -> list[str]:
    return sorted(dotted(each.ciaddr) for each in messages if each.message_type == MessageType.LEASEACTIVE)


def status(messages: list[Packet]) -> int:
    return dhcp4bulk.read_status4(messages[-1].options.get(dhcp4bulk.STATUS_CODE))[0]


def with_clients() -> tuple[Site, list[str]]:
    """A site with three clients: two at one relay, one of them with an identifier."""
    site = Site(ON)
    addresses = []
    for last, client_id, port in ((5, None, PORT_A), (6, b"\1the client", PORT_B), (7, None, None)):
        client = Client(site, last, client_id)
        client.extra = [port] if port else []
        addresses.append(client.get())
        site.wait(100)
    return site, addresses


def test_each_kind_of_query_finds_its_clients() -> None:
    """RFC 6926 section 8.2: by relay, remote identifier, hardware address and client; by address too."""
    site, (first, second, third) = with_clients()
    assert active(ask(site, [(82, b"\14\5relay")])) == [first, second]
    assert active(ask(site, [(82, b"\2\6line 2")])) == [second]
    assert active(ask(site, hardware=bytes((2, 0, 0, 0, 0, 6)))) == [second]
    assert active(ask(site, hardware=bytes((2, 0, 0, 0, 0, 7)))) == [third]
    assert active(ask(site, [(61, b"\1the client")])) == [second]
    assert active(ask(site, address=number(third))) == [third]
    for nothing in (ask(site, [(61, b"\1other")]), ask(site, address=number("203.0.113.1"))):
        assert [each.message_type for each in nothing] == [MessageType.LEASEQUERYDONE]
        assert status(nothing) == BulkStatus.SUCCESS


def test_a_query_for_all_addresses_has_the_ones_without_a_client_too() -> None:
    """RFC 6926 section 8.2: every configured address, with its state on request."""
    site, addresses = with_clients()
    messages = ask(site, [(55, bytes((51, 156)))])
    assert active(messages) == sorted(addresses)
    free = [each for each in messages if each.message_type == MessageType.LEASEUNASSIGNED]
    assert sorted(dotted(each.ciaddr) for each in free + messages if each.ciaddr) == sorted(
        [f"192.0.2.{last}" for last in (10, 11, 12, 13, 14)] + [dotted(each.ciaddr) for each in free]
    )
    assert {each.options[dhcp4bulk.DHCP_STATE][0] for each in free} == {BulkState.AVAILABLE}
    assert all(dhcp4bulk.BASE_TIME in each.options for each in messages[:-1])
    site.core.book.take_changes()
    assert len(site.core.book.leases) == 3, "a query makes no records"


def test_an_answer_has_times_relative_to_the_clock_of_the_server() -> None:
    """RFC 6926 sections 6.2.3 and 6.2.4."""
    site, (first, *_) = with_clients()
    answer = ask(site, [(55, bytes((51, 82, 91, 153, 156)))], address=number(first))[0]
    assert answer.chaddr == bytes((2, 0, 0, 0, 0, 5))
    values = {code: int.from_bytes(answer.options[code], "big") for code in (51, 91, 152, 153, 156)}
    assert values == {51: 700, 91: 300, 152: int(site.now), 153: 300, 156: BulkState.ACTIVE}
    assert answer.options[82] == PORT_A[1]
    without = ask(site, [(55, bytes((51,)))], address=number(first))[0]
    assert set(without.options) == {1, 53, 54, 51, 152}


def test_query_times_select_what_has_changed_between_them() -> None:
    """RFC 6926 sections 6.2.5 and 6.2.6."""
    site, (first, second, third) = with_clients()
    began = int(site.now) - 300

    def between(*times: tuple[int, int]) -> list[str]:
        return active(ask(site, [(code, value.to_bytes(4, "big")) for code, value in times]))

    assert between((154, began + 1)) == [second, third]
    assert between((155, began + 100)) == [first, second]
    assert between((154, began + 1), (155, began + 100)) == [second]
    since = ask(site, [(154, (began + 1).to_bytes(4, "big"))])
    assert all(each.message_type != MessageType.LEASEUNASSIGNED for each in since), "they have never changed"


@pytest.mark.parametrize(
    ("options", "hardware", "code"),
    [
        ([(61, b"\1x")], bytes((2, 0, 0, 0, 0, 6)), BulkStatus.MALFORMED_QUERY),
        ([(82, b"\2\1a\14\1b")], b"", BulkStatus.MALFORMED_QUERY),
        ([(82, b"\2\7a")], b"", BulkStatus.MALFORMED_QUERY),
        ([(154, b"\0")], b"", BulkStatus.MALFORMED_QUERY),
        ([(154, bytes((0, 0, 0, 2))), (155, bytes((0, 0, 0, 1)))], b"", BulkStatus.MALFORMED_QUERY),
        ([(221, b"\0vpn")], b"", BulkStatus.NOT_ALLOWED),
    ],
)
def test_a_query_that_cannot_be_answered_gets_a_status(
    options: list[Option], hardware: bytes, code: BulkStatus
) -> None:
    (done,) = ask(with_clients()[0], options, hardware=hardware)
    assert status([done]) == code


def test_a_lease_that_ended_is_not_active() -> None:
    site, _ = with_clients()
    site.wait(2000)
    messages = ask(site)
    assert active(messages) == []
    assert len(messages) == 6


@pytest.mark.parametrize("kind", [MessageType.DISCOVER, MessageType.LEASEQUERY])
def test_other_messages_end_the_connection(kind: MessageType) -> None:
    site = Site(ON)
    session = site.core.bulk_session(4, SERVER)
    packet = Packet(1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, b"", {})
    session.receive(pack_message(encode(packet, [(53, bytes([kind]))])))
    assert session.step(site.now) is None
    assert session.error is not None


def test_a_large_scope_is_answered_in_bounded_steps() -> None:
    site = Site(ON.replace("192.0.2.10-192.0.2.14", "192.0.2.10-192.0.2.250"))
    session = site.core.bulk_session(4, SERVER)
    packet = Packet(1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, b"", {})
    session.receive(pack_message(encode(packet, [(53, bytes([MessageType.BULKLEASEQUERY]))])))
    sizes = []
    while (octets := session.step(site.now)) is not None:
        sizes.append(len(octets))
    assert len(sizes) > 1
    assert max(sizes) <= (RECORDS_PER_STEP + 1) * 302
