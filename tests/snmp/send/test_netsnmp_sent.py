"""Sending to net-snmp's daemon: every version, level and kind, and a recipient that starts later."""

import logging
import socket
import time
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from snmp.codec import ber
from snmp.mib import specs
from snmp.security import enginestate
from snmp.security.access import AuthProtocol, PrivProtocol, User
from snmp.send.recipient import Recipient
from snmp.send.sender import SentCounters, TrapSender
from tests.snmp.listening import TIMEOUT_SECONDS
from tests.snmp.netsnmp import AUTH, AUTH_KEY, PRIV, PRIV_KEY, B, free_port, logged, snmptrapd
from tests.snmp.send.test_sender import EVERY_TRAP

pytestmark = pytest.mark.peer

LEVELS: tuple[tuple[AuthProtocol | None, PrivProtocol | None], ...] = (
    (None, None),
    ("md5", None),
    ("sha-512", None),
    ("sha", "des"),
    ("sha-256", "aes-128"),
    ("sha-512", "aes-256"),
    ("sha-256", "aes-256-blumenthal"),
)
OTHER = specs.other_server_not_responding(IPv4Address("192.0.2.1"), IPv6Address("2001:db8::1"))


def user_of(auth: AuthProtocol | None, priv: PrivProtocol | None) -> User:
    return User(f"u-{auth}-{priv}", auth, AUTH_KEY if auth else "", priv, PRIV_KEY if priv else "")


def daemon_lines(user: User, engine_id: bytes) -> list[str]:
    """The daemon's configuration lines for a user, as a sender of traps and of informs."""
    keys = "" if user.auth is None else f" {AUTH[user.auth]} {AUTH_KEY}"
    keys += "" if user.priv is None else f" {PRIV[user.priv]} {PRIV_KEY}"
    level = "noauth" if user.auth is None else "auth" if user.priv is None else "priv"
    return [
        f"createUser -e 0x{engine_id.hex()} {user.name}{keys}",
        f"createUser {user.name}{keys}",
        f"authUser log {user.name} {level}",
    ]


def test_net_snmp_decodes_every_snmpv2c_trap(tmp_path: Path) -> None:
    """R-241, R-242: as an SNMP manager receives them."""
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


def test_pitfall_13_an_snmpv1_trap_has_the_agent_address(tmp_path: Path) -> None:
    with snmptrapd(tmp_path) as (port, log):
        sender = TrapSender([Recipient("snmptrapd", "127.0.0.1", port, version="v1")], ["127.0.0.3"])
        sender.send(OTHER)
        sender.close(5.0)
        (line,) = logged(log, 1)
    assert line.startswith(f".{B}.2.6.13 from 127.0.0.3 uptime ")
    assert f".{B}.1.2.3.0 = IpAddress: 192.0.2.1" in line
    assert f".{B}.1.2.14.0 = INTEGER: 3" in line


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_pitfall_10_and_11_every_recipient_gets_one_of_each_in_its_version(host: str, tmp_path: Path) -> None:
    """With one pysnmp engine for two recipients with different credentials, one gets two traps and the other none. With
    a context that is not octets, no SNMPv3 trap is sent."""
    engine_id = enginestate.boot(tmp_path / "state").engine_id
    users = [user_of(auth, priv) for auth, priv in LEVELS]
    with snmptrapd(tmp_path, [line for user in users for line in daemon_lines(user, engine_id)], host) as (port, log):
        recipients = [
            Recipient(f"{user.name}-{inform}", host, port, version="v3", user=user, inform=inform)
            for user in users
            for inform in (False, True)
        ]
        recipients += [Recipient(f"v2c-{inform}", host, port, inform=inform) for inform in (False, True)]
        sender = TrapSender(recipients, state_directory=tmp_path / "state")
        for spec in (OTHER, specs.server_stop()):
            sender.send(spec)
        sender.close(TIMEOUT_SECONDS)
        lines = logged(log, 2 * len(recipients))
    assert sender.counters() == SentCounters(2 * len(recipients), 0, 0)
    assert len(lines) == 2 * len(recipients)
    for line in lines:
        assert line.index(".1.3.6.1.2.1.1.3.0 = ") < line.index(".1.3.6.1.6.3.1.1.4.1.0 = ") < line.index(f".{B}.1.2.")
    assert sum(f"OID: .{B}.2.0.13" in line and "IpAddress: 192.0.2.1" in line for line in lines) == len(recipients)


@pytest.mark.parametrize("version", ["v2c", "v3"])
def test_pitfall_14_a_recipient_that_starts_later_gets_the_later_traps(
    version: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Other recipients do not wait for it. The outage is one line in the log, and so is its end."""
    user = user_of("sha-256", "aes-128")
    port = free_port()
    late = Recipient("late", "127.0.0.1", port, inform=True, timeout_seconds=0.2, retries=1)
    if version == "v3":
        late = replace(late, version="v3", user=user)
    directory = tmp_path / "state"
    engine_id = enginestate.boot(directory).engine_id
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(TIMEOUT_SECONDS)
        sender = TrapSender([late, Recipient("other", *other.getsockname())], state_directory=directory)
        for spec in (specs.server_start(), OTHER):
            sender.send(spec)
        began = time.monotonic()
        for _ in range(2):
            ber.decode(other.recv(65_535))
        assert time.monotonic() - began < 0.2, "the notification for the other recipient was delayed"
        failed(sender, "late", 2)
        with snmptrapd(tmp_path, daemon_lines(user, engine_id), port=port) as (_, log):
            sender.send(specs.server_stop())
            (line,) = logged(log, 1)
            sender.close(TIMEOUT_SECONDS)
    assert f"OID: .{B}.2.0.4" in line
    assert sender.by_recipient() == {"late": SentCounters(1, 2, 0), "other": SentCounters(3, 0, 0)}
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        f"cannot send traps to late (127.0.0.1 port {port}): no acknowledgement within 0.4 s, after 2 attempts",
        "traps to late are delivered again; 2 failed so far",
    ]


def failed(sender: TrapSender, name: str, times: int) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while sender.by_recipient()[name].failed < times:
        assert time.monotonic() < deadline, sender.by_recipient()
        time.sleep(0.02)


def test_a_manager_that_was_restarted_gets_further_informs(tmp_path: Path) -> None:
    """Its boots have changed; the first inform discovers that and is repeated, not lost."""
    user = user_of("sha-256", "aes-128")
    directory, port = tmp_path / "state", free_port()
    lines = daemon_lines(user, enginestate.boot(directory).engine_id)
    recipient = Recipient("noc", "127.0.0.1", port, version="v3", user=user, inform=True, timeout_seconds=1.0)
    sender = TrapSender([recipient], state_directory=directory)
    for times in (1, 2):
        with snmptrapd(tmp_path, lines, port=port) as (_, log):
            sender.send(OTHER)
            assert len(logged(log, times)) == times
    sender.close(TIMEOUT_SECONDS)
    assert sender.counters() == SentCounters(2, 0, 0)


def test_the_senders_engine_keeps_its_id_and_its_boots_increase(tmp_path: Path) -> None:
    """A manager refuses traps from an engine whose boots went back (RFC 3414 section 2.2)."""
    user = user_of("sha-256", "aes-128")
    directory = tmp_path / "state"
    lines = daemon_lines(user, enginestate.boot(directory).engine_id)
    with snmptrapd(tmp_path, lines) as (port, log):
        for times in (1, 2, 3):
            recipient = Recipient("noc", "127.0.0.1", port, version="v3", user=user)
            sender = TrapSender([recipient], state_directory=directory)
            sender.send(OTHER)
            sender.close(TIMEOUT_SECONDS)
            assert len(logged(log, times)) == times
    assert '"boots": 4' in (directory / enginestate.FILE_NAME).read_text()


def test_a_manager_with_another_key_is_counted_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    user = user_of("sha-256", "aes-128")
    lines = daemon_lines(user, b"\x80\0\0\0\1\2\3\4\5")
    with snmptrapd(tmp_path, lines) as (port, _):
        wrong = replace(user, auth_key="another key")
        recipient = Recipient(
            "noc", "127.0.0.1", port, version="v3", user=wrong, inform=True, timeout_seconds=0.2, retries=0
        )
        sender = TrapSender([recipient])
        sender.send(OTHER)
        sender.close(TIMEOUT_SECONDS)
    assert sender.counters() == SentCounters(0, 1, 0)
    (record,) = caplog.records
    assert "cannot send traps to noc" in record.getMessage()
    assert "another key" not in caplog.text


def test_an_engine_state_that_cannot_be_stored_fails_only_the_snmpv3_recipient(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / enginestate.FILE_NAME).write_text("nonsense")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(TIMEOUT_SECONDS)
        noc = Recipient("noc", "127.0.0.1", 9, version="v3", user=user_of(None, None))
        sender = TrapSender([noc, Recipient("other", *other.getsockname())], state_directory=tmp_path)
        sender.send(OTHER)
        assert ber.decode(other.recv(65_535)).varbinds[1].value == f"{B}.2.0.13"
        sender.close(TIMEOUT_SECONDS)
    assert sender.by_recipient() == {"noc": SentCounters(0, 1, 0), "other": SentCounters(1, 0, 0)}
    assert "is not a valid engine state: restore it, or remove it to start with a new engine ID" in caplog.text
