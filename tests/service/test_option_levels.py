"""Options of policies, scopes, reservations and vendors in the replies of a server."""

import pytest

from dhcpserver.wire.dhcp4 import Packet, parse
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, Client, Site

LEVELS = CONFIGURATION.replace(
    'domain-name = "example.org"',
    'domain-name = "example.org"\noptions = { 26 = 1400, ntp-servers = "192.0.2.1", 19 = "false" }',
).replace(
    "allocate-first-available = true",
    'allocate-first-available = true\noptions = { interface-mtu = 1300, domain-name = "scope.example" }',
)
RESERVED = LEVELS + 'options = { interface-mtu = "1200", host-name = "printer" }\n'


def options(site: Site, last: int, *extra: tuple[int, bytes], client_id: bytes | None = None) -> dict[int, bytes]:
    client = Client(site, last, client_id=client_id)
    client.extra = [(55, bytes((26, 42, 19, 15, 12, 43, 60))), *extra]
    reply = client.discover()
    assert isinstance(reply, Packet)
    return reply.options


def test_values_have_the_type_of_their_option() -> None:
    """Issue 15, case D2: 26 = "1500" was sent as the text."""
    site = Site(
        CONFIGURATION.replace(
            'domain-name = "example.org"',
            'options = { 26 = "1500", 19 = "false", 2 = "3600", 121 = "10.0.0.0/8 via 192.0.2.1", 42 = "192.0.2.8" }',
        )
    )
    client = Client(site, 1)
    client.extra = [(55, bytes((26, 19, 2, 121, 42)))]
    reply = client.discover()
    assert reply is not None
    found = {code: reply.options[code].hex() for code in (26, 19, 2, 121, 42)}
    assert found == {26: "05dc", 19: "00", 2: "00000e10", 121: "080ac0000201", 42: "c0000208"}


def test_the_nearest_option_applies() -> None:
    """The reservation's, then the scope's, then the policy's."""
    site = Site(RESERVED)
    others, reserved = options(site, 1), options(site, 0x99)
    assert others[26] == (1300).to_bytes(2, "big")
    assert others[15] == reserved[15] == b"scope.example"
    assert others[42] == reserved[42] == bytes((192, 0, 2, 1))
    assert reserved[26] == (1200).to_bytes(2, "big")
    assert reserved[12] == b"printer"
    assert 12 not in others


def test_a_reservation_by_hardware_address_has_its_options_for_a_client_with_an_identifier() -> None:
    assert options(Site(RESERVED), 0x99, client_id=b"\1xyz")[12] == b"printer"


def test_an_inform_has_the_options_of_the_reservation_for_its_client_only() -> None:
    site = Site(RESERVED)
    for last, expected in ((0x99, b"printer"), (1, None)):
        client = Client(site, last)
        client.extra = [(55, b"\x0c")]
        (reply,) = site.turn(client.octets(MessageType.INFORM, ciaddr="192.0.2.12"))
        assert parse(reply.octets).options.get(12) == expected


SPACES = """
[[vendor-option-space]]
name = "access-points"
vendor-class = "ArubaAP*"
definitions = [{ code = 1, name = "controller", type = "address4", repeat = true }]
[[vendor-option-space]]
name = "boot"
vendor-class = "PXEClient"
[[vendor-option-space]]
name = "cable"
enterprise = 4491
definitions = [{ code = 2, name = "tftp-servers", type = "address4", repeat = true }]
[[vendor-option-space]]
name = "forum"
enterprise = 3561
"""
VENDORS = (
    LEVELS.replace(
        'options = { 26 = 1400, ntp-servers = "192.0.2.1", 19 = "false" }',
        'vendor-options = { access-points = { controller = "192.0.2.9", 7 = "07" }, boot = { 6 = "08" },'
        ' cable = { tftp-servers = ["192.0.2.7"] }, forum = { 1 = "text:acs" } }',
    )
    + 'vendor-options = { access-points = { controller = "192.0.2.10" } }\n'
    + SPACES
)
CABLE = bytes.fromhex("0000118b060204c0000207")
FORUM = bytes.fromhex("00000de9050103616373")


@pytest.mark.parametrize(
    ("last", "vendor_class", "data"),
    [
        (1, b"ArubaAP-515", "0104c00002090701" + "07"),
        (0x99, b"ArubaAP", "0104c000020a0701" + "07"),
        (1, b"PXEClient", "060108"),
        (1, b"PXEClient:Arch:00007", None),
        (1, b"", None),
        (1, None, None),
    ],
)
def test_sub_options_follow_the_vendor_class(last: int, vendor_class: bytes | None, data: str | None) -> None:
    """RFC 2132 section 8.4: option 43 by option 60, encapsulated."""
    extra = [] if vendor_class is None else [(60, vendor_class)]
    found = options(Site(VENDORS), last, *extra).get(43)
    assert (None if found is None else found.hex()) == data


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        ([(124, bytes.fromhex("0000118b0100"))], CABLE),
        ([(124, bytes.fromhex("0000118b010000000de90100"))], CABLE + FORUM),
        ([(125, bytes.fromhex("00000de900"))], FORUM),
        ([(124, bytes.fromhex("000000090100"))], None),
        ([(124, b"\0\0\x11")], None),
        ([], None),
        ([(55, b"\x7d")], CABLE + FORUM),
    ],
)
def test_sub_options_follow_the_enterprise_number(sent: list[tuple[int, bytes]], data: bytes | None) -> None:
    """RFC 3925: those of the numbers that the client sent; of all, if it requests the option and sent none."""
    client = Client(Site(VENDORS), 1)
    client.extra = sent
    reply = client.discover()
    assert reply is not None
    assert reply.options.get(125) == data


def test_a_reply_is_packed_once_for_each_request_list() -> None:
    """The speed of the common case: nothing is packed again for a client with the same list."""
    site = Site(RESERVED)
    first = site.core.plan.pools["s1"].options
    options(site, 1)
    kept = dict(first.tails)
    options(site, 2)
    assert first.tails == kept
    assert all(first.tails[key] is kept[key] for key in kept)
