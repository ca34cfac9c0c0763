"""What a client would get, from the server's own code."""

from ipaddress import IPv4Address

import pytest

from dhcpserver.config.document import read
from dhcpserver.service.query import Arrival
from dhcpserver.service.rehearsal import ImaginedClient, Rehearsal, rehearse
from tests.failover.paired import CONFIGURATION as PAIRED
from tests.service.standalone import CONFIGURATION, LINK, RELAY, Client, Site, dotted

MAC = bytes((1, 2, 0, 0, 0, 0, 1))
RESERVED = bytes((1, 2, 0, 0, 0, 0, 0x99))


def answer(client: ImaginedClient, text: str = CONFIGURATION, arrival: Arrival = LINK) -> Rehearsal:
    return rehearse(read(text), client, arrival, 1_000_000.0)


def test_a_client_without_option_55_gets_what_a_server_sends() -> None:
    """The lines are those of a real exchange with the same configuration."""
    found = answer(ImaginedClient(MAC))
    site = Site()
    client = Client(site, 1, relay=0)
    address = client.get()
    assert str(found.address) == address
    assert found.lines == (
        "network: 192.0.2.0/24 (scope s1)",
        f"address: {address} (from a range, as all are free here)",
        "lease time: 1000 s",
        "server identifier: 192.0.2.2",
        "option 58 dhcp-renewal-time: 500",
        "option 59 dhcp-rebinding-time: 875",
        "option 1 subnet-mask: 255.255.255.0",
        "option 3 routers: 192.0.2.1",
        "option 6 domain-name-servers: 192.0.2.53, 192.0.2.54",
        "option 15 domain-name: example.org",
    )


def test_a_reservation_and_the_requested_options_are_shown() -> None:
    found = answer(ImaginedClient(RESERVED, requested=(3, 66)))
    assert "address: 192.0.2.12 (reserved for this client)" in found.lines
    assert "option 3 routers: 192.0.2.1" in found.lines
    assert "option 66 tftp-server-name: requested, not configured" in found.lines
    assert not any("domain-name-servers" in line for line in found.lines)


def test_a_client_identifier_and_a_vendor_class_count() -> None:
    text = CONFIGURATION.replace('mac = "02:00:00:00:00:99"', 'client-id = "01:ff"').replace(
        "[[scope]]",
        'vendor-options = { phones = { 1 = "192.0.2.7" } }\n\n[[vendor-option-space]]\nname = "phones"\n'
        'vendor-class = "phone*"\ndefinitions = [{ code = 1, name = "host", type = "string" }]\n\n[[scope]]',
        1,
    )
    plain = answer(ImaginedClient(MAC, requested=(43,)), text)
    assert "option 43 vendor-encapsulated-options: requested, not configured" in plain.lines
    phone = answer(ImaginedClient(MAC, b"\x01\xff", vendor_class=b"phone-7", requested=(43,)), text)
    assert str(phone.address) == "192.0.2.12"
    assert [line for line in phone.lines if line.startswith("option 43 ")] == [
        f"option 43 vendor-encapsulated-options: {(bytes((1, 9)) + b'192.0.2.7').hex(':')}"
    ]


def test_a_relay_decides_on_the_network() -> None:
    found = answer(ImaginedClient(MAC, relay=RELAY))
    assert found.address is not None
    nowhere = answer(ImaginedClient(MAC, relay=int(IPv4Address("10.9.9.9"))))
    assert nowhere.address is None
    assert nowhere.lines == (
        "address: none, no answer (no-scope)",
        "No scope serves the clients of relay 10.9.9.9: the request was dropped.",
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('ranges = ["192.0.2.10-192.0.2.14"]', "ranges = []", "no-address"),
        ('name = "s1"', 'name = "s1"\ndhcp = false', "dhcp-off"),
        ('name = "s1"', 'name = "s1"\ndeactivated = true', "no-scope"),
    ],
)
def test_a_client_without_an_address_gets_the_reason(before: str, after: str, reason: str) -> None:
    found = answer(ImaginedClient(MAC), CONFIGURATION.replace(before, after, 1))
    assert found.address is None
    assert f"address: none, no answer ({reason})" in found.lines


def test_a_probe_is_named_and_waited_for() -> None:
    found = answer(ImaginedClient(MAC), CONFIGURATION.replace("[[scope]]", "ping-clients = true\n\n[[scope]]", 1))
    assert found.address is not None
    assert f"probe: {found.address} is probed before it is offered (ping-clients)" in found.lines


def test_the_boot_fields_are_shown_without_control_characters() -> None:
    boot = 'packet-siaddr = "192.0.2.9"\npacket-file-name = "a\\u001bb"\n\n[[scope]]'
    found = answer(ImaginedClient(MAC), CONFIGURATION.replace("[[scope]]", boot, 1))
    assert "next server (siaddr): 192.0.2.9" in found.lines
    assert "boot file (file): a\\x1bb" in found.lines


def test_an_overloaded_field_is_not_a_boot_file() -> None:
    text = ", ".join(f"{code} = 'hex:{'41' * size}'" for code, size in ((224, 200), (225, 100), (226, 200)))
    found = answer(
        ImaginedClient(MAC, requested=(224, 225, 226)),
        CONFIGURATION.replace("[[scope]]", f"options = {{ {text} }}\n\n[[scope]]", 1),
    )
    assert any(line.startswith("option 225 option-225: 41") for line in found.lines)
    assert not any(line.startswith(("boot file", "server name")) for line in found.lines)
    assert [line for line in found.lines if "left out" in line] == [
        "option 226 option-226: left out, the reply is as long as the client accepts"
    ]


def test_in_a_pair_the_first_lease_is_said_to_be_shorter() -> None:
    """The rehearsal has no partner, so its lease time is the configured one."""
    configuration = read(PAIRED)
    subnet = configuration.scope[0].subnet
    arrival = Arrival(0, int(subnet.network_address) + 1, direct=True)
    found = rehearse(configuration, ImaginedClient(MAC), arrival, 1_000_000.0)
    assert found.address in subnet
    assert found.lines[-1] == "pair example: the first lease is shorter, at most 3600 s (MCLT)"
    assert dotted(int(found.address or 0)) == str(found.address)
