"""Alarms and events from the logs of Kea and ISC dhcpd, by message ids, without any poll."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

import console.dialects
from console.dialects.isc import FORMS
from console.dialects.kea import KEA as KEA_DIALECT
from console.insight.alarms.log_rules import BY_ID, ISC, KEA, MARKS
from console.insight.fold import fold_all
from console.insight.timeline import timeline
from console.model.observations import LogLine
from console.model.picture import PairPicture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, empty

CLOCK = datetime.fromtimestamp(NOW, UTC)


def kea(message: str, text: str, after: float = 0.0, server: str = MAIN, level: str = "WARN ") -> LogLine:
    stamp = datetime.fromtimestamp(NOW + after, UTC).strftime("%Y-%m-%d %H:%M:%S.000")
    return LogLine(NOW + after, PAIR, server, f"{stamp} {level} [kea-dhcp4.ha-hooks/1.2] {message} {text}")


def isc(text: str, after: float = 0.0, server: str = MAIN) -> LogLine:
    stamp = datetime.fromtimestamp(NOW + after, UTC).strftime("%b %d %H:%M:%S")
    return LogLine(NOW + after, PAIR, server, f"{stamp} host dhcpd[1]: {text}")


def after(*lines: LogLine) -> PairPicture:
    return fold_all(empty(), lines).pairs[PAIR]


def active(*lines: LogLine) -> set[str]:
    return {alarm.id.removeprefix(f"{PAIR}/") for alarm in after(*lines).open_alarms}


def moves(old: str, new: str, at: float = 0.0) -> LogLine:
    return kea("HA_STATE_TRANSITION", f"server transitions from {old} to {new} state, partner state is UNAVAILABLE", at)


INTERRUPTED = kea("HA_COMMUNICATION_INTERRUPTED", "communication with server2 is interrupted")
SKEW = kea(
    "HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION",
    "my time: 2026-11-28 17:21:14, partner's time: 2026-11-28 17:23:14, partner's clock is 120s ahead, causing HA "
    "service to terminate",
)


@pytest.mark.parametrize(
    ("lines", "alarms"),
    [
        ([INTERRUPTED], {"other-server-not-responding/pair"}),
        ([INTERRUPTED, moves("COMMUNICATION-RECOVERY", "LOAD-BALANCING", 9)], set()),
        ([moves("COMMUNICATION-RECOVERY", "PARTNER-DOWN")], {f"partner-down/{MAIN}"}),
        ([moves("LOAD-BALANCING", "PARTNER-DOWN"), moves("PARTNER-DOWN", "LOAD-BALANCING", 9)], set()),
        ([SKEW, moves("WAITING", "TERMINATED", 1)], {"clock-skew/pair", f"failover-terminated/{MAIN}"}),
        ([moves("WAITING", "TERMINATED"), moves("TERMINATED", "WAITING", 60)], set()),
        ([kea("HA_LEASE_UPDATE_CONFLICT", "[hwtype=1 02:00:00:00:00:07]: x")], {f"lease-updates-rejected/{MAIN}"}),
        ([kea("HA_SYNC_FAILED", "lease database synchronization failed")], {f"lease-sync-failed/{MAIN}"}),
        ([kea("HA_SYNC_FAILED", "failed"), kea("HA_SYNC_SUCCESSFUL", "done", 5, level="INFO ")], set()),
        (
            [
                kea(
                    "ALLOC_ENGINE_V4_ALLOC_FAIL_SUBNET",
                    "x: failed to allocate in the subnet 10.0.7.0/24,",
                )
            ],
            {f"no-address-for-client/{MAIN}/10.0.7.0/24"},
        ),
        (
            [kea("DHCPSRV_NO_SOCKETS_OPEN", "no interface configured to listen to DHCP traffic")],
            {f"interface-not-receiving/{MAIN}"},
        ),
        ([kea("DHCPSRV_NO_SOCKETS_OPEN", "no interface"), kea("DHCP4_STARTING", "Kea 2.2.0", 9)], set()),
        ([isc("peer dhcp: disconnected")], {"other-server-not-responding/pair"}),
        ([isc("peer dhcp: disconnected"), isc("failover peer dhcp: Both servers normal", 5)], set()),
        ([isc("failover peer dhcp: I move from communications-interrupted to partner-down")], {f"partner-down/{MAIN}"}),
        (
            [isc("bind update on 192.0.2.20 from dhcp rejected: xid mismatch")],
            {f"lease-updates-rejected/{MAIN}"},
        ),
        (
            [isc("DHCPDISCOVER from 02:00:00:00:00:07 via eth0: network 192.0.2.0/24: no free leases")],
            {f"no-address-for-client/{MAIN}/192.0.2.0/24"},
        ),
        ([isc("words with HA_TERMINATED in them")], set()),
    ],
)
def test_messages_of_other_makes_raise_and_end_alarms(lines: list[LogLine], alarms: set[str]) -> None:
    """A pair that is known by its logs alone has its alarms; words in a text raise none."""
    assert active(*lines) == alarms


def test_changes_of_state_and_contact_are_events_of_the_timeline() -> None:
    pair = after(INTERRUPTED, moves("LOAD-BALANCING", "PARTNER-DOWN", 60), isc("I am no message", 61, BACKUP))
    events = [each for each in timeline(pair, {}) if "log" in each.told_by]
    assert [(each.fact, each.severity, each.routine) for each in events] == [
        (("contact", MAIN, "lost"), Severity.WARNING, False),
        (("state", MAIN, "taken-over"), Severity.WARNING, False),
        ((), Severity.INFO, False),
    ]
    assert events[1].text == f"{MAIN} LOAD-BALANCING -> PARTNER-DOWN"
    assert [each.at for each in events] == [NOW, NOW + 60, NOW + 61]


def test_every_rule_is_of_a_message_that_its_dialect_reads() -> None:
    assert set(KEA) <= set(KEA_DIALECT.messages)
    assert set(ISC) <= set(FORMS)


def test_a_journal_finds_every_line_that_a_rule_is_about() -> None:
    """The marks are searched for in the database, before any line is read."""
    folder = Path(console.dialects.__file__).parent / "samples"
    for path in folder.glob("*.toml"):
        for sample in tomllib.loads(path.read_text(encoding="utf-8"))["sample"]:
            if sample["id"] in BY_ID:
                assert any(mark in sample["line"] for mark in MARKS), sample["line"]
