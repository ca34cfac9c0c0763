"""Severity, sentence, exit status, the row of the fleet and the notifications come from one judgement, in every state.

The states of the picture are generated: each state of each server, seen or not, with its process, its pools, its
contact and the reports of traps and log lines. No example is chosen by hand.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from console.insight.danger import banners
from console.insight.fleet import fleet_row
from console.insight.situations import PROTECTED
from console.insight.summary import EXIT_STATUS, PLUGIN, plugin_line, status_json, worst
from console.insight.verdict import BADNESS, judge
from console.model.alarm_kinds import AlarmKind
from console.model.phases import PHASES_BY_TERM
from console.model.picture import PairPicture, Picture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, failures, log, pair, pool, trap

GONE, NEVER = "gone", "never answered"
STATES = (*PHASES_BY_TERM, "A-NEW-STATE", GONE, NEVER)
LEAVING = 30.0
"""How long ago a server that is gone last answered."""

VARIANTS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "as it is": ({}, []),
    "not serving": ({"serving": False, "not_serving_reason": "disk full"}, []),
    "a pool is empty": ({"pools": [pool("wifi", 0, 0, 4096), pool("lab", 500, 500, 1500)]}, []),
    "all pools are empty": ({"pools": [pool("wifi", 0, 0, 4096)]}, []),
    "no pools": ({"pools": []}, []),
    "safe period off": ({"use_safe_period": False}, []),
    "clocks differ": ({"time_skew": 9.0}, []),
    "configurations differ": ({"config_mismatch": ["scope wifi"]}, []),
    "reload pending": ({"reload_pending": True}, []),
    "a transfer": ({"resync": {"kind": "update", "direction": "sending", "done": 1, "total": 9}}, []),
    "a trap about a conflict": ({}, [trap("address-conflict", at=NOW + 1, address="192.0.2.7")]),
    "a trap about contact": ({}, [trap("other-server-not-responding", at=NOW + 1, server="192.0.2.11")]),
    "a trap about a stop": ({}, [trap("server-stop", at=NOW + 1)]),
    "a log line": ({}, [log("18104", "the safe period ended", at=NOW + 1)]),
    "an unknown trap": ({}, [trap("unknown", at=NOW + 1)]),
}


def server_observations(server: str, state: str, changes: dict[str, Any]) -> list[Any]:
    match state:
        case "never answered":
            return list(failures(server))
        case "gone":
            return [answer(server, NOW - LEAVING, "NORMAL"), *failures(server)]
        case _:
            return [answer(server, NOW, state, **changes)]


def pictures(variant: str) -> Iterator[tuple[str, PairPicture]]:
    changes, reports = VARIANTS[variant]
    for main, backup in itertools.product(STATES, STATES):
        seen = [*server_observations(MAIN, main, changes), *server_observations(BACKUP, backup, changes)]
        yield f"{main} / {backup}", pair(seen, reports)


@pytest.mark.parametrize("variant", VARIANTS)
def test_severity_sentence_exit_status_and_notifications_agree(variant: str) -> None:
    for name, found in pictures(variant):
        now = NOW + 1
        judged = judge(found, now, ZONE)
        severity = judged.severity
        assert (severity is Severity.OK) == (judged.sentence == PROTECTED), name
        assert severity is not Severity.INFO, name

        row = fleet_row(found, now, ZONE)
        assert (row.severity, row.verdict) == (severity, judged.sentence), name
        document: Any = status_json(Picture({PAIR: found}), now, ZONE)["pairs"][0]
        assert document["severity"] == PLUGIN[severity], name
        assert plugin_line([found], now, ZONE).startswith(f"{PLUGIN[severity].upper()} - "), name
        assert (EXIT_STATUS[PLUGIN[severity]] == 0) == (severity is Severity.OK), name

        alarms = [each for each in found.open_alarms if each.kind != AlarmKind.UNKNOWN_TRAP]
        others: list[Severity] = [each.severity for each in alarms if each.severity is not Severity.INFO]
        others += [each.severity for each in banners(found, now, ZONE)]
        assert BADNESS.index(worst(others)) <= BADNESS.index(severity), f"{name}: milder than its alarms"
        if severity in (Severity.CRITICAL, Severity.MAJOR):
            assert severity in [each.severity for each in alarms], f"{name}: no notification on {severity} is sent"


@pytest.mark.parametrize("main", [GONE, NEVER])
@pytest.mark.parametrize("backup", [GONE, NEVER])
def test_both_servers_gone_is_critical_and_the_state_before_stays_in_sight(main: str, backup: str) -> None:
    found = pair(server_observations(MAIN, main, {}), server_observations(BACKUP, backup, {}))
    judged = judge(found, NOW, ZONE)
    assert judged.severity is Severity.CRITICAL
    assert judged.sentence.startswith("No answer from dhcp-a or dhcp-b: SERVICE UNKNOWN. ")
    for server, state in ((MAIN, main), (BACKUP, backup)):
        before = "never answered" if state == NEVER else "was NORMAL until 05:11:30 CEST"
        assert f"{server} {before}" in judged.sentence
    assert f"{PAIR}/pair-unreachable/pair" in found.alarms


def test_a_pair_whose_main_was_dead_already_says_so_when_the_backup_goes_too() -> None:
    found = pair(
        [answer(MAIN, NOW - 700), *failures(MAIN, NOW - 690)],
        [answer(BACKUP, NOW - 20, "COMMUNICATIONS-INTERRUPTED"), *failures(BACKUP)],
    )
    assert judge(found, NOW, ZONE).sentence == (
        "No answer from dhcp-a or dhcp-b: SERVICE UNKNOWN. dhcp-a was NORMAL until 05:00:20 CEST; "
        "dhcp-b was COMM-INTERRUPTED and served alone until 05:11:40 CEST."
    )
