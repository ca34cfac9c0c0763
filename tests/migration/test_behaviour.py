"""What a server did with its clients is carried over: authority, bounds of lease times, reservations by port."""

import json
import tomllib
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from dhcpserver.config.document import read
from dhcpserver.migration.command import Files, Kind, carry_over
from dhcpserver.migration.composing import compose
from dhcpserver.migration.found import Found, FoundScope, LeaseTimes
from dhcpserver.migration.windows_netsh import read as read_netsh
from tests.migration.test_import import EXAMPLES, NOW

SUBNET = "subnet 192.0.2.0 netmask 255.255.255.0 {{ {0} range 192.0.2.10 192.0.2.20; }}"
OTHER = "subnet 198.51.100.0 netmask 255.255.255.0 {{ {0} range 198.51.100.10 198.51.100.20; }}"


def imported(tmp_path: Path, kind: Kind, text: str) -> tuple[Any, list[str]]:
    """Return the document, which this server accepts, and what was lost."""
    source = tmp_path / "source"
    source.write_text(text)
    result = carry_over(Files(kind, source, None, tmp_path / "data", "dhcp-a"), NOW)
    written = (tmp_path / "data" / "config.toml").read_text()
    read(written)
    return tomllib.loads(written), [each.text for each in result.lost]


SUBNETS = [IPv4Network(f"10.0.{number}.0/24") for number in range(3)]


def isc(tmp_path: Path, head: str, first: str = "", second: str = "") -> tuple[Any, list[str]]:
    return imported(tmp_path, "isc", "\n".join((head, SUBNET.format(first), OTHER.format(second))))


def kea(tmp_path: Path, top: dict[str, object], **subnet: object) -> tuple[Any, list[str]]:
    pools = [{"pool": "192.0.2.10-192.0.2.20"}]
    of_subnet = {"id": 1, "subnet": "192.0.2.0/24", "pools": pools, **subnet}
    return imported(tmp_path, "kea", json.dumps({"Dhcp4": {**top, "subnet4": [of_subnet]}}))


@pytest.mark.parametrize(
    ("head", "first", "authority"),
    [
        ("", "", (False, False)),
        ("authoritative;", "", (True, True)),
        ("not authoritative;", "", (False, False)),
        ("", "authoritative;", (True, False)),
        ("authoritative;", "not authoritative;", (False, True)),
    ],
)
def test_dhcpd_has_authority_only_where_its_file_has_the_word(
    tmp_path: Path, head: str, first: str, authority: tuple[bool, bool]
) -> None:
    """Without it dhcpd sends no NAK for an address that it does not know (dhcpd.conf(5)); this server would."""
    document, lost = isc(tmp_path, head, first)
    assert tuple(each.get("authoritative", True) for each in document["scope"]) == authority
    assert not any("authoritative" in each for each in lost)


@pytest.mark.parametrize(("top", "subnet", "authority"), [({}, {}, False), ({"authoritative": True}, {}, True),
    ({"authoritative": True}, {"authoritative": False}, False)])  # fmt: skip
def test_kea_has_authority_only_where_its_file_sets_it(
    tmp_path: Path, top: dict[str, object], subnet: dict[str, object], authority: bool
) -> None:
    document, _ = kea(tmp_path, top, **subnet)
    assert document["scope"][0].get("authoritative", True) is authority


def test_a_windows_server_has_authority() -> None:
    """It answers every client on its networks with a NAK."""
    found = read_netsh((EXAMPLES / "netsh.txt").read_text(), "netsh.txt")
    assert found.scopes
    assert all(each.authoritative for each in found.scopes)


def times(policy: dict[str, Any]) -> tuple[object, ...]:
    names = ("dhcp-lease-time", "allow-lease-time-override", "min-lease-time", "max-lease-time")
    return tuple(policy.get(name) for name in names)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("default-lease-time 600;", (600, None, None, None)),
        ("default-lease-time 600; max-lease-time 7200;", (600, True, None, 7200)),
        ("default-lease-time 600; min-lease-time 300; max-lease-time 7200;", (600, True, 300, 7200)),
        ("default-lease-time 600; min-lease-time 300;", (600, True, 300, 600)),
        ("max-lease-time 7200;", (7200, True, None, 7200)),
        ("max-lease-time 86400;", (43200, True, None, 86400)),
        ("default-lease-time 9000; max-lease-time 7200;", (7200, True, None, 7200)),
        ("default-lease-time 60; min-lease-time 300; max-lease-time 7200;", (300, True, 300, 7200)),
        ("default-lease-time 60; min-lease-time 9000; max-lease-time 7200;", (7200, True, 7200, 7200)),
        ("default-lease-time 600; min-lease-time 0;", (600, None, None, None)),
    ],
)
def test_the_bounds_of_lease_times_are_carried_over(
    tmp_path: Path, statements: str, expected: tuple[object, ...]
) -> None:
    """What a client requests counts there between the two. The lease time is bounded by them, with a word about it."""
    document, lost = isc(tmp_path, statements)
    assert times(document["policy"][0]) == expected
    bounded = statements.startswith(("default-lease-time 9000", "default-lease-time 60;", "max-lease-time 7200"))
    assert any("outside its bounds" in each for each in lost) is bounded
    assert not any("lease-time" in each for each in lost)


def test_each_subnet_with_other_bounds_has_its_policy(tmp_path: Path) -> None:
    """One that sets only a bound keeps the lease time of the file."""
    document, _ = isc(tmp_path, "default-lease-time 600;", "max-lease-time 900;", "max-lease-time 1200;")
    policies = {each["name"]: times(each) for each in document["policy"]}
    assert [policies[each["policy"]] for each in document["scope"]] == [(600, True, None, 900), (600, True, None, 1200)]
    assert len(policies) == 3


def test_the_bounds_of_kea_are_carried_over(tmp_path: Path) -> None:
    """`min-valid-lifetime` and `max-valid-lifetime`, of the server and of a subnet."""
    document, _ = kea(tmp_path, {"valid-lifetime": 4000, "max-valid-lifetime": 8000}, **{"min-valid-lifetime": 1000})
    assert [times(each) for each in document["policy"]] == [(4000, True, None, 8000), (4000, True, 1000, 8000)]
    (scope,) = document["scope"]
    assert scope["policy"] == document["policy"][1]["name"]


def test_reservations_by_port_are_carried_over(tmp_path: Path) -> None:
    """dhcpd's host-identifier, as text or as octets. A host with two identities keeps its hardware address."""
    hosts = """
    host a { host-identifier option agent.circuit-id "eth3"; fixed-address 192.0.2.101; }
    host b { host-identifier option agent.remote-id 0:6:aa; fixed-address 192.0.2.102; }
    host c { host-identifier option agent.circuit-id 00:06:aa; host-identifier option agent.remote-id "r";
             fixed-address 192.0.2.103; }
    host f { option dhcp-client-identifier 1:2:0:0:0:f; fixed-address 192.0.2.106; }
    host g { host-identifier option agent.circuit-id zz; fixed-address 192.0.2.107; }
    host d { host-identifier option host-name "d"; fixed-address 192.0.2.104; }
    host e { hardware ethernet 2:0:0:0:0:1; option dhcp-client-identifier "e"; fixed-address 192.0.2.105; }
    """
    document, lost = isc(tmp_path, "", hosts)
    assert document["scope"][0]["reservations"] == [
        {"ipaddr": "192.0.2.101", "circuit-id": "hex:65:74:68:33"},
        {"ipaddr": "192.0.2.102", "remote-id": "hex:00:06:aa"},
        {"ipaddr": "192.0.2.103", "circuit-id": "hex:00:06:aa", "remote-id": "hex:72"},
        {"ipaddr": "192.0.2.106", "client-id": "01020000000f"},
        {"ipaddr": "192.0.2.105", "mac": "02:00:00:00:00:01"},
    ]
    for each in (
        "neither a text nor octets",
        "a reservation is by a client, or by circuit ID",
        "not for an identifier",
    ):
        assert any(each in text for text in lost), each


def test_policies_with_one_lease_time_have_different_names() -> None:
    """Their bounds differ."""
    subnets = [FoundScope(f"s{number}", subnet, "x") for number, subnet in enumerate(SUBNETS)]
    for number, scope in enumerate(subnets):
        scope.times = LeaseTimes(600, None, 900 + number)
    names = [each["name"] for each in tomllib.loads(compose(Found(scopes=subnets), "a").text)["policy"]]
    assert names == ["default", "lease-600", "lease-600-2", "lease-600-3"]
