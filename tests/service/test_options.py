"""Which options a client gets: by scope, reservation and vendor, without a request, and when not everything fits."""

import struct

import pytest

from dhcpserver.service.fitting import fit
from dhcpserver.service.query import Arrival
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, Client, Site

LONG_SEARCH = [f"department-{number}.example.org" for number in range(30)]
EVERY = bytes(range(1, 255))


def site_with(policy: str = "", scope: str = "", extra: str = "") -> Site:
    text = CONFIGURATION.replace('domain-name = "example.org"', f'domain-name = "example.org"\n{policy}')
    text = text.replace("allocate-first-available = true", f"allocate-first-available = true\n{scope}")
    return Site(text + extra)


def raw_options(octets: bytes) -> list[tuple[int, bytes]]:
    """The options of the options field as they are there, without joining."""
    found = []
    at = 240
    while octets[at] != 255:
        if octets[at]:
            found.append((octets[at], octets[at + 2 : at + 2 + octets[at + 1]]))
            at += 2 + octets[at + 1]
        else:
            at += 1
    return found


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


def test_an_option_of_390_octets_is_sent_whole_in_several_instances() -> None:
    """RFC 3396: it was cut at 255 octets."""
    text = "x" * 390
    site = site_with(f"options = {{ 17 = '{text}' }}")
    octets = offer(Client(site, 1), bytes((17,)), (57, struct.pack("!H", 1500)))
    assert [len(data) for code, data in raw_options(octets) if code == 17] == [255, 135]
    assert parse(octets).options[17] == text.encode()


def test_options_go_to_the_unused_fields_when_the_options_field_is_full() -> None:
    """RFC 2131 section 4.1: option 52; nothing is lost while there is room."""
    site = site_with(f"options = {{ 17 = '{'a' * 200}', 18 = '{'b' * 110}', 14 = '{'c' * 55}' }}")
    octets = offer(Client(site, 1), bytes((17, 18, 14, 3, 6)))
    assert len(octets) <= 548
    raw = dict(raw_options(octets))
    assert raw[52] == b"\3"
    assert list(raw)[:2] == [53, 54]
    found = parse(octets).options
    assert (found[17], found[18], found[14]) == (b"a" * 200, b"b" * 110, b"c" * 55)
    assert {1, 3, 6} <= set(found)
    assert not site.last.lines


def test_a_file_name_is_not_overwritten_by_options() -> None:
    site = site_with(f"packet-file-name = 'boot.img'\noptions = {{ 17 = '{'a' * 200}', 18 = '{'b' * 110}' }}")
    octets = offer(Client(site, 1), bytes((17, 18)))
    assert octets[108:116] == b"boot.img"
    assert 52 not in parse(octets).options
    assert 18 not in parse(octets).options


def test_what_a_client_cannot_work_without_stays_and_the_rest_is_reported_once() -> None:
    """Everything after the first option that did not fit was dropped, the router included, and nothing was logged."""
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    site = site_with(f"options = {{ {options}, 119 = {LONG_SEARCH!r} }}")
    client = Client(site, 1)
    requested = bytes((200, 201, 202, 203, 119, 15, 6, 3))
    found = parse(offer(client, requested)).options
    assert {1, 3, 6, 15, 51, 53, 54, 58, 59} <= set(found)
    (line,) = site.last.lines
    assert (line.id, line.level) == (18210, "Warning")
    assert "DHCPOFFER to 02:00:00:00:00:01" in line.text
    assert "option-201 (201)" in line.text
    offer(client, requested)
    assert site.last.lines == []
    client.extra = [(55, requested)]
    address = parse(offer(client, requested)).yiaddr
    client.select(".".join(map(str, address.to_bytes(4, "big"))))
    assert ["DHCPACK to" in line.text for line in site.last.lines] == [True]


def test_lines_about_options_are_limited_by_the_second() -> None:
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    text = CONFIGURATION.replace("192.0.2.14", "192.0.2.90").replace(
        'domain-name = "example.org"', f"options = {{ {options} }}"
    )
    site = Site(text)
    lines = []
    for last in range(30):
        offer(Client(site, last), bytes((200, 201, 202, 203)))
        lines += site.last.lines
    assert len(lines) == 10
    site.now += 1
    offer(Client(site, 40), bytes((200, 201, 202, 203)))
    more, line = site.last.lines
    assert "20 further replies" in more.text
    assert "02:00:00:00:00:28" in line.text


def test_the_lines_can_be_switched_off() -> None:
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    text = CONFIGURATION.replace('domain-name = "example.org"', f"options = {{ {options} }}")
    site = Site(text.replace('name = "a"', 'name = "a"\nlog-settings = ["failover-detail"]', 1))
    offer(Client(site, 1), bytes((200, 201, 202, 203)))
    assert site.last.lines == []


@pytest.mark.parametrize(("size", "most"), [(None, 548), (300, 548), (576, 548), (1000, 972), (9000, 1472)])
def test_a_reply_is_as_long_as_the_client_accepts_and_the_link_carries(size: int | None, most: int) -> None:
    """RFC 2132 section 9.10; no reply is longer than the MTU of the interface."""
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 209))
    site = site_with(f"options = {{ {options} }}")
    more = [] if size is None else [(57, struct.pack("!H", size))]
    octets = offer(Client(site, 1, relay=0), bytes(range(200, 209)), *more)
    assert most - 202 < len(octets) <= most


def test_a_reply_is_not_longer_than_a_small_mtu() -> None:
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 209))
    site = site_with(f"options = {{ {options} }}")
    client = Client(site, 1, relay=0)
    octets = offer(client, bytes(range(200, 209)), (57, b"\xff\xff"), arrival=LINK._replace(mtu=900))
    assert 872 - 202 < len(octets) <= 872


@pytest.mark.parametrize("length", [155, 255, 600, 1020])
def test_relay_information_of_any_length_is_echoed(length: int) -> None:
    """RFC 3046 section 2.2: over 154 octets it was left out when the reply was full."""
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    site = site_with(f"options = {{ {options} }}")
    information = b"\1\4port" + bytes(length - 6)
    client = Client(site, 1, client_id=b"\1abc")
    octets = client.octets(MessageType.DISCOVER, (55, bytes(range(200, 204))), (82, information))
    (reply,) = site.turn(octets)
    found = parse(reply.octets).options
    assert found[82] == information
    assert found[61] == b"\1abc"
    assert list(found)[-1] == 82
    assert {1, 51, 54} <= set(found)
    # The relay removes it: what is left fits for the client.
    assert len(reply.octets) - len(options4.pack([(82, information)])) <= 548


def test_a_client_identifier_of_300_octets_is_echoed_whole() -> None:
    """RFC 6842 section 3, RFC 3396."""
    site = Site()
    identifier = bytes(range(1, 251)) + bytes(50)
    client = Client(site, 1, client_id=identifier)
    reply = client.discover()
    assert reply is not None
    assert reply.options[61] == identifier
    assert {1, 51, 54} <= set(reply.options)
    assert client.get()


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
    """RFC 8925 section 3.2."""
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


# Fitting


def test_a_long_option_is_spread_over_the_fields_in_the_order_of_reading() -> None:
    """RFC 3396 section 5: options, file, sname."""
    value = bytes(range(256)) + bytes(range(94))
    fitted = fit([(1, b"\xff\xff\xff\0"), (119, value)], 230, overload=True)
    assert fitted.missing == ()
    assert fitted.boot is not None
    packet = bytearray(240) + fitted.packed + b"\xff"
    packet[0:4] = bytes((2, 1, 6, 0))
    packet[44:236] = fitted.boot
    packet[236:240] = b"\x63\x82\x53\x63"
    assert parse(bytes(packet)).options == {1: b"\xff\xff\xff\0", 119: value}


@pytest.mark.parametrize("room", range(-5, 60))
def test_options_never_need_more_than_the_room(room: int) -> None:
    parts = [(code, bytes(code)) for code in (3, 12, 15, 26, 1, 40)]
    for overload in (False, True):
        fitted = fit(parts, room, overload=overload)
        assert len(fitted.packed) <= max(room, 3)
        assert fitted.boot is None or len(fitted.boot) == 192
