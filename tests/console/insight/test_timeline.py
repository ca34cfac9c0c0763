"""The timeline: the sources of events, the clocks, and which reports are one event."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest

from console.insight.events import Event
from console.insight.fold import fold
from console.insight.timeline import Timeline, merge_reports, offsets, relative, timeline
from console.model.observations import OperatorAction
from console.model.picture import EntrySource, Severity
from tests.console.scenes import (
    BACKUP,
    LOGS,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    answer,
    failures,
    log,
    pair,
    picture,
    polled,
    status,
    text,
    trap,
)

ZONES = {MAIN: UTC, BACKUP: UTC}
LOST = NOW - 720


def timeline_of(*observations: object) -> list[Event]:
    return timeline(pair(*observations), ZONES)  # type: ignore[arg-type]


def test_a_transition_reported_by_poll_and_log_is_one_entry() -> None:
    transition = {"at": text(LOST), "from": "NORMAL", "to": "COMMUNICATIONS-INTERRUPTED", "reason": "contact lost"}
    entries = timeline_of(
        answer(BACKUP, LOST - 5),
        answer(BACKUP, LOST + 1, "COMMUNICATIONS-INTERRUPTED", transitions=[transition]),
        log("18100", "Failover pair 'example-pair' (backup): NORMAL -> COMMUNICATIONS-INTERRUPTED, lost.", at=LOST + 2),
    )
    (entry,) = [each for each in entries if each.fact[:1] == ("state",)]
    assert entry.at == LOST
    assert entry.told_by == ("poll", "state", "log")
    assert entry.severity is Severity.WARNING
    assert len(entry.evidence) == 3
    assert not entry.routine


def test_lost_contact_reported_by_poll_trap_and_log_is_one_entry() -> None:
    entries = timeline_of(
        answer(BACKUP, LOST - 5),
        log("18101", "Failover pair 'example-pair': contact with partner lost.", at=LOST, level="Warning"),
        answer(BACKUP, LOST + 1, "COMMUNICATIONS-INTERRUPTED"),
        trap("other-server-not-responding", at=LOST + 2),
        trap("other-server-not-responding", at=LOST + 7),
    )
    (entry,) = [each for each in entries if each.fact == ("contact", BACKUP, "lost")]
    assert entry.told_by == ("log", "poll", "trap")
    assert len(entry.evidence) == 4


def test_a_contact_that_is_lost_again_is_another_event() -> None:
    entries = timeline_of(
        answer(BACKUP, LOST - 5),
        trap("other-server-not-responding", at=LOST),
        trap("other-server-responding", at=LOST + 3),
        trap("other-server-not-responding", at=LOST + 6),
    )
    assert [each.fact[2] for each in entries if each.fact] == ["lost", "back", "lost"]


def test_the_same_state_an_hour_later_is_another_event() -> None:
    event = Event(0, EntrySource.POLL, MAIN, Severity.OK, "x", 0, fact=("state", MAIN, "NORMAL"))
    assert len(merge_reports([event, replace(event, at=20.0), replace(event, at=41.0)])) == 2


def test_a_reported_time_is_corrected_by_the_clock_offset_and_stored_too() -> None:
    ahead = polled(NOW, BACKUP, status(BACKUP, NOW + 60))
    entries = timeline_of(answer(MAIN), ahead, log("18301", "Not serving: disk full", at=NOW - 30, level="Error"))
    entry = next(each for each in entries if each.source == "log")
    assert (entry.at, entry.told_at, entry.offset) == (NOW - 90, NOW - 30, 60)
    assert entry.severity is Severity.MAJOR
    assert offsets(pair(answer(MAIN), ahead)) == {BACKUP: 60}


def test_the_zone_of_a_log_is_an_argument() -> None:
    line = log("18301", "Not serving", at=NOW, level="Error")
    east = timezone(timedelta(hours=2))
    (entry,) = [each for each in timeline(pair(line), {BACKUP: east}) if each.source == "log"]
    assert entry.told_at == NOW - 7200


def test_information_lines_are_routine_and_warnings_are_not() -> None:
    entries = timeline_of(
        log("18106", "BNDUPD sent", level="Activity"),
        log("18200", "started"),
        log("18116", "Lease limited", level="Warning"),
        log("18102", "contact is back"),
    )
    assert {each.text[:5]: each.routine for each in entries if each.source == "log"} == {
        "18106": True,
        "18200": True,
        "18116": False,
        "18102": False,
    }


def test_a_line_without_a_time_has_the_time_of_the_line_before() -> None:
    first = log("18301", "Traceback", at=NOW - 50, level="Error")
    entries = timeline_of(first, replace(first, text="  at somewhere", at=NOW))
    assert [each.at for each in entries if each.source == "log"] == [NOW - 50, NOW - 50]


CHANGES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"use_safe_period": False}, "dhcp-a use-safe-period switched off"),
    ({"mclt": 60}, "dhcp-a MCLT (s) 3600.0 -> 60.0"),
    ({"serving": False, "not_serving_reason": "disk full"}, "dhcp-a serves nobody: disk full"),
    ({"reload_pending": True}, "dhcp-a waits for a reload"),
    ({"config_mismatch": ["mclt"]}, "dhcp-a finds its partner configured differently: mclt"),
)


@pytest.mark.parametrize(("changes", "words"), CHANGES)
def test_facts_that_changed_between_polls_are_entries(changes: dict[str, Any], words: str) -> None:
    entries = timeline_of(answer(MAIN, NOW - 2), answer(MAIN, NOW - 1), answer(MAIN, NOW, **changes))
    assert [each.text for each in entries if each.source == "poll"] == [words]


def test_a_server_that_stops_answering_and_answers_again_gives_entries() -> None:
    entries = timeline_of(answer(MAIN, NOW - 60), failures(MAIN, NOW - 30), answer(MAIN, NOW))
    assert [(each.text, each.severity) for each in entries if each.source == "contact"] == [
        ("cannot see dhcp-a: Connection refused", Severity.WARNING),
        ("dhcp-a answers again", Severity.OK),
    ]


def test_all_events_are_in_the_order_of_time() -> None:
    action = OperatorAction(NOW - 100, PAIR, "jo", "acknowledge", "x")
    entries = timeline_of(*MAIN_LOST, [action])
    assert [each.at for each in entries] == sorted(each.at for each in entries)
    assert {teller for each in entries for teller in each.told_by} >= {
        "state",
        "contact",
        "trap",
        "log",
        "alarm",
        "operator",
    }


@pytest.mark.parametrize(
    ("at", "words"), [(192.4, "+00:03:12"), (-7.0, "-00:00:07"), (-0.4, "+00:00:00"), (90000, "+25:00:00")]
)
def test_relative_times_are_signed(at: float, words: str) -> None:
    assert relative(NOW + at, NOW) == words


def test_an_incremental_timeline_equals_a_full_one_and_reads_nothing_twice() -> None:
    """For any number of items dropped at the beginning, and for any source that continues."""
    going, read = Timeline(), dict[int, Event]()
    observations = [each for part in MAIN_LOST for each in part]
    lines = [log("18106", f"xid {number}", at=NOW + number, level="Activity") for number in range(1500)]
    seen = picture(observations)
    for number, each in enumerate(lines):
        seen = fold(seen, each)
        if number % 100 == 0:
            entries = going.of(seen.pairs[PAIR], ZONES)
            assert entries == timeline(seen.pairs[PAIR], ZONES)
            told_by_logs = {id(entry): entry for entry in entries if entry.source == "log"}
            # Events that other sources report too are merged again.
            assert len(told_by_logs.keys() - read.keys()) <= 100 + len(LOGS)
            read |= told_by_logs


def test_small_changes_of_a_clock_offset_do_not_move_events_and_large_ones_do() -> None:
    going = Timeline()

    def at(ahead: float) -> float:
        line = log("18301", "Not serving: disk full", at=NOW, level="Error")
        told_by = polled(NOW, BACKUP, status(BACKUP, NOW + ahead))
        return next(each.at for each in going.of(pair(told_by, line), ZONES) if each.source == "log")

    assert at(60) == at(60.2) == NOW - 60
    assert at(90) == NOW - 90


def test_a_zone_that_is_known_later_corrects_all_lines_of_the_server() -> None:
    going, seen = Timeline(), pair(log("18301", "Not serving", at=NOW, level="Error"))
    east = timezone(timedelta(hours=2))
    (first,) = going.of(seen, ZONES)
    (later,) = going.of(seen, {BACKUP: east})
    assert (first.told_at, later.told_at) == (NOW, NOW - 7200)
