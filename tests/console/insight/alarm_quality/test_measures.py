"""The measures of ISA-18.2, by hand-made episodes."""

from dataclasses import replace
from typing import Any

from console.insight.alarm_quality.episodes import Episode, EpisodeReader
from console.insight.alarm_quality.limits import compare
from console.insight.alarm_quality.measures import Quality, measure
from console.insight.alarm_quality.report import json_report, text_report
from console.insight.fold import fold
from console.insight.wording import DAY, HOUR
from console.model.observations import Observation, OperatorAction
from console.model.picture import Severity
from tests.console.scenes import NOW, PAIR, ZONE, empty, trap

START = 1_784_073_600.0
END = START + DAY
WHOLE = range(int(START // 600), int(END // 600))


def episode(since: float, key: str = "a", kind: str = "address-conflict", **changes: Any) -> Episode:
    begun = Episode(PAIR, key, kind, Severity.CRITICAL, START + since, START + since + 3600)
    return replace(begun, **changes)


def measured(*episodes: Episode, recorded: range = WHOLE) -> Quality:
    return measure(episodes, START, END, recorded)


def kept(quality: Quality) -> dict[str, bool | None]:
    return {each.limit.name: each.kept for each in compare(quality)}


def test_rates_are_over_the_recorded_time() -> None:
    many = [episode(number * 600.0, str(number)) for number in range(48)]
    found = measured(*many)
    assert (found.per_hour, found.worst_hour, found.worst_ten_minutes) == (2.0, 6, 1)
    half = measured(*many, recorded=WHOLE[:48])
    assert (half.per_hour, half.recorded) == (6.0, 8 * HOUR)
    assert kept(half)["alarms an hour"] is True
    assert kept(measured(*many, episode(50.0, "x"), recorded=WHOLE[:48]))["alarms an hour"] is False


def test_without_a_record_nothing_can_be_told() -> None:
    found = measured(recorded=range(0))
    assert (found.per_hour, found.flood_share, found.priorities) == (None, None, None)
    assert set(kept(found).values()) == {None}
    assert "cannot tell" in "\n".join(text_report(found, ZONE, END))
    assert json_report(found)["per_hour"] is None


def test_what_was_not_announced_is_counted_apart() -> None:
    found = measured(
        episode(0),
        episode(100, "short", "other-server-not-responding", ended=START + 150),
        episode(200, "planned", silenced=True),
        episode(300, "folded", folded=True),
        episode(400, "back", again=True),
        episode(500, "event", severity=Severity.INFO),
    )
    counts = (found.announced, found.fleeting, found.silenced, found.folded, found.again, found.events)
    assert (found.raised, counts) == (6, (1, 1, 1, 1, 1, 1))


def test_a_flood_begins_above_ten_in_ten_minutes_and_ends_below_five() -> None:
    ten = [episode(number, str(number)) for number in range(10)]
    assert measured(*ten).floods == 0
    eleven = [*ten, episode(10, "eleventh")]
    found = measured(*eleven)
    assert found.floods == 1
    # From the eleventh alarm until fewer than five are within ten minutes: the seventh is ten minutes old then.
    assert found.flood_share == (600 + 6 - 10) / DAY
    assert kept(found)["time in flood"] is True
    assert kept(found)["alarms in ten minutes, worst"] is False


def test_chattering_is_three_times_in_a_minute() -> None:
    two = [episode(0), episode(59)]
    assert measured(*two).chattering == ()
    assert measured(*two, episode(59.5)).chattering == ("a",)
    assert measured(*two, episode(60)).chattering == ()
    assert kept(measured(*two, episode(30, again=True)))["chattering"] is False, "one that came back chatters too"


def test_an_alarm_is_stale_after_a_day() -> None:
    assert measured(episode(-10, ended=None)).stale == ("a",)
    assert measured(episode(0, ended=None)).stale == ()
    old = [episode(-DAY, str(number), ended=None) for number in range(6)]
    assert kept(measured(*old))["stale"] is False


def test_priorities_and_the_most_frequent_are_compared_only_where_there_are_many() -> None:
    few = [episode(number * 900.0, "a") for number in range(19)]
    assert kept(measured(*few))["priority high"] is None
    assert kept(measured(*few, episode(4, "b")))["priority high"] is False
    found = measured(*few, episode(4, "b"))
    assert found.priorities == {"high": 1.0, "medium": 0.0, "low": 0.0}
    assert [(each.key, each.count) for each in found.frequent] == [("a", 19), ("b", 1)]


def after(*observations: Observation) -> list[Episode]:
    reader, picture = EpisodeReader(), empty()
    for each in observations:
        following = fold(picture, each)
        reader.compare(picture, following)
        picture = following
    return reader.episodes()


def test_episodes_follow_from_the_pictures() -> None:
    lost, back = "other-server-not-responding", "other-server-responding"
    first, second = after(
        trap(lost),
        OperatorAction(NOW + 5, PAIR, "jo", "acknowledge", f"{PAIR}/{lost}/pair"),
        trap(back, at=NOW + 100),
        trap(lost, at=NOW + 160),
    )
    assert (first.since, first.ended, first.owned_at, first.announced_at) == (NOW, NOW + 100, NOW + 5, NOW + 90)
    assert (second.since, second.ended, second.again, second.returned) == (NOW + 160, None, True, 1)


def test_an_alarm_that_was_never_announced_is_news_when_it_comes_back() -> None:
    lost, back = "other-server-not-responding", "other-server-responding"
    first, second = after(trap(lost), trap(back, at=NOW + 20), trap(lost, at=NOW + 40))
    assert (first.announced_at, second.again, second.announced_at) == (None, False, NOW + 130)
