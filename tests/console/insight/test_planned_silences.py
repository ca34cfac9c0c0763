"""Planned silences: weekly and single windows, what they are about, and how they are typed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.insight.alarms.plan_text import PlanError, parse_plan, plan_detail, plan_line, plans_of, read_plan
from console.insight.alarms.planned import Plan, due_silences
from console.insight.fold import fold, fold_all
from console.insight.wording import HOUR
from console.model.observations import ClockTick, OperatorAction
from console.model.picture import OWN, Alarm, Picture
from tests.console.scenes import NOW, PAIR, empty, trap

BERLIN = ZoneInfo("Europe/Berlin")
PAIRS = {PAIR: "production", "other": "lab"}
KEY = f"{PAIR}/address-conflict/192.0.2.9"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def plan(text: str, now: float = NOW) -> Plan:
    return parse_plan("works", text, now, BERLIN, PAIRS)


@pytest.mark.parametrize(
    ("moment", "window"),
    [
        ("2026-07-18 20:00", ("2026-07-18 20:00", "2026-07-19 02:00")),  # Saturday, 22:00 in Berlin
        ("2026-07-19 01:59", ("2026-07-18 20:00", "2026-07-19 02:00")),
        ("2026-07-19 02:00", None),
        ("2026-07-18 19:59", None),
        ("2026-07-19 20:30", None),
        ("2026-12-19 21:00", ("2026-12-19 21:00", "2026-12-20 03:00")),  # an hour later by UTC in winter
    ],
)
def test_a_weekly_window_goes_over_midnight_by_the_clock_of_its_zone(
    moment: str, window: tuple[str, str] | None
) -> None:
    found = plan(f"sat 22:00-04:00; pair {PAIR}").window(at(moment))
    assert found == (None if window is None else (at(window[0]), at(window[1])))


def test_a_single_window() -> None:
    found = plan("now to 2h; kind link-down; new switch")
    assert (found.first, found.last, found.reason) == (NOW, NOW + 2 * HOUR, "new switch")
    assert found.window(NOW + 2 * HOUR) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sat 02:00-04:00",
        "sat 02:00-04:00; ",
        "someday 02:00-04:00; pair example-pair",
        "sat 02:00-02:00; pair example-pair",
        "sat 25:00-26:00; pair example-pair",
        "sat 02:00-04:00; pair unknown",
        "sat 02:00-04:00; kind nothing",
        "sat 02:00-04:00; everything",
        "now; pair example-pair",
        "2020-01-01 10:00Z to 2020-01-01 11:00Z; pair example-pair",
    ],
)
def test_a_text_that_is_no_plan_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PlanError):
        plan(text)


@pytest.mark.parametrize(
    "text", ["daily 01:00-02:30; environment lab, kind link-down; backup", "now to 1h; pair other"]
)
def test_a_plan_is_the_same_after_the_journal(text: str) -> None:
    made = plan(text)
    (read,) = plans_of([], {"works": {**plan_detail(made, NOW), "by": "jo"}})
    assert read.by == "jo"
    assert plan_line(read, BERLIN, NOW).replace(" (jo)", " (configuration)") == plan_line(made, BERLIN, NOW)
    assert read.window(NOW) == made.window(NOW)


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"pairs": ["x"]},
        {"days": ["sat"], "begin": "1:00", "end": "2:00", "zone": "UTC"},
        {"pairs": ["x"], "days": ["someday"], "begin": "1:00", "end": "2:00", "zone": "UTC"},
        {"pairs": ["x"], "days": ["sat"], "begin": "1:00", "end": "2:00", "zone": "Nowhere/At_all"},
        {"pairs": 3, "first": 1, "last": 2},
    ],
)
def test_an_entry_that_cannot_be_read_silences_nothing(detail: dict[str, Any]) -> None:
    assert read_plan("works", detail) is None


def silenced(picture: Picture, found: Plan, now: float) -> Picture:
    return fold_all(picture, list(due_silences([found], picture, now)))


def alarm(picture: Picture) -> Alarm:
    return picture.pairs[PAIR].alarms[KEY]


def test_an_alarm_in_the_window_is_silenced_until_its_end_and_active_again_after_it() -> None:
    picture = fold(empty(), trap("address-conflict", contested_address="192.0.2.9"))
    works = plan(f"now to 1h; pair {PAIR}; new cable")
    found = silenced(picture, works, NOW + 1)
    assert (alarm(found).suppressed_until, alarm(found).suppressed_for) == (NOW + HOUR, "planned: works, new cable")
    assert list(due_silences([works], found, NOW + 2)) == []
    assert not alarm(fold(found, ClockTick(NOW + HOUR))).suppressed


@pytest.mark.parametrize("about", ["pair other", "environment lab", f"kind link-down, pair {PAIR}"])
def test_other_alarms_are_not_silenced(about: str) -> None:
    picture = fold(empty(), trap("address-conflict", contested_address="192.0.2.9"))
    assert list(due_silences([plan(f"now to 1h; {about}")], picture, NOW)) == []


def test_an_operator_has_the_last_word() -> None:
    picture = fold(empty(), trap("address-conflict", contested_address="192.0.2.9"))
    works = plan(f"now to 1h; pair {PAIR}")
    found = fold(silenced(picture, works, NOW), OperatorAction(NOW + 60, PAIR, "jo", "unsuppress", KEY))
    assert list(due_silences([works], found, NOW + 61)) == []


def test_plans_of_operators_are_with_the_console_itself_until_they_are_removed() -> None:
    made = OperatorAction(NOW, OWN, "jo", "plan-silence", "works", plan_detail(plan("now to 1h; pair other"), NOW))
    picture = fold(empty(), made)
    assert [each.name for each in plans_of([], picture.own.plans)] == ["works"]
    assert fold(picture, OperatorAction(NOW, OWN, "sam", "remove-plan", "works")).own.plans == {}
