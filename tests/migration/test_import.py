"""Files of ISC dhcpd, Kea and Windows as a data directory of this server: nothing is dropped without a word."""

import contextlib
import json
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import cli
from dhcpserver.config.document import read as read_configuration
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.migration import isc, isc_leases, kea, kea_leases, windows_netsh, windows_xml
from dhcpserver.migration.command import Files, Kind, Result, carry_over
from dhcpserver.migration.found import MigrationError
from tests.peers.programs import program

EXAMPLES = Path(__file__).parent / "examples"
NOW = 1795867200.0
"""2026-11-28 12:00:00 UTC."""


def imported(tmp_path: Path, kind: Kind, configuration: str, leases: str | None = None) -> tuple[Result, Any]:
    """The result, and the document that was written."""
    files = Files(kind, EXAMPLES / configuration, EXAMPLES / leases if leases else None, tmp_path / "data", "dhcp-a")
    result = carry_over(files, NOW)
    text = (tmp_path / "data" / "config.toml").read_text()
    read_configuration(text)
    return result, tomllib.loads(text)


def stored(tmp_path: Path) -> dict[str, tuple[Any, ...]]:
    """Status, end, hardware address, identifier and host name of each stored lease."""
    with sqlite3.connect(tmp_path / "data" / "leases.db") as database:
        rows = database.execute(
            "SELECT address, status, state_exp, hardware, client_id, host_name FROM lease"
        ).fetchall()
    database.close()
    return {str(IPv4Address(address)): tuple(rest) for address, *rest in rows}


def lost(result: Result) -> str:
    return "\n".join(map(str, result.lost))


LAPTOP = (Status.ACTIVE, 1795953600, bytes.fromhex("01020000000064"))


def test_an_isc_configuration_with_its_leases(tmp_path: Path) -> None:
    result, document = imported(tmp_path, "isc", "dhcpd.conf", "dhcpd.leases")
    default, hour = document["policy"]
    assert [(each["allow-lease-time-override"], each["max-lease-time"]) for each in (default, hour)] == [
        (True, 7200)
    ] * 2
    assert not any("authoritative" in each for each in document["scope"])
    assert (default["dhcp-lease-time"], hour["dhcp-lease-time"], hour["options"]) == (600, 3600, default["options"])
    assert default["options"]["domain-name-servers"] == ["192.0.2.53", "192.0.2.54"]
    assert default["options"]["site-id"] == 7
    office, floor, other = document["scope"]
    assert [each.get("primary-subnet") for each in document["scope"]] == [None, None, "198.51.100.0/25"]
    assert (office["subnet"], office["ranges"]) == ("192.0.2.0/24", ["192.0.2.100-192.0.2.200"])
    assert office["policy"] == hour["name"]
    assert office["options"] == {"routers": "192.0.2.1", "interface-mtu": 1400}
    assert office["reservations"] == [
        {"ipaddr": "192.0.2.20", "mac": "02:00:00:00:00:01", "options": {"host-name": "printer"}},
        {"ipaddr": "192.0.2.21", "client-id": "616263"},
    ]
    assert floor["options"] == {"time-offset": -18000, "routers": "198.51.100.1"}
    assert other["options"] == {"time-offset": -18000}
    (pair,) = document["failover-pair"]
    assert (pair["main"], pair["backup"], pair["mclt"]) == ("dhcp-a", "dhcp-a-partner", 1800)
    assert stored(tmp_path) == {
        "192.0.2.100": (*LAPTOP, b"\1\2\0\0\0\0d", "laptop"),
        "192.0.2.101": (Status.ACTIVE, 1795953600, bytes.fromhex("01020000000065"), None, ""),
        "192.0.2.103": (Status.ABANDONED, 1795957201, b"", None, ""),
    }
    assert (result.leases, result.ended) == (3, 1)
    for each in ('class "phones"', "deny members of", "lease 10.9.9.9", "no protection"):
        assert each in lost(result)
    assert f"{EXAMPLES / 'dhcpd.conf'}:12: class" in lost(result)


def test_a_kea_configuration_with_its_leases(tmp_path: Path) -> None:
    result, document = imported(tmp_path, "kea", "kea-dhcp4.conf", "kea-leases4.csv")
    assert [each["interface"] for each in document["listener"]] == ["eth0", "eth1"]
    default, short = document["policy"]
    assert (default["dhcp-lease-time"], short["dhcp-lease-time"]) == (4000, 600)
    assert default["options"]["site-id"] == "7"
    assert default["options"]["domain-name-servers"] == ["192.0.2.53", "192.0.2.54"]
    assert default["options"]["domain-name"] == "example.org"
    office, floor = document["scope"]
    assert office["ranges"] == ["192.0.2.100-192.0.2.200", "192.0.2.224-192.0.2.239"]
    assert office["reservations"] == [
        {"ipaddr": "192.0.2.20", "mac": "02:00:00:00:00:01", "options": {"host-name": "printer"}},
        {"ipaddr": "192.0.2.22", "circuit-id": "hex:65:74:68:33"},
    ]
    assert floor["relay-subnets"] == ["203.0.113.1/32"]
    (pair,) = document["failover-pair"]
    assert pair["main"] == "dhcp-a"
    assert stored(tmp_path) == {
        "192.0.2.100": (*LAPTOP, b"\1\2\0\0\0\0d", "laptop.example.org"),
        "192.0.2.102": (Status.ACTIVE, FOREVER, bytes.fromhex("01020000000066"), None, ""),
        "192.0.2.103": (Status.ABANDONED, 1795957201, b"", None, ""),
    }
    assert result.ended == 1
    for each in ("the protocol sets option 51", "libdhcp_lease_cmds.so", "kea-leases4.csv:8"):
        assert each in lost(result)


def test_a_dump_of_netsh(tmp_path: Path) -> None:
    result, document = imported(tmp_path, "windows", "netsh.txt")
    office, old = document["scope"]
    assert (office["name"], office["subnet"]) == ("Office - 1", "192.0.2.0/24")
    assert office["ranges"] == ["192.0.2.10-192.0.2.49", "192.0.2.61-192.0.2.250"]
    assert office["options"] == {"routers": "192.0.2.1", "ip-forwarding": True}
    assert office["reservations"] == [
        {"ipaddr": "192.0.2.20", "mac": "02:00:00:00:00:01", "options": {"host-name": "printer"}}
    ]
    assert old["deactivated"] is True
    assert [each.get("dhcp-lease-time") for each in document["policy"]] == [None, 691200]
    for each in ("netsh.txt:4: add optiondef", "it is for a class", "DHCPv6"):
        assert each in lost(result)


def test_an_export_in_utf_16_with_its_leases(tmp_path: Path) -> None:
    text = (EXAMPLES / "export.xml").read_text().replace("utf-8", "utf-16")
    path = tmp_path / "export.xml"
    path.write_bytes(text.encode("utf-16"))
    result, document = imported(tmp_path, "windows", str(path))
    (office,) = document["scope"]
    assert office["ranges"] == ["192.0.2.10-192.0.2.49", "192.0.2.61-192.0.2.250"]
    assert office["options"] == {"routers": "192.0.2.1", "interface-mtu": 1400}
    assert stored(tmp_path) == {
        "192.0.2.100": (*LAPTOP, None, "laptop.example.org"),
        "192.0.2.101": (Status.ACTIVE, FOREVER, b"", bytes.fromhex("ff00000001020304"), ""),
    }
    assert "Policies" in lost(result)
    assert "lease 192.0.2.103" in lost(result)


@pytest.mark.peer
def test_dhcpd_accepts_the_example() -> None:
    """The example is a configuration that the other server would start with."""
    done = subprocess.run(
        [program("dhcpd"), "-4", "-t", "-cf", str(EXAMPLES / "dhcpd.conf"), "-lf", str(EXAMPLES / "dhcpd.leases")],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr


def test_the_command_prints_what_is_lost_and_refuses_a_directory_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", "isc", str(EXAMPLES / "dhcpd.conf"), "--data", str(tmp_path / "data")]
    assert cli.run(arguments) == 0
    out = capsys.readouterr().out
    assert "not carried over: " in out
    assert out.endswith(f"{tmp_path / 'data'}: 3 scopes, 0 leases\n")
    assert cli.run(arguments) == 1
    assert "config.toml exists: name a new directory" in capsys.readouterr().err
    assert cli.run([*arguments[:-1], str(tmp_path / "other"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scopes"] == 3


def test_no_character_that_a_terminal_obeys_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "dhcpd.conf"
    source.write_text('class "\x1b]0;x\x07 \u202e" { }\noption domain-name "\x9b2J";\n}')
    for text in (source.read_text(), source.read_text().rstrip("}")):
        source.write_text(text)
        cli.run(["import", "isc", str(source), "--data", str(tmp_path / "data")])
        captured = capsys.readouterr()
        assert all(each.isprintable() or each == "\n" for each in captured.out + captured.err)
    assert r"class \"\x1b]0;x\x07 \u202e\"" in captured.out.replace('"', r"\"")


def test_a_configuration_with_which_no_server_would_start_is_written_with_what_to_correct(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "dhcpd.conf"
    source.write_text("subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.0 192.0.2.9; }\n")
    assert cli.run(["import", "isc", str(source), "--data", str(tmp_path / "data")]) == 1
    out = capsys.readouterr().out
    assert "to correct: " in out
    assert "line 1" in out


WRONG = {
    "isc": ["subnet {", '"', "}", "option x", 'include "none";', "{" * 200],
    "kea": ["", "[]", "{}", '{"Dhcp4": {"subnet4": 7}}', '{"Dhcp4": {"subnet4": [7]}}', "[" * 100_000],
    "windows": ["", "hello", "<a/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "<"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WRONG.items() for text in texts])
def test_what_is_no_such_file_is_one_line(
    kind: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "file"
    source.write_text(text)
    assert cli.run(["import", kind, str(source), "--data", str(tmp_path / "data")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("pairwatch: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "address\rhwaddr\n", "a,b\n1,2\n", "\0"])
def test_leases_that_are_none_are_one_error(text: str) -> None:
    with pytest.raises(MigrationError, match=r"^x:1: "):
        kea_leases.read(text, "x")


def test_an_include_that_includes_itself_ends(tmp_path: Path) -> None:
    for name, text in (("a.conf", 'include "a.conf";'), ("b.conf", '<?include "b.conf"?>')):
        (tmp_path / name).write_text(text)
        kind: Kind = "isc" if name == "a.conf" else "kea"
        with pytest.raises(MigrationError, match="include one another"):
            carry_over(Files(kind, tmp_path / name, None, tmp_path / "data", "x"), NOW)


def _nothing(name: str) -> str:
    raise OSError(f"no {name}")


READERS: dict[str, Callable[[str], object]] = {
    "dhcpd.conf": lambda text: isc.read(text, "x", _nothing),
    "dhcpd.leases": lambda text: isc_leases.read(text, "x"),
    "kea-dhcp4.conf": lambda text: kea.read(text, "x", _nothing),
    "kea-leases4.csv": lambda text: kea_leases.read(text, "x"),
    "netsh.txt": lambda text: windows_netsh.read(text, "x"),
    "export.xml": lambda text: windows_xml.read(text, "x", NOW),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_bent_file_gives_a_result_or_one_error(name: str, data: st.DataObject) -> None:
    text = (EXAMPLES / name).read_text()
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        size = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.text(max_size=6)) + text[at + size :]
    with contextlib.suppress(MigrationError):
        READERS[name](text)
