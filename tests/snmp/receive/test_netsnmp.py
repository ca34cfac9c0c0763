"""Receiving SNMPv1 and SNMPv2c from net-snmp: every notification of both MIBs, as traps and informs."""

from pathlib import Path

import pytest

from snmp.receive.receiver import Receiver, ReceiverSettings
from snmp.security.access import Community
from tests.snmp.listening import receive_until, receiver, total, wait_for_count
from tests.snmp.netsnmp import START, V6, B, send

pytestmark = pytest.mark.peer

SERVER = ("3", "a", "192.0.2.1")
SERVER6 = ("18", "x", "20010db8000000000000000000000001")
PAIR = ("19", "s", "example-pair")
Varbinds = tuple[tuple[str, str, str], ...]
Traps = tuple[tuple[int, str, Varbinds, dict[str, str]], ...]

SCOPE = (("9", "u", "12"), ("12", "s", "wifi"), ("13", "s", "192.0.2.0/24"), ("10", "i", "1"), ("11", "s", "192.0.2.0"))
DNS = (("15", "a", "192.0.2.53"), ("21", "x", "20010db8000000000000000000000053"), ("16", "s", "example.org"))
REMOTE = ("17", "s", "192.0.2.54,192.0.2.55")

# number, name, objects (number, snmptrap's type letter, value), expected texts
TRAPS: Traps = (
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
    (15, "ha-dns-partner-down", (SERVER, SERVER6), {"server": "192.0.2.1", "ipv6-server": "2001:db8::1"}),
    (16, "ha-dns-partner-up", (SERVER,), {"server": "192.0.2.1"}),
    (
        17,
        "masters-not-responding",
        (*DNS, REMOTE),
        {"dns-server": "192.0.2.53", "ipv6-dns-server": "2001:db8::53", "zone-name": "example.org"},
    ),
    (18, "masters-responding", (*DNS, REMOTE), {"remote-servers": "192.0.2.54,192.0.2.55"}),
    (19, "secondary-zones-expired", DNS, {"zone-name": "example.org"}),
    (20, "dns-forwarders-not-responding", (DNS[0], REMOTE), {"dns-server": "192.0.2.53"}),
    (21, "dns-forwarders-responding", (DNS[0], REMOTE), {"remote-servers": "192.0.2.54,192.0.2.55"}),
    (22, "ha-dns-config-error", (SERVER, DNS[2], SERVER6), {"server": "192.0.2.1", "zone-name": "example.org"}),
    (
        23,
        "failover-sync-failure",
        (PAIR, ("22", "a", "192.0.2.1"), ("24", "a", "192.0.2.2"), ("26", "i", "1"), ("27", "s", "no route")),
        {"sync-direction": "main-to-backup", "sync-error": "no route", "backup-server": "192.0.2.2"},
    ),
)


OLDER: Traps = (
    (8, "address-conflict", (("6", "a", "192.0.2.78"), SERVER), {"server": "192.0.2.1"}),
    (10, "failover-config-mismatch", (SERVER,), {"server": "192.0.2.1"}),
    (10, "failover-config-mismatch", (("20", "i", "2"), PAIR, SERVER6, SERVER), {"config-error-type": "hba-error"}),
    (13, "other-server-not-responding", (("14", "i", "3"), SERVER), {"server": "192.0.2.1"}),
    (14, "other-server-responding", (), {}),
)
"""As servers before 2013 send them, and not in the order of the MIB."""

WIFI = "4.119.105.102.105"
"""`wifi` as an instance: its length, then a number for each character."""

V6_TRAPS: Traps = (
    (
        1,
        "free-address6-low",
        (
            *(("1", "s", "link-1"), ("2", "u", "9"), ("3", "u", "20"), ("4", "x", "20010db8" + "0" * 24)),
            *(("5", "u", "64"), ("6", "i", "2"), ("7", "s", "link-1")),
        ),
        {"link-name": "link-1", "free-addresses": "9", "prefix-address": "2001:db8::", "threshold-type6": "link"},
    ),
    (2, "free-address6-high", (("1", "s", "link-1"), ("6", "i", "3")), {"threshold-type6": "selection-tags"}),
    (
        3,
        "duplicate-address6",
        (("8", "x", "20010db8" + "0" * 23 + "7"), ("9", "x", "00030001020000000001"), ("11", "i", "1")),
        {
            "ipv6-address": "2001:db8::7",
            "client-duid": "00:03:00:01:02:00:00:00:00:01",
            "ipv6-detected-by": "dhcp-client",
        },
    ),
    (
        4,
        "duplicate-prefix6",
        (("12", "x", "20010db8" + "0" * 24), ("13", "u", "56"), ("14", "i", "1")),
        {"duplicate-prefix": "2001:db8::", "duplicate-prefix-length": "56", "prefix-detected-by": "dhcp-server"},
    ),
    (
        5,
        "address-conflict6",
        (("15", "a", "192.0.2.1"), ("17", "x", "20010db8" + "0" * 23 + "7"), ("20", "s", "example-pair")),
        {"partner": "192.0.2.1", "contested-ipv6-address": "2001:db8::7", "failover-pair-name": "example-pair"},
    ),
    (
        6,
        "prefix-conflict6",
        (("16", "x", "20010db8" + "0" * 23 + "1"), ("18", "x", "20010db8" + "0" * 24), ("19", "u", "48")),
        {
            "ipv6-partner": "2001:db8::1",
            "contested-prefix": "2001:db8::",
            "contested-prefix-length": "48",
        },
    ),
)


def carried(objects: str, varbinds: Varbinds, instance: str) -> list[str]:
    return [word for number, kind, value in varbinds for word in (f"{objects}.{number}{instance}", kind, value)]


@pytest.mark.parametrize("instance", ["", ".0"])
@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize(
    ("notifications", "objects", "traps"),
    [(f"{B}.2", f"{B}.1.2", TRAPS), (f"{B}.2", f"{B}.1.2", OLDER), (V6, f"{V6}.1.1", V6_TRAPS)],
    ids=["registrar", "older", "registrar6"],
)
def test_every_notification_from_net_snmp_is_decoded(
    version: str, instance: str, notifications: str, objects: str, traps: Traps, tmp_path: Path
) -> None:
    """R-241, R-242: with instances and without, as SNMP agents send them."""
    with receiver() as (listening, address):
        for number, _, varbinds, _ in traps:
            v1 = (notifications, "10.9.8.7", "6", str(number), "4711")
            head = v1 if version == "1" else ("4711", f"{notifications}.0.{number}")
            words = [*head, *carried(objects, varbinds, instance)]
            assert send("snmptrap", tmp_path, address, ["-v", version, "-c", "public"], words).returncode == 0
        seen = receive_until(listening, lambda found: total(found) == len(traps))
    assert [one.name for one in seen] == [name for _, name, _, _ in traps]
    for one, (number, _, varbinds, texts) in zip(seen, traps, strict=True):
        assert one.oid == f"{notifications}.0.{number}"
        assert one.uptime_centiseconds == 4711
        assert one.agent == ("10.9.8.7" if version == "1" else None)
        assert one.source[0] == "127.0.0.1"
        assert len(one.varbinds) == len(varbinds)
        assert {name: one.get(name) for name in texts} == texts


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize(
    ("number", "name", "columns"),
    [(1, "free-address-low", (2, 4, 5)), (2, "free-address-high", (3, 4, 5))],
)
def test_the_oldest_free_address_traps_have_the_scope_in_the_instance(
    version: str, number: int, name: str, columns: tuple[int, ...], tmp_path: Path
) -> None:
    with receiver() as (listening, address):
        head = (f"{B}.2", "10.9.8.7", "6", str(number), "1") if version == "1" else ("1", f"{B}.2.0.{number}")
        words = [word for column in columns for word in (f"{B}.1.1.1.1.{column}.{WIFI}", "u", "2")]
        send("snmptrap", tmp_path, address, ["-v", version, "-c", "public"], [*head, *words])
        (seen,) = receive_until(listening, lambda found: total(found) == 1)
    assert (seen.name, seen.deprecated, seen.get("scope-name")) == (name, True, "wifi")
    assert seen.get("scope-threshold-units") == "percent"


@pytest.mark.parametrize(
    ("generic", "name"),
    [
        (0, "cold-start"),
        (1, "warm-start"),
        (2, "link-down"),
        (3, "link-up"),
        (4, "authentication-failure"),
        (5, "egp-neighbor-loss"),
    ],
)
@pytest.mark.parametrize("version", ["1", "2c"])
def test_generic_traps_are_decoded(version: str, generic: int, name: str, tmp_path: Path) -> None:
    """RFC 3584 section 3.1: both forms are one notification; the SNMPv1 form has the enterprise too."""
    with receiver() as (listening, address):
        v1 = ("1.3.6.1.4.1.9.1.1", "10.9.8.7", str(generic), "0", "1")
        head = v1 if version == "1" else ("1", f"1.3.6.1.6.3.1.1.5.{generic + 1}")
        send("snmptrap", tmp_path, address, ["-v", version, "-c", "public"], head)
        (seen,) = receive_until(listening, lambda found: total(found) == 1)
    assert (seen.name, seen.oid) == (name, f"1.3.6.1.6.3.1.1.5.{generic + 1}")
    assert seen.get("trap-enterprise") == ("1.3.6.1.4.1.9.1.1" if version == "1" else None)


def test_an_unknown_notification_is_shown_with_its_oid_types_and_values(tmp_path: Path) -> None:
    with receiver() as (listening, address):
        words = ["1", "1.3.6.1.4.1.99999.0.7", "1.3.6.1.4.1.99999.1.0", "u", "7", "1.3.6.1.4.1.99999.2.0", "s", "fan"]
        words += ["1.3.6.1.4.1.99999.3.0", "a", "192.0.2.9", "1.3.6.1.4.1.99999.4.0", "x", "ff00"]
        send("snmptrap", tmp_path, address, ["-v", "2c", "-c", "public"], words)
        (seen,) = receive_until(listening, lambda found: total(found) == 1)
    assert (seen.name, seen.oid) == ("unknown", "1.3.6.1.4.1.99999.0.7")
    assert [(each.name, each.type, each.text) for each in seen.varbinds] == [
        ("1.3.6.1.4.1.99999.1.0", "Gauge32", "7"),
        ("1.3.6.1.4.1.99999.2.0", "OCTET STRING", "fan"),
        ("1.3.6.1.4.1.99999.3.0", "IpAddress", "192.0.2.9"),
        ("1.3.6.1.4.1.99999.4.0", "OCTET STRING", "ff:00"),
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("command", ["snmptrap", "snmpinform"])
def test_both_families_and_both_kinds_arrive_and_informs_are_acknowledged(
    host: str, command: str, tmp_path: Path
) -> None:
    listening = Receiver(ReceiverSettings(((host, 0),)))
    (address,) = listening.start()
    done = send(command, tmp_path, address, ["-v", "2c", "-c", "public"])
    (seen,) = receive_until(listening, lambda found: total(found) == 1)
    listening.close()
    assert done.returncode == 0, done.stderr
    assert (seen.source[0], seen.inform, seen.version) == (host, command == "snmpinform", "v2c")


def test_pitfall_4_a_wrong_community_is_counted_with_its_source(tmp_path: Path) -> None:
    with receiver(communities=(Community("monitoring"),)) as (listening, address):
        send("snmptrap", tmp_path, address, ["-v", "2c", "-c", "public"])
        send("snmptrap", tmp_path, address, ["-v", "1", "-c", "public"], (f"{B}.2", "10.9.8.7", "6", "3", "1"))
        wait_for_count(listening, 2)
        (rejection,) = listening.rejections()
    assert (rejection.source, rejection.reason, rejection.count) == ("127.0.0.1", "community", 2)


def test_pitfall_5_communities_are_not_shown_and_both_addresses_of_an_snmpv1_trap_are(tmp_path: Path) -> None:
    """The snmpTrapCommunity of a forwarder is a secret too."""
    with receiver() as (listening, address):
        redacted = ("1.3.6.1.6.3.18.1.4.0", "s", "public-secret", "1.3.6.1.6.3.18.1.3.0", "a", "10.1.1.1")
        v1 = (f"{B}.2", "10.9.8.7", "6", "3", "1")
        send("snmptrap", tmp_path, address, ["-v", "1", "-c", "public"], v1)
        send("snmptrap", tmp_path, address, ["-v", "2c", "-c", "public"], (*START, *redacted))
        first, second = receive_until(listening, lambda found: total(found) == 2)
    assert (first.agent, first.device, first.source[0]) == ("10.9.8.7", "10.9.8.7", "127.0.0.1")
    assert (second.agent, second.get("trap-community")) == ("10.1.1.1", "(redacted)")
    for notification in (first, second):
        assert "public" not in str(notification.as_json())
        assert "public" not in repr(notification)


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"communities": (Community("other"),)}, "community"),
        ({"communities": (Community("public", ("192.0.2.0/24",)),)}, "network"),
        ({"sources": ("192.0.2.0/24",)}, "source"),
    ],
)
def test_pitfall_6_rejected_informs_are_not_acknowledged(
    settings: dict[str, object], cause: str, tmp_path: Path
) -> None:
    with receiver(**settings) as (listening, address):
        done = send("snmpinform", tmp_path, address, ["-v", "2c", "-c", "public"], timeout="0.2")
        wait_for_count(listening, 1)
        causes = listening.causes()
    assert done.returncode != 0
    assert "Timeout" in done.stderr
    assert causes == {cause: 1}
