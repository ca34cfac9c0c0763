"""DHCPLEASEQUERY (RFC 4388): by address, by hardware address, by client identifier."""

from dhcpserver.leases.lease import Status
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, RELAY, Client, Site, dotted, number
from tests.service.test_networks import OTHER

ON = CONFIGURATION.replace('name = "a"', 'name = "a"\nleasequery = true', 1)
IDENTIFIER = b"\1the client"
CIRCUIT = (82, b"\1\4eth0")


def ask(
    site: Site,
    address: str = "0.0.0.0",
    hardware: bytes = b"",
    client_id: bytes = b"",
    relay: int = RELAY,
    wanted: bytes | None = None,
) -> Packet | None:
    """Send a lease query from a relay; return the answer."""
    asking = Packet(
        1, 1 if hardware else 0, len(hardware), 0, 77, 0, 0, number(address), 0, 0, relay, hardware or bytes(0), {}
    )
    options = [(53, bytes([MessageType.LEASEQUERY]))]
    if client_id:
        options.append((61, client_id))
    if wanted is not None:
        options.append((55, wanted))
    replies = site.turn(encode(asking, options))
    assert len(replies) <= 1
    if not replies:
        return None
    assert (replies[0].address, replies[0].port) == (relay, 67)
    return parse(replies[0].octets)


def leased(client_id: bytes | None = None) -> tuple[Site, Client, str]:
    site = Site(ON)
    client = Client(site, 5, client_id)
    client.extra = [CIRCUIT]
    return site, client, client.get()


def test_a_query_by_address_is_answered_active_unassigned_or_unknown() -> None:
    """Section 6.4.1."""
    site, client, address = leased()
    active = ask(site, address)
    assert active is not None
    assert active.message_type == MessageType.LEASEACTIVE
    assert (active.ciaddr, active.chaddr, active.xid) == (number(address), client.hardware, 77)
    unassigned = ask(site, "192.0.2.14")
    assert unassigned is not None
    assert unassigned.message_type == MessageType.LEASEUNASSIGNED
    assert set(unassigned.options) == {53, 54}
    unknown = ask(site, "203.0.113.1")
    assert unknown is not None
    assert unknown.message_type == MessageType.LEASEUNKNOWN


def test_an_answer_has_the_remaining_times_of_the_lease() -> None:
    """Section 6.4.2: remaining times, the client, its option 82, and the time since its last transaction."""
    site, _, address = leased(IDENTIFIER)
    site.wait(100)
    answer = ask(site, address, wanted=bytes((51, 58, 59, 61, 82, 91, 3)))
    assert answer is not None
    seconds = {code: int.from_bytes(answer.options[code], "big") for code in (51, 58, 59, 91)}
    assert seconds == {51: 900, 58: 400, 59: 775, 91: 100}
    assert answer.options[61] == IDENTIFIER
    assert answer.options[82] == CIRCUIT[1]
    assert 3 in answer.options
    site.wait(600)
    late = ask(site, address, wanted=bytes((51, 58, 59)))
    assert late is not None
    assert 58 not in late.options, "T1 is past"
    assert options4.REBINDING_TIME in late.options


def test_a_lease_that_ended_is_unassigned() -> None:
    site, _, address = leased()
    site.wait(1001)
    answer = ask(site, address)
    assert answer is not None
    assert answer.message_type == MessageType.LEASEUNASSIGNED
    assert site.core.book.leases[number(address)].status is Status.ACTIVE, "the grace period has not ended"


def test_a_client_is_found_by_hardware_and_by_identifier_with_all_its_addresses() -> None:
    """Section 6.4.1: option 92 is present even if it was not requested."""
    for client_id in (None, IDENTIFIER):
        site, client, address = leased(client_id)
        by_hardware = ask(site, hardware=client.hardware)
        assert by_hardware is not None
        assert by_hardware.message_type == MessageType.LEASEACTIVE
        assert by_hardware.ciaddr == number(address)
        assert by_hardware.options[92] == number(address).to_bytes(4, "big")
        if client_id:
            by_identifier = ask(site, client_id=client_id)
            assert by_identifier is not None
            assert by_identifier.ciaddr == number(address)
            client.release(address)
            site.wait(200)
            gone = ask(site, hardware=client.hardware)
            assert gone is not None
            assert gone.message_type == MessageType.LEASEUNKNOWN
        unknown_client = ask(site, hardware=b"\2\0\0\0\0\xee")
        assert unknown_client is not None
        assert unknown_client.message_type == MessageType.LEASEUNKNOWN


def test_the_relay_of_any_network_gets_the_same_answer() -> None:
    """Section 6.3: `giaddr` does not restrict the query. It is the destination of the answer only."""
    site = Site(ON + OTHER)
    client = Client(site, 5, IDENTIFIER)
    address = client.get()
    for key in ({"address": address}, {"address": "192.0.2.14"}, {"client_id": IDENTIFIER}):
        answers = []
        for relay in (RELAY, number("198.51.100.1"), number("203.0.113.1")):
            answer = ask(site, **key, relay=relay)
            assert answer is not None
            answers.append((answer.message_type, answer.ciaddr, answer.chaddr, answer.options))
        assert answers[0] == answers[1] == answers[2]
    by_hardware = ask(site, hardware=client.hardware, relay=number("203.0.113.1"))
    assert by_hardware is not None
    assert by_hardware.ciaddr == number(address)


def test_the_lease_with_the_latest_transaction_is_the_one_of_the_answer() -> None:
    """Section 6.4.1: its address is in `ciaddr`, and those of all leases are in option 92."""
    site = Site(ON + OTHER)
    client = Client(site, 5)
    first = client.get()
    site.wait(10)
    client.relay = number("198.51.100.1")
    second = client.get()
    both = b"".join(number(each).to_bytes(4, "big") for each in (first, second))

    def latest() -> str:
        answer = ask(site, hardware=client.hardware)
        assert answer is not None
        assert answer.options[92] == both
        return dotted(answer.ciaddr)

    assert latest() == second
    site.wait(500)
    client.relay = RELAY
    assert client.renew(first) is not None
    assert latest() == first


def test_a_query_without_a_key_or_with_two_keys_gets_no_answer() -> None:
    site, client, address = leased()
    assert ask(site) is None
    assert ask(site, address, hardware=client.hardware) is None
    assert ask(site, address, relay=0) is None
    assert site.core.counters.dropped == {"malformed": 3}


def test_lease_queries_are_disabled_by_default_and_limited_to_the_configured_relays() -> None:
    site = Site()
    assert ask(site, "192.0.2.10") is None
    assert site.core.counters.dropped == {"leasequery-off": 1}
    only = Site(ON.replace("leasequery = true", 'leasequery = true\nleasequery-relays = ["198.51.100.0/24"]'))
    assert ask(only, "192.0.2.10") is None
    assert ask(only, "192.0.2.10", relay=number("198.51.100.7")) is not None
