"""Replies that do not fit as they are: split options (RFC 3396), option 52, priority, and what the log has about it."""

import struct

import pytest

from dhcpserver.service.fitting import Fitted, fit
from dhcpserver.service.query import Arrival
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, SERVER, Client, Site

MANY = tuple(range(200, 208))
LONG_SEARCH = [f"department-{number}.example.org" for number in range(30)]


def site_with(options: str, configuration: str = CONFIGURATION) -> Site:
    return with_policy(f"options = {options}", configuration)


def with_policy(text: str, configuration: str = CONFIGURATION) -> Site:
    return Site(configuration.replace('domain-name = "example.org"', f'domain-name = "example.org"\n{text}'))


def filler(length: int, codes: tuple[int, ...] = MANY) -> str:
    return "{ " + ", ".join(f'{code} = "text:{"x" * length}"' for code in codes) + " }"


def raw(site: Site, client: Client, kind: MessageType = MessageType.DISCOVER, arrival: Arrival = LINK) -> bytes:
    (reply,) = site.turn(client.octets(kind), arrival=arrival)
    return reply.octets


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


def discover(site: Site, *extra: tuple[int, bytes]) -> Packet:
    client = Client(site, 1)
    client.extra = list(extra)
    reply = client.discover()
    assert reply is not None
    return reply


@pytest.mark.parametrize("boot", ['packet-file-name = "boot.img"', 'packet-server-name = "boot"'])
def test_a_file_name_is_not_overwritten_by_options(boot: str) -> None:
    text = CONFIGURATION.replace("allocate-first-available", "#\nallocate-first-available")
    site = site_with(filler(60, MANY[:5]), text.replace('name = "default"', f'name = "default"\n{boot}'))
    client = Client(site, 1)
    client.extra = [(55, bytes(MANY[:5]))]
    octets = raw(site, client)
    assert b"boot" in octets[44:236]
    assert options4.OVERLOAD.to_bytes(1, "big") + b"\1" not in octets[236:260]
    assert not set(MANY[:5]) <= set(parse(octets).options)


@pytest.mark.parametrize(("settings", "written"), [("[]", False), ('["missing-options"]', True)])
def test_the_log_settings_decide_about_the_line(settings: str, written: bool) -> None:
    text = CONFIGURATION.replace('name = "a"', f'name = "a"\nlog-settings = {settings}', 1)
    site = site_with(filler(200), text)
    discover(site, (55, bytes(MANY)))
    assert bool(site.last.lines) == written


@pytest.mark.parametrize("kind", ["offer", "ack", "nak"])
def test_a_client_identifier_of_300_octets_is_echoed_whole(kind: str) -> None:
    """RFC 6842 section 3."""
    site = site_with(filler(200))
    identifier = bytes(range(1, 151)) * 2
    client = Client(site, 1, client_id=identifier)
    client.extra = [(55, bytes(MANY))]
    offer = client.discover()
    reply = offer if kind == "offer" else client.select("192.0.2.10" if kind == "ack" else "192.0.2.200")
    assert reply is not None
    assert reply.message_type == {"offer": 2, "ack": 5, "nak": 6}[kind]
    assert reply.options[61] == identifier


@pytest.mark.parametrize(
    ("accepted", "mtu", "longest"),
    [
        (None, 1500, 576),
        (300, 1500, 576),
        (576, 1500, 576),
        (1000, 1500, 1000),
        (9000, 1500, 1500),
        (65535, 900, 900),
        (9000, 9000, 1918),
    ],
)
def test_a_reply_is_as_long_as_the_client_accepts_and_the_link_carries(
    accepted: int | None, mtu: int, longest: int
) -> None:
    """RFC 2132 section 9.10: option 57 is at least 576; the IP and UDP headers are part of it."""
    site = site_with(filler(200))
    client = Client(site, 1, relay=0)
    client.extra = [(55, bytes(MANY))]
    if accepted is not None:
        client.extra.append((57, accepted.to_bytes(2, "big")))
    octets = raw(site, client, arrival=Arrival(0, SERVER, direct=True, mtu=mtu))
    assert longest - 210 <= len(octets) + 28 <= longest


@pytest.mark.parametrize("room", range(-7, 700, 7))
def test_what_is_fitted_is_read_again_and_nothing_is_lost_unsaid(room: int) -> None:
    """Every option is in the reply with its whole data, or named as missing."""
    parts = [(6, bytes(40)), (3, b"\1" * 4), (224, b"y" * 300), (119, b"z" * 120), (1, b"\xff" * 4), (225, b"")]
    fitted = fit(parts, room, overload=True)
    assert len(fitted.packed) <= max(room, 0)
    found: dict[int, bytes] = {}
    options4.read_options(fitted.packed, 0, found)
    used = found.pop(options4.OVERLOAD, b"\0")[0]
    assert (fitted.boot is not None) == bool(used)
    if fitted.boot is not None:
        assert len(fitted.boot) == 192
        if used & 1:
            options4.read_options(fitted.boot[64:], 0, found)
        if used & 2:
            options4.read_options(fitted.boot[:64], 0, found)
    assert set(found) | set(fitted.missing) == {code for code, _ in parts}
    assert not set(found) & set(fitted.missing)
    assert all(found[code] == data for code, data in parts if code in found)


def test_an_option_of_390_octets_is_sent_whole_in_several_instances() -> None:
    """RFC 3396: it was cut at 255 octets."""
    text = "x" * 390
    site = with_policy(f"options = {{ 17 = '{text}' }}")
    octets = offer(Client(site, 1), bytes((17,)), (57, struct.pack("!H", 1500)))
    assert [len(data) for code, data in raw_options(octets) if code == 17] == [255, 135]
    assert parse(octets).options[17] == text.encode()


def test_options_go_to_the_unused_fields_when_the_options_field_is_full() -> None:
    """RFC 2131 section 4.1: option 52; nothing is lost while there is room."""
    site = with_policy(f"options = {{ 17 = '{'a' * 200}', 18 = '{'b' * 110}', 14 = '{'c' * 55}' }}")
    octets = offer(Client(site, 1), bytes((17, 18, 14, 3, 6)))
    assert len(octets) <= 548
    raw = dict(raw_options(octets))
    assert raw[52] == b"\3"
    assert list(raw)[:2] == [53, 54]
    found = parse(octets).options
    assert (found[17], found[18], found[14]) == (b"a" * 200, b"b" * 110, b"c" * 55)
    assert {1, 3, 6} <= set(found)
    assert not site.last.lines


def test_what_a_client_cannot_work_without_stays_and_the_rest_is_reported_once() -> None:
    """Everything after the first option that did not fit was dropped, the router included, and nothing was logged."""
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    site = with_policy(f"options = {{ {options}, 119 = {LONG_SEARCH!r} }}")
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


@pytest.mark.parametrize("length", [154, 155, 255, 600, 1020])
def test_relay_information_of_any_length_is_echoed(length: int) -> None:
    """RFC 3046 section 2.2: over 154 octets it was left out when the reply was full."""
    options = ", ".join(f"{code} = 'text:{'x' * 200}'" for code in range(200, 204))
    site = with_policy(f"options = {{ {options} }}")
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


def test_option_82_is_in_the_options_field_when_file_and_sname_have_options_too() -> None:
    """RFC 3046 section 2.2: the relay finds it there, as the last option."""
    site = with_policy(f"options = {{ 17 = '{'a' * 200}', 18 = '{'b' * 110}', 14 = '{'c' * 55}' }}")
    octets = offer(Client(site, 1), bytes((17, 18, 14, 3, 6)), (82, b"\1\4port"))
    outside = raw_options(octets)
    assert dict(outside)[52] == b"\3"
    assert outside[-1] == (82, b"\1\4port")
    inside: dict[int, bytes] = {}
    for field in (octets[44:108], octets[108:236]):
        options4.read_options(field, 0, inside)
    assert inside
    assert not {82, 52} & set(inside)


def instances(fitted: Fitted, code: int) -> int:
    """In how many places the fields have an option."""
    fields = [fitted.packed, *((fitted.boot[64:], fitted.boot[:64]) if fitted.boot is not None else ())]
    return sum(1 for field in fields for number, _ in raw_options(bytes(240) + field + b"\xff") if number == code)


@pytest.mark.parametrize("code", [15, 119])
def test_a_shorter_option_is_split_only_if_every_client_joins_it(code: int) -> None:
    """RFC 3396 section 4: a domain name (15) is whole or left out; a search list (119) can be in several fields."""
    seen = set()
    for room in range(5, 330):
        fitted = fit([(1, b"\xff\xff\xff\0"), (code, b"z" * 150)], room, overload=True)
        count = instances(fitted, code)
        assert (code in fitted.missing) == (count == 0)
        seen.add(count)
    assert seen == ({0, 1} if code == 15 else {1, 2, 3})


@pytest.mark.parametrize("room", range(-5, 60))
def test_options_never_need_more_than_the_room(room: int) -> None:
    parts = [(code, bytes(code)) for code in (3, 12, 15, 26, 1, 40)]
    for overload in (False, True):
        fitted = fit(parts, room, overload=overload)
        assert len(fitted.packed) <= max(room, 3)
        assert fitted.boot is None or len(fitted.boot) == 192
