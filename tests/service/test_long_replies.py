"""Replies that do not fit as they are: split options (RFC 3396), option 52, priority, and what the log has about it."""

import pytest

from dhcpserver.service.fitting import fit
from dhcpserver.service.query import Arrival
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, SERVER, Client, Site, number

MANY = tuple(range(200, 208))


def site_with(options: str, configuration: str = CONFIGURATION) -> Site:
    return Site(
        configuration.replace('domain-name = "example.org"', f'domain-name = "example.org"\noptions = {options}')
    )


def filler(length: int, codes: tuple[int, ...] = MANY) -> str:
    return "{ " + ", ".join(f'{code} = "text:{"x" * length}"' for code in codes) + " }"


def raw(site: Site, client: Client, kind: MessageType = MessageType.DISCOVER, arrival: Arrival = LINK) -> bytes:
    (reply,) = site.turn(client.octets(kind), arrival=arrival)
    return reply.octets


def discover(site: Site, *extra: tuple[int, bytes]) -> Packet:
    client = Client(site, 1)
    client.extra = list(extra)
    reply = client.discover()
    assert reply is not None
    return reply


def test_an_option_of_390_octets_is_split() -> None:
    """RFC 3396; it was cut at 255 octets."""
    site = site_with('{ 224 = "text:' + "x" * 390 + '" }')
    client = Client(site, 1)
    client.extra = [(55, bytes((224, 3)))]
    octets = raw(site, client)
    assert parse(octets).options[224] == b"x" * 390
    assert bytes((224, 255)) + b"x" * 255 in octets
    assert 3 in parse(octets).options


def test_the_fields_for_names_are_used_when_the_options_field_is_full() -> None:
    """RFC 2132 section 9.3: option 52. A message of 576 octets has 307 octets of options, and 190 in both fields."""
    site = site_with(filler(60, MANY[:5]))
    client = Client(site, 1)
    client.extra = [(55, bytes(MANY[:5]))]
    octets = raw(site, client)
    found = parse(octets).options
    assert set(MANY[:5]) <= set(found)
    assert len(octets) <= 576 - 28
    assert bytes((options4.OVERLOAD, 1, 3)) in octets or bytes((options4.OVERLOAD, 1, 1)) in octets
    assert site.last.lines == []


@pytest.mark.parametrize("boot", ['packet-file-name = "boot.img"', 'packet-server-name = "boot"'])
def test_the_fields_keep_their_boot_names(boot: str) -> None:
    text = CONFIGURATION.replace("allocate-first-available", "#\nallocate-first-available")
    site = site_with(filler(60, MANY[:5]), text.replace('name = "default"', f'name = "default"\n{boot}'))
    client = Client(site, 1)
    client.extra = [(55, bytes(MANY[:5]))]
    octets = raw(site, client)
    assert b"boot" in octets[44:236]
    assert options4.OVERLOAD.to_bytes(1, "big") + b"\1" not in octets[236:260]
    assert not set(MANY[:5]) <= set(parse(octets).options)


def test_what_a_client_cannot_work_without_goes_first() -> None:
    """Everything after the first option that did not fit was dropped, the router included."""
    site = site_with(filler(200))
    reply = discover(site, (55, bytes((*MANY, 3, 6, 15, 121))))
    assert {1, 3, 6, 15, 51, 53, 54, 58, 59} <= set(reply.options)
    assert not set(MANY) <= set(reply.options)


def test_the_log_has_the_options_that_were_left_out_once_for_a_client_and_reply() -> None:
    site = site_with(filler(200))
    client = Client(site, 1)
    client.extra = [(55, bytes(MANY))]
    assert client.discover() is not None
    (line,) = [line for line in site.last.lines if line.id == 18210]
    assert "DHCPOFFER to 02:00:00:00:00:01" in line.text
    assert "option-20" in line.text
    assert client.discover() is not None
    assert site.last.lines == []
    assert client.select("192.0.2.10") is not None
    assert any("DHCPACK" in line.text for line in site.last.lines if line.id == 18210)


def test_many_clients_write_a_limited_number_of_lines_in_a_second() -> None:
    text = CONFIGURATION.replace("192.0.2.14", "192.0.2.90")
    site = site_with(filler(200), text)
    for last in range(1, 31):
        client = Client(site, last)
        client.extra = [(55, bytes(MANY))]
        assert client.discover() is not None
        assert len([line for line in site.last.lines if line.id == 18210]) == (1 if last <= 10 else 0)
    site.wait(1.5)
    (line,) = [line.text for line in site.last.lines if line.id == 18210]
    assert line.startswith("20 further replies")
    client = Client(site, 40)
    client.extra = [(55, bytes(MANY))]
    assert client.discover() is not None
    assert "02:00:00:00:00:28" in site.last.lines[0].text


@pytest.mark.parametrize(("settings", "written"), [("[]", False), ('["missing-options"]', True)])
def test_the_log_settings_decide_about_the_line(settings: str, written: bool) -> None:
    text = CONFIGURATION.replace('name = "a"', f'name = "a"\nlog-settings = {settings}', 1)
    site = site_with(filler(200), text)
    discover(site, (55, bytes(MANY)))
    assert bool(site.last.lines) == written


@pytest.mark.parametrize("length", [154, 155, 255, 600, 1020])
def test_option_82_is_echoed_in_any_length(length: int) -> None:
    """RFC 3046 section 2.2. It was dropped above 154 octets when the reply was full."""
    value = bytes((1, 0)) + bytes((7, 0)) * ((length - 2) // 2)
    site = site_with(filler(200))
    reply = discover(site, (55, bytes(MANY)), (82, value))
    assert reply.options[82] == value
    assert {1, 51, 53, 54} <= set(reply.options)


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
    [(None, 1500, 576), (300, 1500, 576), (576, 1500, 576), (1000, 1500, 1000), (9000, 1500, 1500), (9000, 9000, 1918)],
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


@pytest.mark.parametrize("requested", [None, b""])
def test_a_client_without_a_parameter_request_list_gets_what_it_needs(requested: bytes | None) -> None:
    """RFC 2131 section 4.3.1; it got the mask alone."""
    site = site_with('{ 42 = "192.0.2.8" }')
    reply = discover(site, *([] if requested is None else [(55, requested)]))
    assert [code for code in reply.options if code not in (53, 54)] == [51, 58, 59, 1, 3, 6, 15]


def test_a_client_with_a_list_gets_what_it_requests_in_its_order_and_each_once() -> None:
    site = site_with('{ 42 = "192.0.2.8", 108 = 1800 }')
    reply = discover(site, (55, bytes((42, 3, 42, 99, 3))))
    assert list(reply.options)[5:] == [1, 42, 3]


def test_the_time_without_ipv4_is_sent_only_to_clients_that_request_it() -> None:
    """RFC 8925 section 3.3."""
    site = site_with("{ v6-only-preferred = 1800 }")
    assert 108 not in discover(site).options
    assert 108 not in discover(site, (55, b"\3\6")).options
    assert discover(site, (55, b"\x6c\3")).options[108] == (1800).to_bytes(4, "big")


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
