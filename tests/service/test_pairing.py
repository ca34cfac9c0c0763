"""The configuration digest that partners compare (R-007, R-242)."""

import pytest

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.document import read
from dhcpserver.config.objects import Configuration
from dhcpserver.service.pairing import _canonical, digest

TEXT = """
[server]
name = "a"

[[policy]]
name = "default"
dhcp-lease-time = "1h"

[[scope]]
name = "one"
subnet = "10.0.1.0/24"
ranges = ["10.0.1.10-10.0.1.20"]

[[scope]]
name = "two"
subnet = "10.0.2.0/24"
"""


class LaterPolicy(Policy):
    """A policy of a version that knows one more attribute."""

    new_attribute: int = 5


class LaterScope(Scope):
    """A scope of such a version."""

    new_list: tuple[str, ...] = ()


def changed(old: str, new: str) -> tuple[tuple[int, bytes], ...]:
    text = TEXT.replace(old, new)
    assert text != TEXT
    return digest(read(text))


def test_a_version_with_one_more_attribute_agrees_until_it_is_set() -> None:
    """In a rolling upgrade any new attribute read as a mismatch."""
    policies, scopes = read(TEXT).policy, read(TEXT).scope
    later = tuple(LaterPolicy.model_construct(**dict(each)) for each in policies)
    assert _canonical(later) == _canonical(policies)
    assert _canonical(tuple(LaterScope.model_construct(**dict(each)) for each in scopes)) == _canonical(scopes)
    assert _canonical((later[0].model_copy(update={"new_attribute": 6}),)) != _canonical(policies)


def test_an_explicit_default_and_the_order_make_no_difference() -> None:
    """R-007."""
    assert changed('dhcp-lease-time = "1h"', "dhcp-lease-time = 3600\ngrace-period = 300") == digest(read(TEXT))
    one, two = TEXT.index('[[scope]]\nname = "one"'), TEXT.index('[[scope]]\nname = "two"')
    assert digest(read(TEXT[:one] + TEXT[two:] + TEXT[one:two])) == digest(read(TEXT))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('dhcp-lease-time = "1h"', 'dhcp-lease-time = "2h"', 1),
        ('dhcp-lease-time = "1h"', "offer-timeout = 60", 1),
        ("10.0.1.20", "10.0.1.21", 0),
        ('subnet = "10.0.2.0/24"', 'subnet = "10.0.2.0/24"\nbackup-pct = 0', 0),
    ],
)
def test_a_different_value_changes_the_digest_of_its_class(old: str, new: str, place: int) -> None:
    """R-242."""
    before, after = digest(read(TEXT)), changed(old, new)
    assert [ours != theirs for ours, theirs in zip(before, after, strict=True)] == [
        place == 0,
        place == 1,
        *[False] * 7,
    ]


def test_the_digest_is_of_scopes_policies_options_prefixes_and_links() -> None:
    assert isinstance(read(TEXT), Configuration)
    assert [number for number, _ in digest(read(TEXT))] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ('[[option-definition]]\ncode = 224\nname = "a"\ntype = "u8"\n', 3),
        ('[[vendor-option-space]]\nname = "a"\nenterprise = 9\n', 4),
        ('[[prefix]]\nname = "p"\naddress = "2001:db8::/64"\n', 5),
        ('[[link]]\nname = "l"\n', 6),
        ('[[client-class]]\nname = "c"\n', 7),
        ('[[client]]\nname = "default"\n', 8),
        ('[[vpn]]\nname = "v"\nvrf-name = "v"\n', 9),
    ],
)
def test_a_definition_of_one_partner_changes_the_digest(more: str, number: int) -> None:
    """R-007: options give other octets on the other partner, prefixes other addresses."""
    before, after = digest(read(TEXT)), digest(read(TEXT + more))
    assert [one[0] for one, two in zip(before, after, strict=True) if one != two] == [number]


@pytest.mark.parametrize("octet", ["7f", "80", "ff"])
def test_a_hardware_address_of_any_octets_is_in_the_digest(octet: str) -> None:
    """R-007: octets need not be text. A reservation for such an address kept the server from starting."""
    reserved = 'reservations = [{ ipaddr = "10.0.1.15", mac = "02:00:00:00:00:%s" }]'
    text = TEXT.replace("[[scope]]\n", "[[scope]]\n" + reserved % octet + "\n", 1)
    other = TEXT.replace("[[scope]]\n", "[[scope]]\n" + reserved % "01" + "\n", 1)
    assert text != TEXT
    assert digest(read(text)) != digest(read(other))
