"""Every option of both registries: values to octets and back, and the octets of RFC examples."""

import contextlib
import random
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.definition import OptionDefinition, unknown_option
from dhcpserver.wire.optiontypes.standard4 import STANDARD4
from dhcpserver.wire.optiontypes.standard6 import STANDARD6
from dhcpserver.wire.optiontypes.table import OptionTable

EVERY = (*STANDARD4, *STANDARD6)
IDS = [f"{row.family}-{row.code}-{row.name}" for row in EVERY]
TABLE = OptionTable(STANDARD4)


def row(name: str | int) -> OptionDefinition:
    return TABLE.find(name)


@pytest.mark.parametrize("definition", EVERY, ids=IDS)
def test_the_example_of_an_option_is_encoded_and_decoded(definition: OptionDefinition) -> None:
    """Issue 15: one table of the standard options of both families."""
    value = tomllib.loads(f"value = {definition.example}")["value"]
    octets = definition.encode(value)
    assert definition.encode(definition.decode(octets)) == octets
    assert definition.encode("hex:" + octets.hex()) == octets


@pytest.mark.parametrize("definition", EVERY, ids=IDS)
def test_octets_that_an_option_can_have_are_encoded_again_as_they_were(definition: OptionDefinition) -> None:
    """Random octets are refused with OptionValueError, or they are the octets of the value that they decode to."""
    entropy = random.Random(definition.code)
    accepted = 0
    for _ in range(400):
        octets = entropy.randbytes(entropy.choice((0, 1, 2, 4, 5, 8, 16, 20)))
        if entropy.random() < 0.3:
            octets = bytes(octet % 5 for octet in octets)
        try:
            value = definition.decode(octets)
        except OptionValueError:
            continue
        accepted += 1
        again = definition.encode(value)
        assert definition.encode(definition.decode(again)) == again
        assert definition.decode(again) == value
        # A NUL at the end of a text, and a pointer in a list of names, are read and not written.
        if definition.type.name not in ("string", "compressed-domain", "sip-servers", "domain"):
            assert again == octets or definition.type.name.startswith(("rdnss", "slp"))
    if definition.type.name in ("u8", "u16", "u32", "i32", "hex", "address4", "address6"):
        assert accepted


@pytest.mark.parametrize("registry", [STANDARD4, STANDARD6])
def test_numbers_and_names_are_unique(registry: tuple[OptionDefinition, ...]) -> None:
    codes = [each.code for each in registry]
    assert codes == sorted(set(codes))
    names = [name for each in registry for name in (each.name, *each.also)]
    assert len(names) == len(set(names))
    assert all(each.reference for each in registry)


def test_assigned_numbers_are_there() -> None:
    """The registry "BOOTP Vendor Extensions and DHCP Options": removed and unassigned numbers are not."""
    removed = {84, 96, *range(102, 108), 110, 111, 115, 126, 127, 149, 160, *range(163, 175), *range(178, 208)}
    private = {*range(214, 220), 222, 223, *range(224, 255)} - {249, 252}
    assert {each.code for each in STANDARD4} == set(range(1, 255)) - removed - private
    assert {each.code for each in STANDARD6} == set(range(1, 149)) - {10, 35}


@pytest.mark.parametrize(
    ("name", "value", "octets"),
    [
        # The values of issue 15, case D2, and RFC examples.
        (26, "1500", "05dc"),
        ("interface-mtu", 1500, "05dc"),
        (19, "false", "00"),
        (19, True, "01"),
        (2, "3600", "00000e10"),
        (2, -3600, "fffff1f0"),
        (6, "192.0.2.53, 192.0.2.54", "c0000235c0000236"),
        (6, ["192.0.2.53"], "c0000235"),
        (66, "192.0.2.7", b"192.0.2.7".hex()),
        (121, ["10.0.0.0/8 via 192.0.2.1"], "080ac0000201"),
        (121, "default via 192.0.2.1, 10.17.0.0/16 192.0.2.2", "00c0000201" + "100a11c0000202"),
        # RFC 3442: the table of descriptors.
        (121, "10.0.0.0/24 via 192.0.2.1", "180a0000c0000201"),
        (121, "10.27.129.0/24 via 192.0.2.1", "180a1b81c0000201"),
        (121, "10.198.122.47/32 via 192.0.2.1", "200ac67a2fc0000201"),
        # RFC 3397 section 2: eng.apple.com. and marketing.apple.com.
        (
            119,
            ["eng.apple.com", "marketing.apple.com"],
            "03656e67056170706c6503636f6d00" + "096d61726b6574696e67c004",
        ),
        (21, "192.0.2.0/24", "c0000200ffffff00"),
        (33, "198.51.100.0 192.0.2.1", "c6336400c0000201"),
        # RFC 3361 section 3.1 and 3.2.
        (120, "192.0.2.1 192.0.2.2", "01c0000201c0000202"),
        (120, "example.org", "00076578616d706c65036f726700"),
        (43, "01:04:c0:00:02:01", "0104c0000201"),
        (43, "text:abc", "616263"),
        (68, [], ""),
        (77, ["abc", "de"], "03616263026465"),
        (108, 1800, "00000708"),
        (46, 8, "08"),
        (78, "true 192.0.2.1 192.0.2.2", "01c0000201c0000202"),
    ],
)
def test_values_are_encoded_as_their_rfc_has_them(name: str | int, value: object, octets: str) -> None:
    assert row(name).encode(value).hex() == octets


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (26, "fast", "an integer from 68 to 65535, not 'fast'"),
        (26, 67, "an integer from 68 to 65535"),
        (26, 65536, "an integer from 68 to 65535"),
        (26, True, "an integer"),
        (26, 1500.0, "an integer"),
        (26, [1500], "one value"),
        (26, "hex:05", "an integer"),
        (26, "hex:05dc00", "1 octets too many"),
        (23, 0, "from 1 to 255"),
        (46, 3, "one of 1, 2, 4, 8"),
        (19, 2, "true or false"),
        (19, "perhaps", "true or false"),
        (3, "192.0.2.256", "an IPv4 address, not '192.0.2.256'"),
        (3, "router.example.org", "an IPv4 address"),
        (42, "", "at least 1 value"),
        (42, [], "at least 1 value"),
        (15, "", "text of at least one character"),
        (43, "abc", "3 hexadecimal digits; octets need two digits each"),
        (43, "hex:0", "1 hexadecimal digits"),
        (43, "xyz", "not octets in hexadecimal"),
        (43, 17, "octets in hexadecimal"),
        (121, "10.0.0.1/8 via 192.0.2.1", "bits beyond its mask"),
        (121, "10.0.0.0 via 192.0.2.1", "a route such as"),
        (121, "10.0.0.0/8", "a route such as"),
        (119, "exa mple.org", "not a domain name"),
        (119, "a" * 64 + ".org", "not a label"),
        (119, ".".join(["a" * 63] * 4) + ".org", "longer than a domain name"),
        (33, "198.51.100.0", "separated by spaces"),
        (21, "192.0.2.1/24", "bits beyond its mask"),
        (120, "192.0.2.1 example.org", "domain names, or IPv4 addresses"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_is_accepted(
    name: str | int, value: object, complaint: str
) -> None:
    with pytest.raises(OptionValueError, match=re.escape(complaint)):
        row(name).encode(value)


def test_options_are_found_by_number_and_by_the_names_of_other_servers() -> None:
    assert row("26") is row("interface-mtu") is row(26) is row("Interface-MTU")
    assert row("domain-search-list").code == 119
    assert row("captive-portal").code == 114
    assert row(200) == unknown_option(200)
    with pytest.raises(OptionValueError, match="did you mean interface-mtu"):
        row("interface-mut")
    for number in (0, 255, 256):
        with pytest.raises(OptionValueError, match="1 to 254"):
            row(number)


LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=6).map(".".join)


@given(st.lists(NAME, min_size=1, max_size=12))
def test_a_compressed_list_of_names_has_the_names(names: list[str]) -> None:
    """RFC 1035 section 4.1.4: pointers are read as they are written, and save octets for equal ends."""
    definition = row("domain-search")
    octets = definition.encode(names)
    assert definition.decode(octets) == names
    assert len(octets) <= sum(len(name) + 2 for name in names)


@given(st.binary(max_size=80))
def test_reading_names_from_any_octets_ends(octets: bytes) -> None:
    """A pointer to itself or forward is refused."""
    with contextlib.suppress(OptionValueError):
        row("domain-search").decode(octets)


@pytest.mark.parametrize("octets", ["c000", "0161c000", "c002", "0161c0", "0161", "40", "00"])
def test_names_without_an_end_are_refused(octets: str) -> None:
    with pytest.raises(OptionValueError):
        row("domain-search").decode(bytes.fromhex(octets))


@given(st.integers(0, 32), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF))
def test_a_route_has_the_significant_octets_of_its_network(length: int, address: int, router: int) -> None:
    """RFC 3442."""
    definition = row("classless-static-routes")
    mask = (0xFFFFFFFF << 32 - length) & 0xFFFFFFFF
    size = (length + 7) // 8
    octets = bytes((length,)) + (address & mask).to_bytes(4, "big")[:size] + router.to_bytes(4, "big")
    assert definition.encode(definition.decode(octets)) == octets
