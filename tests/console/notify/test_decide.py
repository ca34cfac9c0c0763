"""Which notifications are sent, and when, in virtual time: tables of alarms, of what was sent, and of the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from console.insight.fold import fold, fold_all
from console.insight.limits import RETURN_SECONDS
from console.model.observations import ClockTick, Health, Notified, Observation, OperatorAction, TrapSeen
from console.model.picture import OWN, Picture
from console.notify.decide import DIGEST_SECONDS, LIMIT_SECONDS, Message, due_messages, in_quiet_hours, without_pending
from console.settings.notify import NotifySettings, QuietHours
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, empty, failures, trap

CONFLICT = f"{PAIR}/address-conflict/192.0.2.9"


def rule(name: str = "pager", **settings: Any) -> NotifySettings:
    return NotifySettings.model_validate({"name": name, "url": ["json://127.0.0.1"], **settings})


def conflict(at: float = NOW, address: str = "192.0.2.9") -> TrapSeen:
    return trap("address-conflict", at=at, contested_address=address)


def stages(found: Sequence[Message]) -> list[tuple[str, str]]:
    return [(each.target, each.stage) for each in found]


def after(picture: Picture, messages: Sequence[Message], at: float) -> Picture:
    """The picture after the messages were delivered."""
    seen = [Notified(at, pair, each.target, each.stage, alarm) for each in messages for pair, alarm in each.about]
    return fold_all(picture, seen)


def done(word: str, at: float, alarm: str = CONFLICT, **detail: Any) -> OperatorAction:
    return OperatorAction(at, PAIR, "jo", word, alarm, detail)


def test_sends_one_message_for_an_alarm_and_one_when_it_is_cleared() -> None:
    rules = [rule()]
    found = fold(empty(), conflict())
    first = due_messages(rules, found, NOW)
    assert stages(first) == [("pager", "first")]
    assert first[0].title == "CRITICAL address-conflict example-pair"
    assert "192.0.2.9" in first[0].body
    found = after(found, first, NOW)
    assert due_messages(rules, found, NOW + 86400) == []
    found = fold(found, done("clear-alarm", NOW + 60))
    (over,) = due_messages(rules, found, NOW + 61)
    assert (over.stage, over.title) == ("resolved", "RESOLVED address-conflict example-pair")
    assert "cleared by jo after 1 min" in over.body
    assert due_messages(rules, after(found, [over], NOW + 61), NOW + 62) == []


def test_sends_no_resolved_message_if_none_was_sent_before_or_it_is_switched_off() -> None:
    found = fold_all(empty(), [conflict(), done("clear-alarm", NOW + 1)])
    assert due_messages([rule()], found, NOW + 2) == []
    sent = after(found, [Message("pager", "first", "", "", ((PAIR, CONFLICT),))], NOW)
    assert due_messages([rule(resolved=False)], sent, NOW) == []


def test_sends_a_new_message_for_a_new_occurrence() -> None:
    found = after(fold(empty(), conflict()), due_messages([rule()], fold(empty(), conflict()), NOW), NOW)
    found = fold_all(found, [done("clear-alarm", NOW + 1), conflict(NOW + 2)])
    assert stages(due_messages([rule()], found, NOW + 2)) == [("pager", "first")]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"severities": ["warning"]}, False),
        ({"kinds": ["address-conflict"]}, True),
        ({"kinds": ["server-stop"]}, False),
        ({"environments": ["production"]}, True),
        ({"environments": ["lab"]}, False),
        ({"pairs": [PAIR]}, True),
        ({"pairs": ["another"]}, False),
    ],
)
def test_a_rule_selects_alarms_by_its_settings(settings: dict[str, Any], expected: bool) -> None:
    assert bool(due_messages([rule(**settings)], fold(empty(), conflict()), NOW)) is expected


def test_sends_an_alarm_only_after_the_delay() -> None:
    found = fold(empty(), conflict())
    assert due_messages([rule(delay_seconds=30)], found, NOW + 29) == []
    assert stages(due_messages([rule(delay_seconds=30)], found, NOW + 30)) == [("pager", "first")]


def test_sends_nothing_for_an_acknowledged_or_silenced_alarm() -> None:
    rules = [rule(repeat_minutes=1)]
    actions: list[tuple[str, dict[str, Any]]] = [
        ("acknowledge", {}),
        ("suppress", {"until": NOW + 3600, "reason": "x"}),
    ]
    for word, detail in actions:
        found = fold_all(empty(), [conflict(), done(word, NOW + 1, **detail)])
        assert due_messages(rules, found, NOW + 2) == []
        again = fold_all(after(fold(empty(), conflict()), due_messages(rules, fold(empty(), conflict()), NOW), NOW),
                         [done(word, NOW + 1, **detail)])  # fmt: skip
        assert due_messages(rules, again, NOW + 300) == []


def test_sends_an_alarm_again_when_its_silence_ends() -> None:
    found = fold(empty(), conflict())
    found = after(found, due_messages([rule()], found, NOW), NOW)
    found = fold_all(found, [done("suppress", NOW + 1, until=NOW + 3600, reason="works"), ClockTick(NOW + 3601)])
    assert stages(due_messages([rule()], found, NOW + 3601)) == [("pager", "repeat")]
    assert due_messages([rule()], after(found, due_messages([rule()], found, NOW + 3601), NOW + 3602), NOW + 3603) == []


def test_repeats_an_alarm_until_it_is_acknowledged() -> None:
    rules = [rule(repeat_minutes=30)]
    found = after(fold(empty(), conflict()), due_messages(rules, fold(empty(), conflict()), NOW), NOW)
    assert due_messages(rules, found, NOW + 1799) == []
    again = due_messages(rules, found, NOW + 1800)
    assert again[0].title.startswith("STILL CRITICAL")
    assert due_messages(rules, after(found, again, NOW + 1800), NOW + 3599) == []


def test_escalates_an_unacknowledged_alarm_once_and_after_the_first_message() -> None:
    rules = [rule("manager", severities=[]), rule(escalate_minutes=15, escalate_to="manager")]
    found = fold(empty(), conflict())
    assert stages(due_messages(rules, found, NOW + 3600)) == [("pager", "first")], "the first message is sent first"
    found = after(found, due_messages(rules, found, NOW), NOW)
    assert due_messages(rules, found, NOW + 899) == []
    up = due_messages(rules, found, NOW + 900)
    assert stages(up) == [("manager", "escalation")]
    assert up[0].title.startswith("ESCALATED CRITICAL")
    assert due_messages(rules, after(found, up, NOW + 900), NOW + 90000) == []
    owned = fold(found, done("acknowledge", NOW + 600))
    assert due_messages(rules, owned, NOW + 900) == []


def test_sends_the_resolved_message_to_the_escalation_target_too() -> None:
    rules = [rule("manager", severities=[]), rule(escalate_minutes=15, escalate_to="manager")]
    found = after(fold(empty(), conflict()), due_messages(rules, fold(empty(), conflict()), NOW), NOW)
    found = after(found, due_messages(rules, found, NOW + 900), NOW + 900)
    found = fold(found, done("clear-alarm", NOW + 1000))
    assert stages(due_messages(rules, found, NOW + 1001)) == [("manager", "resolved"), ("pager", "resolved")]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NIGHT = {"begin": "22:00:00", "end": "07:00:00", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("moment", "severity", "expected"),
    [
        ("2026-07-15 19:59", "major", False),  # 21:59 CEST
        ("2026-07-15 20:00", "major", True),
        ("2026-07-15 20:00", "critical", False),
        ("2026-07-15 22:30", "major", True),  # after midnight there
        ("2026-07-16 04:59", "major", True),
        ("2026-07-16 05:00", "major", False),
        ("2026-01-15 20:30", "major", False),  # 21:30 CET: the same instant of the day is not quiet in winter
        ("2026-01-15 21:00", "major", True),
        ("2026-01-16 05:30", "major", True),
        # The night of the change: 02:00 CET becomes 03:00 CEST, and 07:00 is an hour sooner.
        ("2026-03-29 00:59", "major", True),
        ("2026-03-29 01:00", "major", True),
        ("2026-03-29 05:00", "major", False),
        # And back: 03:00 CEST becomes 02:00 CET.
        ("2026-10-25 05:30", "major", True),
        ("2026-10-25 06:00", "major", False),
    ],
)
def test_quiet_hours_may_span_midnight_and_follow_the_clock_of_their_zone(
    moment: str, severity: str, expected: bool
) -> None:
    assert in_quiet_hours(QuietHours.model_validate(NIGHT), severity, at(moment)) is expected


def test_quiet_hours_within_a_day_do_not_span_midnight() -> None:
    lunch = QuietHours.model_validate({"begin": "12:00:00", "end": "13:00:00"})
    times = ("11:59", "12:00", "12:59", "13:00", "00:00")
    hours = [in_quiet_hours(lunch, "major", at(f"2026-07-15 {time}")) for time in times]
    assert hours == [False, True, True, False, False]


def test_an_alarm_that_is_active_after_the_quiet_hours_is_sent_then() -> None:
    late = at("2026-07-15 23:00")
    found = fold(empty(), trap("failover-config-mismatch", at=late))
    rules = [rule(quiet=NIGHT)]
    assert due_messages(rules, found, late) == []
    assert stages(due_messages(rules, found, at("2026-07-16 05:00"))) == [("pager", "first")]


def test_alarms_of_one_kind_are_one_message() -> None:
    """A fault with many consequences calls the operator once, with what to do."""
    found = fold_all(empty(), [conflict(NOW + number / 100, f"192.0.2.{number}") for number in range(47)])
    (message,) = due_messages([rule()], found, NOW + 1)
    assert message.title == "CRITICAL address-conflict: 47 alarms"
    assert "and 37 more" in message.body
    assert message.body.splitlines()[-1].startswith("to do: find both clients")
    assert len(message.about) == 47
    assert due_messages([rule()], after(found, [message], NOW + 1), NOW + 2) == []


STORM = ("address-conflict", "dns-queue-too-big", "failover-sync-failure", "ha-dns-partner-down", "ha-dns-config-error")


def test_many_alarms_make_some_messages_and_one_digest() -> None:
    found = fold_all(empty(), [trap(name, at=NOW + number / 100) for number, name in enumerate(STORM)])
    rules = [rule(at_most=2)]
    messages = due_messages(rules, found, NOW + 1)
    assert [each.stage for each in messages] == ["first"] * 2 + ["digest"]
    assert messages[-1].title == "MAJOR 3 more alarms"
    assert len(messages[-1].about) == 3
    found = after(found, messages, NOW + 1)
    assert due_messages(rules, found, NOW + 2) == []
    more = fold_all(found, [trap("server-stop", at=NOW + 3)])
    assert due_messages(rules, more, NOW + 4) == [], "the next digest is sent after its interval"
    assert stages(due_messages(rules, more, NOW + 1 + DIGEST_SECONDS)) == [("pager", "digest")]
    calm = fold(found, conflict(NOW + 1 + LIMIT_SECONDS, "192.0.2.200"))
    assert stages(due_messages(rules, calm, NOW + 1 + LIMIT_SECONDS)) == [("pager", "first")]


def test_an_alarm_that_comes_and_goes_is_one_message_until_it_stays_away() -> None:
    picture, sent = empty(), []
    for second in range(0, 900, 5):
        now = NOW + second
        if second < 300 and second % 30 in (0, 10):
            name = "other-server-not-responding" if second % 30 == 0 else "other-server-responding"
            picture = fold(picture, trap(name, at=now))
        found = due_messages([rule()], picture, now)
        sent += [(second, each.stage) for each in found]
        picture = after(picture, found, now)
    assert sent == [(120, "first"), (280 + RETURN_SECONDS, "resolved")]


def test_the_message_about_a_consequence_is_not_followed_by_one_about_its_cause() -> None:
    """A server stops, its partner loses contact: one call, although the less severe cause is announced later."""
    begun: list[Observation] = [
        trap("server-stop", MAIN),
        answer(BACKUP, NOW + 1, "COMMUNICATIONS-INTERRUPTED"),
        *failures(MAIN, NOW + 3),
    ]
    found = fold_all(empty(), begun)
    first = due_messages([rule()], found, NOW + 91)
    assert [each.title for each in first] == [f"CRITICAL other-server-not-responding {PAIR}"]
    assert due_messages([rule()], after(found, first, NOW + 91), NOW + 300) == []


def test_sends_the_cause_and_not_its_consequences() -> None:
    """A critical alarm is sent also if its cause is less severe."""
    observations: list[Observation] = [answer(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED"), *failures(MAIN, NOW)]
    everything = rule(severities=["critical", "major", "warning"])
    titles = [each.title for each in due_messages([everything], fold_all(empty(), observations), NOW + 90)]
    assert titles == [
        f"CRITICAL other-server-not-responding {PAIR}",
        f"WARNING server-unreachable {PAIR}",
    ]


def test_an_alarm_about_the_console_matches_every_rule() -> None:
    found = fold(empty(), Health(NOW, OWN, "noc-1", {"journal": "cannot write: disk full"}, {}))
    (message,) = due_messages([rule(pairs=[PAIR], environments=["production"])], found, NOW)
    assert message.title == "MAJOR journal-not-written console"


def test_a_message_that_is_being_sent_is_not_sent_again() -> None:
    messages = due_messages([rule()], fold(empty(), conflict()), NOW)
    assert without_pending(messages, {("pager", CONFLICT): NOW + 60}, NOW) == []
    assert without_pending(messages, {("pager", CONFLICT): NOW}, NOW) == messages
    assert without_pending(messages, {("other", CONFLICT): NOW + 60}, NOW) == messages
