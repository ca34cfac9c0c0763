"""net-snmp on the other side: its traps are heard, and it hears ours."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from snmp import specs
from snmp.sender import Recipient, TrapSender
from tests.peers.programs import program
from tests.snmp.listening import PATIENCE_SECONDS, heard, receiver, total
from tests.snmp.test_sender import EVERY_TRAP

pytestmark = pytest.mark.peer

B = "1.3.6.1.4.1.9.9.120"
V6 = "1.3.6.1.4.1.9.10.139"
SERVER = ("3", "a", "192.0.2.1")
SERVER6 = ("18", "x", "20010db8000000000000000000000001")
PAIR = ("19", "s", "example-pair")
SCOPE = (("9", "u", "12"), ("12", "s", "wifi"), ("13", "s", "192.0.2.0/24"), ("10", "i", "1"), ("11", "s", "192.0.2.0"))

# number, name, what it carries (object, snmptrap's type letter, value), what is then said
DHCP_TRAPS: tuple[tuple[int, str, tuple[tuple[str, str, str], ...], dict[str, str]], ...] = (
    (3, "server-start", (("4", "i", "2"),), {"server-type": "dhcp"}),
    (4, "server-stop", (("4", "i", "2"),), {"server-type": "dhcp"}),
    (5, "dns-queue-too-big", (), {}),
    (6, "other-server-not-responding", (SERVER, ("4", "i", "2")), {"server": "192.0.2.1", "server-type": "dhcp"}),
    (
        7,
        "duplicate-address",
        (("1", "a", "192.0.2.77"), ("2", "x", "0106001122334455"), ("5", "i", "1")),
        {"address": "192.0.2.77", "hardware-address": "00:11:22:33:44:55", "detected-by": "dhcp-client"},
    ),
    (
        8,
        "address-conflict",
        (("6", "a", "192.0.2.78"), SERVER, SERVER6, PAIR),
        {"contested-address": "192.0.2.78", "server": "192.0.2.1", "ipv6-server": "2001:db8::1"},
    ),
    (9, "other-server-responding", (SERVER, ("4", "i", "2")), {"server": "192.0.2.1"}),
    (
        10,
        "failover-config-mismatch",
        (SERVER, SERVER6, PAIR, ("20", "i", "1")),
        {"failover-pair-name": "example-pair", "config-error-type": "mclt-error"},
    ),
    (
        11,
        "free-address-low",
        (("7", "u", "20"), *SCOPE),
        {"low-threshold": "20", "free-addresses": "12", "scope-name": "wifi", "threshold-type": "scope"},
    ),
    (12, "free-address-high", (("8", "u", "25"), *SCOPE), {"high-threshold": "25", "scope-name": "wifi"}),
    (
        13,
        "other-server-not-responding",
        (SERVER, ("14", "i", "3"), SERVER6),
        {"server": "192.0.2.1", "related-server-type": "failover-partner", "ipv6-server": "2001:db8::1"},
    ),
    (14, "other-server-responding", (SERVER, ("14", "i", "3")), {"related-server-type": "failover-partner"}),
    (
        23,
        "failover-sync-failure",
        (PAIR, ("22", "a", "192.0.2.1"), ("24", "a", "192.0.2.2"), ("26", "i", "1"), ("27", "s", "no route")),
        {"sync-direction": "main-to-backup", "sync-error": "no route", "backup-server": "192.0.2.2"},
    ),
)


def snmptrap(command: str, version: str, address: tuple[str, int], *arguments: str) -> None:
    host, port = address
    subprocess.run(
        [program(command), "-v", version, "-c", "public", "-t", "5", f"{host}:{port}", *arguments],
        check=True,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )


def carried(varbinds: tuple[tuple[str, str, str], ...], instance: str) -> list[str]:
    return [word for number, kind, value in varbinds for word in (f"{B}.1.2.{number}{instance}", kind, value)]


@pytest.mark.parametrize("instance", ["", ".0"])
@pytest.mark.parametrize("version", ["1", "2c"])
def test_every_dhcp_trap_of_net_snmp_is_understood(version: str, instance: str) -> None:
    """R-241, R-242: as any SNMP agent would send them."""
    with receiver() as (listening, address):
        for number, _, varbinds, _ in DHCP_TRAPS:
            head = (f"{B}.2", "10.9.8.7", "6", str(number), "4711") if version == "1" else ("4711", f"{B}.2.0.{number}")
            snmptrap("snmptrap", version, address, *head, *carried(varbinds, instance))
        seen = heard(listening, lambda found: total(found) == len(DHCP_TRAPS))
    assert [one.name for one in seen] == [name for _, name, _, _ in DHCP_TRAPS]
    for one, (number, _, varbinds, texts) in zip(seen, DHCP_TRAPS, strict=True):
        assert one.oid == f"{B}.2.0.{number}"
        assert one.uptime_centiseconds == 4711
        assert one.agent == ("10.9.8.7" if version == "1" else None)
        assert len(one.varbinds) == len(varbinds)
        assert {name: one.get(name) for name in texts} == texts


def test_the_traps_for_dhcpv6_are_understood() -> None:
    with receiver() as (listening, address):
        snmptrap(
            *("snmptrap", "2c", address, "1", f"{V6}.0.1"),
            *(f"{V6}.1.1.1.0", "s", "link-1", f"{V6}.1.1.2.0", "u", "9", f"{V6}.1.1.6.0", "i", "2"),
        )
        (seen,) = heard(listening, lambda found: total(found) == 1)
    assert seen.name == "free-address6-low"
    assert seen.get("link-name") == "link-1"
    assert seen.get("threshold-type6") == "link"


def test_an_inform_is_heard_and_acknowledged() -> None:
    with receiver() as (listening, (host, port)):
        informing = subprocess.Popen(
            [
                *(program("snmpinform"), "-v", "2c", "-c", "public", "-t", "5", f"{host}:{port}", "1"),
                *(f"{B}.2.0.13", f"{B}.1.2.3.0", "a", "192.0.2.1"),
            ]
        )
        (seen,) = heard(listening, lambda found: total(found) == 1)
        assert informing.wait(PATIENCE_SECONDS) == 0, "net-snmp had no acknowledgement"
    assert seen.get("server") == "192.0.2.1"


@contextmanager
def snmptrapd(directory: Path) -> Iterator[tuple[int, Path]]:
    """net-snmp's daemon on a free port of loopback: the port, and the file that it writes what it hears to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    configuration, log = directory / "snmptrapd.conf", directory / "traps.log"
    # One line a trap: what kind and version, the sender's uptime, then every varbind as OID = TYPE: value.
    configuration.write_text(
        "authCommunity log,execute,net public\n"
        "format1 %N.%w%q from %A uptime %T; %v\\n\n"
        "format2 %v\\n\n"
        "doNotLogTraps no\n"
    )
    daemon = subprocess.Popen(
        [
            *(program("snmptrapd"), "-f", "-C", "-c", str(configuration), "-On", "-m", ""),
            *("-Lf", str(log), "-p", str(directory / "pid"), f"udp:127.0.0.1:{port}"),
        ],
        env={"SNMP_PERSISTENT_DIR": str(directory), "PATH": "/usr/sbin:/usr/bin"},
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not log.exists() or "NET-SNMP version" not in log.read_text():
            assert time.monotonic() < deadline, "snmptrapd does not start"
            time.sleep(0.02)
        yield port, log
    finally:
        daemon.terminate()
        daemon.wait(PATIENCE_SECONDS)


def logged(log: Path, lines: int) -> list[str]:
    """The lines of traps once there are that many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [line for line in log.read_text().splitlines() if ".1.3.6.1.4.1.9." in line]
        if len(found) >= lines:
            return found
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_snmptrapd_understands_our_snmpv2c_traps(tmp_path: Path) -> None:
    """R-241, R-242: as any SNMP manager would hear them."""
    with snmptrapd(tmp_path) as (port, log):
        sender = TrapSender([Recipient("snmptrapd", "127.0.0.1", port)])
        for spec in EVERY_TRAP:
            sender.send(spec)
        sender.close(5.0)
        lines = logged(log, len(EVERY_TRAP))
    numbers = (3, 4, 13, 14, 10, 11, 12, 7, 8)
    for number, line in zip(numbers, lines, strict=True):
        assert f".1.3.6.1.6.3.1.1.4.1.0 = OID: .{B}.2.0.{number}" in line
        assert ".1.3.6.1.2.1.1.3.0 = Timeticks: (" in line
    assert f".{B}.1.2.3.0 = IpAddress: 192.0.2.1" in lines[2]
    assert f".{B}.1.2.14.0 = INTEGER: 3" in lines[2]
    assert f".{B}.1.2.18.0 = Hex-STRING: 20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 01" in lines[2]
    assert f'.{B}.1.2.19.0 = STRING: "example-pair"' in lines[4]
    assert f".{B}.1.2.9.0 = Gauge32: 100" in lines[5]
    assert f".{B}.1.2.2.0 = Hex-STRING: 01 06 02 00 00 00 00 01" in lines[7]


def test_snmptrapd_understands_our_snmpv1_traps(tmp_path: Path) -> None:
    with snmptrapd(tmp_path) as (port, log):
        sender = TrapSender([Recipient("snmptrapd", "127.0.0.1", port, version="v1")])
        sender.send(specs.other_server_not_responding(IPv4Address("192.0.2.1"), IPv6Address("2001:db8::1")))
        sender.close(5.0)
        (line,) = logged(log, 1)
    assert line.startswith(f".{B}.2.6.13 from 127.0.0.1 uptime ")
    assert f".{B}.1.2.3.0 = IpAddress: 192.0.2.1" in line
    assert f".{B}.1.2.14.0 = INTEGER: 3" in line
