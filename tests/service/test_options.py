"""Which options a client gets: by scope, reservation and vendor, with and without a request for them."""

import struct

import pytest

from dhcpserver.service.query import Arrival
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, Client, Site, number


def site_with(policy: str = "", scope: str = "", extra: str = "") -> Site:
    text = CONFIGURATION.replace('domain-name = "example.org"', f'domain-name = "example.org"\n{policy}')
    text = text.replace("allocate-first-available = true", f"allocate-first-available = true\n{scope}")
    return Site(text + extra)


def offer(client: Client, requested: bytes | None, *more: tuple[int, bytes], arrival: Arrival = LINK) -> bytes:
    request = [] if requested is None else [(55, requested)]
    (reply,) = client.site.turn(client.octets(MessageType.DISCOVER, *request, *more), arrival=arrival)
    return reply.octets


def test_numbers_are_sent_as_numbers() -> None:
    """Case D2: `26 = "1500"` was sent as text."""
    site = site_with(
        'options = { 26 = "1500", 19 = "false", 2 = -3600, 66 = "192.0.2.9", 121 = "10.0.0.0/8 192.0.2.1" }'
    )
    found = parse(offer(Client(site, 1), bytes((26, 19, 2, 66, 121)))).options
    assert found[26] == b"\x05\xdc"
    assert found[19] == b"\0"
    assert found[2] == struct.pack("!i", -3600)
    assert found[66] == b"192.0.2.9"
    assert found[121] == bytes.fromhex("080ac0000201")


@pytest.mark.parametrize("requested", [None, b""])
def test_a_client_without_a_request_list_gets_what_it_needs(requested: bytes | None) -> None:
    """RFC 2131 section 4.3.1: it got the subnet mask alone."""
    found = parse(offer(Client(Site(), 1), requested)).options
    assert list(found) == [53, 54, 51, 58, 59, 1, 3, 6, 15]
    assert found[15] == b"example.org"


def test_a_client_with_a_list_gets_what_it_requests_in_its_order_and_each_once() -> None:
    site = site_with('options = { 42 = "192.0.2.8", 108 = 1800 }')
    assert list(parse(offer(Client(site, 1), bytes((42, 3, 42, 99, 3)))).options)[5:] == [1, 42, 3]


def test_the_subnet_mask_comes_before_the_routers() -> None:
    """RFC 2132 section 3.3."""
    assert list(parse(offer(Client(Site(), 1), bytes((3, 6, 1)))).options)[5:] == [1, 3, 6]


def test_the_nearest_option_applies() -> None:
    reserved = "options = { 26 = 1300, 12 = 'printer' }\n"
    text = CONFIGURATION.replace('domain-name = "example.org"', "options = { 26 = 1500, 42 = '192.0.2.7', 23 = 9 }")
    text = text.replace("allocate-first-available = true", "options = { 26 = 1400, 23 = 10 }")
    site = Site(text + reserved)
    other = parse(offer(Client(site, 1), bytes((26, 42, 23, 12)))).options
    assert (other[26], other[42], other[23]) == (b"\x05\x78", bytes((192, 0, 2, 7)), b"\x0a")
    assert 12 not in other
    own = parse(offer(Client(site, 0x99), bytes((26, 42, 23, 12)))).options
    assert (own[26], own[12], own[23]) == (b"\x05\x14", b"printer", b"\x0a")
    with_identifier = parse(offer(Client(site, 0x99, client_id=b"\xffabc"), bytes((26, 12)))).options
    assert with_identifier[12] == b"printer"


def test_bootp_replies_have_the_options_that_fit_and_option_82() -> None:
    """RFC 3046 section 2.1: a relay adds it to BOOTP messages too."""
    text = CONFIGURATION.replace("allocate-first-available = true", "bootp = true").replace(
        'domain-name = "example.org"', f"domain-name = '{'d' * 50}'\nv4-bootp-reply-options = [1, 15, 'routers', 6]"
    )
    site = Site(text)
    client = Client(site, 0x99)
    request = client.octets(MessageType.DISCOVER)[:240] + bytes((82, 6)) + b"\1\4port\xff"
    (reply,) = site.turn(request.ljust(300, b"\0"))
    found = parse(reply.octets).options
    assert found == {1: b"\xff\xff\xff\0", 3: bytes((192, 0, 2, 1)), 6: found[6], 82: b"\1\4port"}


def test_108_is_sent_to_clients_that_request_it_only() -> None:
    """RFC 8925 section 3.3."""
    site = site_with("options = { 108 = 1800 }")
    assert 108 not in parse(offer(Client(site, 1), None)).options
    assert 108 not in parse(offer(Client(site, 1), bytes((1, 3)))).options
    assert parse(offer(Client(site, 1), bytes((1, 108)))).options[108] == b"\0\0\x07\x08"


SPACES = """
[[vendor-option-space]]
name = "ap"
vendor-class = "ArubaAP"
definitions = [{ code = 1, name = "controller", type = "address4" }, { code = 2, name = "group", type = "string" }]
[[vendor-option-space]]
name = "pxe"
vendor-class = "PXEClient*"
definitions = [{ code = 6, name = "discovery", type = "u8" }]
[[vendor-option-space]]
name = "cable"
enterprise = 4491
definitions = [{ code = 2, name = "tftp", type = "address4", repeat = true }]
[[vendor-option-space]]
name = "other"
enterprise = 9
definitions = [{ code = 1, name = "x", type = "u8" }]
"""
VALUES = (
    'vendor-options = { ap = { controller = "192.0.2.8", group = "a" }, pxe = { discovery = 8 }, '
    'cable = { tftp = ["192.0.2.9"] }, other = { x = 7 } }'
)


@pytest.mark.parametrize(
    ("vendor_class", "data"),
    [
        (None, b"\xff"),
        (b"ArubaAP", bytes.fromhex("0104c0000208" + "020162")),
        (b"ArubaAP-5", b"\xff"),
        (b"PXEClient:Arch:00000:UNDI:002001", b"\6\1\x08"),
    ],
)
def test_option_43_has_the_sub_options_of_the_vendor_class(vendor_class: bytes | None, data: bytes) -> None:
    """RFC 2132 section 8.4. The scope's sub-option replaces that of the policy."""
    site = site_with("options = { 43 = 'ff' }\n" + VALUES, 'vendor-options = { ap = { group = "b" } }', SPACES)
    more = [] if vendor_class is None else [(60, vendor_class)]
    for _ in range(2):
        assert parse(offer(Client(site, 1), bytes((43,)), *more)).options[43] == data


CABLE = bytes.fromhex("0000118b06" + "0204c0000209")
OTHER = bytes.fromhex("0000000903" + "010107")


@pytest.mark.parametrize(
    ("requested", "sent", "data"),
    [
        (b"\x7d", [], CABLE + OTHER),
        (b"\1", [], None),
        (b"\1", [(124, bytes.fromhex("0000118b0401020304"))], CABLE),
        (b"\1", [(125, bytes.fromhex("0000000900"))], OTHER),
        (b"\x7d", [(124, bytes.fromhex("0000000700"))], None),
        (b"\x7d", [(124, b"\0\0")], None),
    ],
)
def test_option_125_has_the_enterprises_of_the_client(
    requested: bytes, sent: list[tuple[int, bytes]], data: bytes | None
) -> None:
    """RFC 3925 section 4: a client that names enterprise numbers gets those of them that are configured."""
    site = site_with(VALUES, "", SPACES)
    assert parse(offer(Client(site, 1), requested, *sent)).options.get(125) == data


def test_an_inform_has_the_options_of_its_address() -> None:
    text = CONFIGURATION + "options = { 26 = 1300 }\n"
    for last, mtu in ((1, None), (0x99, b"\x05\x14")):
        reply = Client(Site(text), last, relay=0).send(MessageType.INFORM, (55, bytes((26, 1))), ciaddr="192.0.2.12")
        assert reply is not None
        assert reply.options.get(26) == mtu
        assert list(reply.options)[:3] == [53, 54, 1]


def test_a_lease_query_names_the_options_of_the_reservation() -> None:
    text = CONFIGURATION.replace('name = "a"', 'name = "a"\nleasequery = true', 1)
    site = Site(text + 'options = { 42 = "192.0.2.77" }\n')
    Client(site, 0x99).get()
    query = Client(site, 1)
    query.hardware = b""
    reply = query.send(MessageType.LEASEQUERY, (55, b"\x2a"), ciaddr="192.0.2.12")
    assert reply is not None
    assert reply.message_type == MessageType.LEASEACTIVE
    assert reply.options[42] == number("192.0.2.77").to_bytes(4, "big")
