"""Prefixes, links and listeners of DHCPv6: what the page has is read, and what cannot be meant is refused."""

import re
from pathlib import Path

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.config.prefixes import encoded6

PAGE = Path(__file__).parents[2] / "docs" / "dhcpv6.md"
BASE = """
[server]
name = "a"

[[link]]
name = "office"
"""
NA = '[[prefix]]\nname = "na"\naddress = "2001:db8:1::/64"\nlink = "office"\n'
PD = '[[prefix]]\nname = "pd"\naddress = "2001:db8:8000::/48"\ndhcp-type = "prefix-delegation"\nlink = "office"\n'
RESERVE = '[[prefix.reservations]]\nduid = "00:03:00:01:02:00:00:00:00:05"\n'


def example(*, everything: bool) -> str:
    text = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    return re.sub(r"(?m)^# (?=[\[a-z])", "", text) if everything else text


@pytest.mark.parametrize("everything", [False, True], ids=["as it is", "with all attributes"])
def test_the_example_of_the_page_is_read(everything: bool) -> None:
    configuration = read('[server]\nname = "a"\n' + example(everything=everything))
    addresses, delegations = configuration.prefix
    assert addresses.reservations[0].duid == bytes.fromhex("00030001020000000005")
    assert (addresses.dhcp_type, delegations.dhcp_type) == ("dhcp", "prefix-delegation")
    assert configuration.policy[0].default_prefix_length == 56
    if everything:
        assert encoded6(configuration.policy[0].v6_options)[23] == bytes.fromhex("20010db8000000000000000000000053")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (NA.replace("office", "nowhere"), "there is no link 'nowhere' (there are: office)"),
        (NA + NA.replace('"na"', '"nb"'), "2001:db8:1::/64 overlaps 2001:db8:1::/64 of prefix 'na'"),
        (NA + NA.replace("2001:db8:1::", "2001:db8:2::"), "the name 'na' is used twice"),
        (NA + 'policy = "other"', "there is no policy 'other'"),
        (NA + 'range = "2001:db8:2::/80"', "2001:db8:2::/80 is not in 2001:db8:1::/64"),
        (NA.replace("2001:db8:1::/64", "fe80::/64"), "is not a prefix of clients"),
        (NA.replace("2001:db8:1::/64", "ff02::/64"), "is not a prefix of clients"),
        (NA.replace("2001:db8:1::/64", "2001:db8:1::1/64"), "not a valid IPv6 network"),
        (NA + "max-leases = 0", "greater than or equal to 1"),
        (NA + 'allocation-algorithms = ["first"]', "'client-request', 'reservation'"),
        (NA + RESERVE, "set ip6address"),
        (NA + RESERVE + 'ip6address = "2001:db8:2::1"', "2001:db8:2::1 is not in 2001:db8:1::/64"),
        (NA + RESERVE + 'ip6address = "2001:db8:1::"', "the address of every router"),
        (NA + 2 * (RESERVE + 'ip6address = "2001:db8:1::9"\n'), "2001:db8:1::9 is reserved twice"),
        (NA + RESERVE.replace("02:", "0g:"), "octets in hexadecimal"),
        (PD.replace('link = "office"\n', ""), "set link"),
        (PD.replace("/48", "/68"), "default-prefix-length 64 of policy 'default' is shorter"),
        (PD + RESERVE + 'prefix = "2001:db8:8000::/56"', "has not the default-prefix-length 64"),
        (PD + RESERVE + 'ip6address = "2001:db8:8000::1"', "set prefix"),
        (NA + 'options = { dns-servers = ["192.0.2.1"] }', "dns-servers (23)"),
        (NA + "options = { 3 = 'x' }", "the protocol sets"),
        ('[[scope]]\nname = "NA"\nsubnet = "192.0.2.0/24"\n' + NA, "a scope has the name"),
        ("[[listener6]]\nport = 547", "set address or interface"),
        ('[[listener6]]\ninterface = "eth0"\nlink = "nowhere"', "there is no link 'nowhere'"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(BASE + text)
    assert wrong in str(caught.value)


def test_a_stateless_prefix_leases_nothing() -> None:
    with pytest.raises(ConfigurationError, match="nothing is leased"):
        read(BASE + NA + 'dhcp-type = "stateless"\n' + RESERVE + 'ip6address = "2001:db8:1::9"')
