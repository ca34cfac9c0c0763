"""Scopes that are possible to write and cannot be meant are refused with their line (issue 15)."""

import pytest

from dhcpserver.config.document import read
from tests.config.test_document import problems

TEXT = """[server]
name = "a"
[[cluster]]
name = "a"
ipaddr = "192.0.2.2"
[[listener]]
address = "192.0.2.3"
[[policy]]
name = "default"
routers = ["192.0.2.1"]
[[scope]]
name = "s1"
subnet = "192.0.2.0/24"
ranges = ["192.0.2.10-192.0.2.90"]
relay-subnets = ["203.0.113.0/25"]
reservations = [
    { ipaddr = "192.0.2.20", mac = "02:00:00:00:00:01" },
    { ipaddr = "192.0.2.21", mac = "02:00:00:00:00:02" },
    { ipaddr = "192.0.2.121", client-id = "01:02" },
]
[[scope]]
name = "s2"
subnet = "198.51.100.0/24"
options = { routers = "198.51.100.1" }
reservations = [
    { ipaddr = "198.51.100.20", mac = "02:00:00:00:00:01" },
]
"""


def test_the_configuration_without_a_fault_is_accepted() -> None:
    """A client can have a reservation in each scope."""
    assert len(read(TEXT).scope) == 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"192.0.2.21"', '"192.0.2.20"', "line 18: scope[0].reservations[1].ipaddr: 192.0.2.20 is reserved twice"),
        ("00:00:02", "00:00:01", "line 18: scope[0].reservations[1].mac: 02:00:00:00:00:01 has two reservations here"),
        (
            'mac = "02:00:00:00:00:02"',
            'client-id = "0102"',
            "line 19: scope[0].reservations[2].client-id: client-id 01:02 has two reservations here",
        ),
        ("02:00:00:00:00:02", "01:00:5e:00:00:02", "line 18: scope[0].reservations[1].mac: 01:00:5e:00:00:02 is not"),
        ("02:00:00:00:00:02", "ff:ff:ff:ff:ff:ff", "line 18: scope[0].reservations[1].mac: ff:ff:ff:ff:ff:ff is not"),
        ("02:00:00:00:00:02", "00:00:00:00:00:00", "line 18: scope[0].reservations[1].mac: 00:00:00:00:00:00 is not"),
        ('"192.0.2.21"', '"192.0.2.255"', "line 18: scope[0].reservations[1].ipaddr: 192.0.2.255 is the network or"),
        ('"192.0.2.21"', '"192.0.2.3"', "line 18: scope[0].reservations[1].ipaddr: 192.0.2.3 is the address of"),
        ("192.0.2.10-192.0.2.90", "192.0.2.10-192.0.2.255", "line 14: scope[0].ranges[0]: 192.0.2.10-192.0.2.255 has"),
        ("192.0.2.10-", "192.0.2.3-", "192.0.2.3-192.0.2.90 has 192.0.2.3, the address of this server"),
        (
            'name = "s2"',
            'name = "s2"\nprimary-subnet = "192.0.3.0/24"',
            "line 23: scope[1].primary-subnet: no scope has the subnet 192.0.3.0/24",
        ),
        (
            'name = "s2"',
            'name = "s2"\nprimary-subnet = "198.51.100.0/24"',
            "line 23: scope[1].primary-subnet: 198.51.100.0/24 is the subnet of this scope",
        ),
        (
            'name = "s2"',
            'name = "s2"\nprimary-subnet = "192.0.2.0/24"',
            "line 27: scope[1].reservations[0].mac: 02:00:00:00:00:01 has two reservations here",
        ),
        ("192.0.2.10-", "192.0.2.5-", ""),
        (
            'routers = ["192.0.2.1"]',
            'routers = ["192.0.2.50"]',
            "line 13: scope[0].subnet: the router 192.0.2.50 is in",
        ),
        ('routers = ["192.0.2.1"]', 'routers = ["192.0.2.20"]', ""),
        (
            'routers = ["192.0.2.1"]',
            'routers = ["192.0.3.1"]',
            "the router 192.0.3.1 is outside the subnet 192.0.2.0/24",
        ),
        ('"198.51.100.1"', '"192.0.2.1"', "line 24: scope[1].options: the router 192.0.2.1 is outside the subnet 198."),
        (
            '"192.0.2.21", mac',
            '"192.0.2.21", options = { 3 = "198.51.100.1" }, mac',
            "line 18: scope[0].reservations[1].options: the router 198.51.100.1 is outside",
        ),
        ("198.51.100.0/24", "198.51.100.0/24", ""),
        (
            'options = { routers = "198.51.100.1" }',
            'options = { routers = "198.51.100.1" }\nrelay-subnets = ["203.0.113.0/25"]',
            "line 25: scope[1].relay-subnets[0]: 203.0.113.0/25 is a subnet or relay subnet of scope 's1' too",
        ),
        (
            'options = { routers = "198.51.100.1" }',
            'options = { routers = "198.51.100.1" }\nrelay-subnets = ["203.0.113.0/26"]',
            "",
        ),
        ('"203.0.113.0/25"', '"198.51.100.0/24"', "line 23: scope[1].subnet: 198.51.100.0/24 is a subnet or relay"),
    ],
)
def test_a_scope_that_cannot_be_meant_is_refused(old: str, new: str, complaint: str) -> None:
    text = TEXT.replace(old, new)
    if not complaint:
        assert read(text)
        return
    (found,) = problems(text)
    assert complaint in found


@pytest.mark.parametrize("subnet", ["224.0.0.0/24", "0.0.0.0/24", "240.0.0.0/24"])
def test_a_subnet_without_clients_is_refused(subnet: str) -> None:
    (found,) = problems(f'[server]\nname = "a"\n[[scope]]\nname = "s"\nsubnet = "{subnet}"\n')
    assert found.startswith("line 5: scope[0].subnet: ")
    assert "is not a subnet of clients" in found


@pytest.mark.parametrize("length", [31, 32])
def test_a_subnet_without_a_broadcast_address_may_be_used_whole(length: int) -> None:
    """RFC 3021."""
    last = 33 - length
    text = f'[server]\nname = "a"\n[[scope]]\nname = "s"\nsubnet = "192.0.2.0/{length}"\n'
    assert read(text + f'ranges = ["192.0.2.0-192.0.2.{last - 1}"]\n')


def test_scopes_of_one_link_may_have_equal_relay_subnets() -> None:
    """Scopes of two links may not: the test above."""
    secondary = """[[scope]]
name = "s3"
subnet = "10.3.0.0/24"
primary-subnet = "192.0.2.0/24"
relay-subnets = ["203.0.113.0/25"]
options = { routers = "10.3.0.1" }
"""
    assert read(TEXT + secondary).scope[2].network == read(TEXT).scope[0].subnet


def test_a_secondary_subnet_is_not_the_primary_of_another() -> None:
    chain = """[[scope]]
name = "s3"
subnet = "10.3.0.0/24"
primary-subnet = "192.0.2.0/24"
[[scope]]
name = "s4"
subnet = "10.4.0.0/24"
primary-subnet = "10.3.0.0/24"
"""
    assert "10.3.0.0/24 of scope 's3' is a secondary subnet itself, of 192.0.2.0/24" in str(problems(TEXT + chain))
