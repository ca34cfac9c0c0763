"""Options of a configuration: types, names, own definitions, vendor spaces; every fault with its line (issue 15)."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.options import encoded, option_table
from tests.config.test_document import problems

HEAD = """[server]
name = "a"
"""
SCOPE = """[[scope]]
name = "s1"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.90"]
"""


def policy(*lines: str) -> str:
    return "\n".join([HEAD + "[[policy]]", 'name = "default"', *lines, SCOPE])


def test_options_are_set_by_number_or_by_name() -> None:
    text = policy('options = { 26 = "1500", domain-search = ["example.org"], 121 = "10.0.0.0/8 via 192.0.2.1" }')
    configuration = read(text)
    found = encoded(option_table(configuration), configuration.policy[0])
    assert found[26] == b"\x05\xdc"
    assert found[119] == b"\7example\3org\0"
    assert found[121] == bytes.fromhex("080ac0000201")


def test_every_fault_has_its_line() -> None:
    """Each was accepted and sent as text, or not sent, or ended in a traceback."""
    text = policy(
        "[policy.options]",
        'interface-mtu = "big"',
        "19 = 2",
        "42 = []",
        '43 = "hex:abc"',
        "51 = 3600",
        "dhcp-server-identifier = '192.0.2.1'",
        "mtu = 1500",
        "26 = 1500",
        "58 = 1",
        "59 = 1",
        "domain-name = 5",
        "255 = 1",
    )
    assert [fault.split(":")[0] for fault in problems(text)] == [
        "line 6",
        "line 7",
        "line 8",
        "line 9",
        "line 10",
        "line 11",
        "line 12",
        "line 13",
        "line 14",
        "line 15",
        "line 16",
        "line 17",
    ]
    found = problems(text)
    assert "policy[0].options.interface-mtu: interface-mtu (26): it needs an integer from 68 to 65535" in found[0]
    assert "ip-forwarding (19): it needs true or false, not 2" in found[1]
    assert "ntp-servers (42): it needs at least 1 value" in found[2]
    assert "3 hexadecimal digits" in found[3]
    assert "set dhcp-lease-time of the policy" in found[4]
    assert "the protocol sets dhcp-server-identifier (54)" in found[5]
    assert "there is no option 'mtu'" in found[6]
    assert "interface-mtu (26) is set twice: interface-mtu sets it too" in found[7]


@pytest.mark.parametrize("code", [50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 80, 81, 82, 90, 91, 92, 118])
def test_an_option_of_the_protocol_cannot_be_set(code: int) -> None:
    (found,) = problems(policy(f'options = {{ {code} = "hex:00" }}'))
    assert found.startswith(f"line 5: policy[0].options.{code}: the protocol sets")


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (('routers = ["192.0.2.1"]', 'options = { routers = ["192.0.2.2"] }'), "routers (3) is set twice: routers"),
        (('domain-name = "a.example"', 'options = { 15 = "b.example" }'), "set twice: domain-name"),
        (('domain-name = ""',), "at least 1 character"),
        (("v4-reply-options = [6, 'nto-servers']",), "did you mean ntp-servers?"),
        (("v4-reply-options = [54]",), "the protocol sets dhcp-server-identifier (54)"),
        (("v4-reply-options = ['v6-only-preferred']",), "to clients that request it only"),
        (("v4-bootp-reply-options = [0]",), "1 to 254"),
        (("options = { 26 = 1500.5 }",), "an integer"),
        (("options = { 26 = 2026-11-27 }",), "an integer"),
        (("options = { 26 = { a = 1 } }",), "an integer"),
        (("vendor-options = { none = { 1 = 2 } }",), "there is no vendor-option-space 'none' (there are: none)"),
    ],
)
def test_what_cannot_be_meant_in_a_policy_is_refused(lines: tuple[str, ...], complaint: str) -> None:
    (found,) = problems(policy(*lines))
    assert complaint in found
    assert found.startswith(f"line {4 + len(lines)}: policy[0].")


def test_options_of_scopes_and_reservations_are_checked_too() -> None:
    text = (
        HEAD
        + SCOPE
        + """options = { 26 = "x" }
reservations = [
    { ipaddr = "192.0.2.20", mac = "02:00:00:00:00:01", options = { 12 = "" } },
    { ipaddr = "192.0.2.21", client-id = "010", options = {} },
]
"""
    )
    (first,) = problems(text)
    assert first.startswith("line 10: scope[0].reservations[1].client-id: a client identifier of 3 hexadecimal digits")
    found = problems(text.replace('"010"', '"0102"'))
    assert [fault.split(": ")[0] for fault in found] == ["line 7", "line 9"]


OWN = """[[option-definition]]
code = 224
name = "site-id"
type = "u32"
[[option-definition]]
code = 225
name = "controllers"
type = "address4"
repeat = true
"""


def test_an_operator_defines_options() -> None:
    text = policy('options = { site-id = 7, 225 = ["192.0.2.8", "192.0.2.9"] }') + OWN
    configuration = read(text)
    found = encoded(option_table(configuration), configuration.policy[0])
    assert found[224] == b"\0\0\0\7"
    assert found[225] == bytes.fromhex("c0000208c0000209")


def test_an_option_with_several_meanings_can_be_defined_again() -> None:
    text = HEAD + OWN.replace("224", "208")
    assert option_table(read(text)).find(208).name == "site-id"


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("code = 225", "code = 150", 8, "150 is the standard option tftp-server-addresses"),
        ("code = 225", "code = 224", 8, "224 is defined twice: it is site-id too"),
        ('name = "controllers"', 'name = "site-id"', 9, "'site-id' is used twice"),
        ('name = "controllers"', 'name = "routers"', 9, "routers is the name of the standard option 3"),
        ('type = "address4"', 'type = "text"', 10, "there is no type 'text' (there are: u8"),
        ('type = "address4"', 'type = "string"', 11, "has no end of its own"),
        ('name = "controllers"', 'name = "Controllers"', 9, "lower-case letters"),
        ('name = "controllers"', 'name = "225"', 9, "at least one letter"),
        ("code = 225", "code = 255", 8, "less than or equal to 254"),
    ],
)
def test_a_definition_that_cannot_be_meant_is_refused(old: str, new: str, line: int, complaint: str) -> None:
    (found,) = problems(HEAD + OWN.replace(old, new))
    assert found.startswith(f"line {line}: option-definition[1].")
    assert complaint in found


SPACES = """[[vendor-option-space]]
name = "access-points"
vendor-class = "ArubaAP*"
definitions = [
    { code = 1, name = "controller", type = "address4", repeat = true },
    { code = 2, name = "group", type = "string" },
]
[[vendor-option-space]]
name = "cable"
enterprise = 4491
definitions = [{ code = 2, name = "tftp-servers", type = "address4", repeat = true }]
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("enterprise = 4491", "enterprise = 4491\nvendor-class = 'x'", "and not both"),
        ("enterprise = 4491", "", "needs a vendor-class"),
        ('name = "cable"', 'name = "access-points"', "'access-points' is used twice"),
        ("enterprise = 4491", 'vendor-class = "ArubaAP*"', "is the key of space 'access-points' too"),
        ('code = 2, name = "group"', 'code = 1, name = "group"', "1 is defined twice: it is controller too"),
    ],
)
def test_a_vendor_space_that_cannot_be_meant_is_refused(old: str, new: str, complaint: str) -> None:
    (found,) = problems(policy() + SPACES.replace(old, new))
    assert complaint in found


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ('access-points = { controller = "x" }', "controller (1): it needs an IPv4 address"),
        ("access-points = { nothing = 1 }", "there is no option 'nothing'"),
        (f'access-points = {{ group = "{"x" * 256}" }}', "256 octets; a sub-option has at most 255"),
        ('acces-points = { group = "x" }', "there is no vendor-option-space 'acces-points'"),
    ],
)
def test_a_sub_option_that_does_not_fit_is_refused(value: str, complaint: str) -> None:
    (found,) = problems(policy(f"vendor-options = {{ {value} }}") + SPACES)
    assert found.startswith("line 5: policy[0].vendor-options.")
    assert complaint in found


def test_the_sub_options_of_an_enterprise_number_have_one_length() -> None:
    """RFC 3925 section 4: the length of all sub-options of one enterprise number is one octet."""
    addresses = ", ".join(['"192.0.2.1"'] * 60)
    text = policy(f"vendor-options = {{ cable = {{ tftp-servers = [{addresses}] }} }}")
    scope = "vendor-options = { cable = { 9 = 'text:0123456789' } }\n"
    assert read(text + scope + SPACES)
    (found,) = problems(text + scope.replace("01234", "0123456") + SPACES)
    assert (
        found
        == "line 10: scope[0].vendor-options.cable: 256 octets of sub-options; an enterprise number has at most 255"
    )
