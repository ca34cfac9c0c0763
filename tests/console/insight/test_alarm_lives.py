"""The life cycle of an alarm: owner, silence, end, age, overflow, folding; and the console's own alarms."""

import json

import pytest

from console.insight.alarms.announcing import is_announced
from console.insight.alarms.causes import because_of
from console.insight.alarms.lifecycle import MAX_ACTIVE_OF_KIND
from console.insight.alarms.listing import entity, rows
from console.insight.alarms.own import HOST_GONE_SECONDS, QUIET_SECONDS
from console.insight.end_time import UntilError, parse_until
from console.insight.fold import fold, fold_all, news
from console.insight.limits import RETURN_SECONDS
from console.insight.wording import DAY, HOUR
from console.model.alarm_records import kept_alarms, read_alarms
from console.model.observations import AlarmsJudged, ClockTick, Health, Observation, OperatorAction, from_json
from console.model.picture import OWN, Alarm, Picture, Severity
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty, failures, pool, trap

KEY = f"{PAIR}/address-conflict/192.0.2.9"


def raised(*observations: Observation) -> Picture:
    return fold_all(empty(), [trap("address-conflict", contested_address="192.0.2.9"), *observations])


def action(word: str, at: float = NOW + 1, who: str = "jo", **detail: object) -> OperatorAction:
    return OperatorAction(at, PAIR, who, word, KEY, detail)


def alarm(picture: Picture, key: str = KEY) -> Alarm:
    return picture.pairs[PAIR].alarms[key]


def test_an_acknowledgement_sets_owner_and_comment_and_another_takes_over() -> None:
    found = alarm(raised(action("acknowledge", comment="on my way"), action("acknowledge", NOW + 60, "sam")))
    assert (found.acknowledged_by, found.acknowledged_at, found.comment) == ("sam", NOW + 60, "")
    assert [(each.who, each.what, each.text) for each in found.history] == [
        ("jo", "acknowledge", "on my way"),
        ("sam", "took over from jo", ""),
    ]
    left = alarm(raised(action("acknowledge"), action("unacknowledge", NOW + 2)))
    assert (left.acknowledged_by, left.acknowledged_at) == (None, None)


def test_a_silence_ends_at_its_time_and_adds_an_entry() -> None:
    picture = raised(action("suppress", until=NOW + HOUR, reason="works"))
    assert (alarm(picture).suppressed, alarm(picture).suppressed_for) == (True, "works")
    assert alarm(picture).is_active
    assert alarm(fold(picture, ClockTick(NOW + HOUR - 1))).suppressed
    back = fold(picture, ClockTick(NOW + HOUR + 30))
    assert not alarm(back).suppressed
    last = alarm(back).history[-1]
    assert (last.at, last.what) == (NOW + HOUR, "silence ended"), "when it was due, not when it was noticed"
    assert "active again: the silence ended" in back.pairs[PAIR].timeline[-1].text


@pytest.mark.parametrize("until", [None, "soon", NOW, NOW - 5, True])
def test_an_invalid_end_time_silences_no_alarm(until: object) -> None:
    assert not alarm(raised(action("suppress", until=until))).suppressed


def test_a_cleared_alarm_has_no_owner_and_no_silence_when_it_reopens() -> None:
    picture = raised(
        action("acknowledge"),
        action("suppress", until=NOW + HOUR),
        action("clear-alarm", NOW + 2),
        action("acknowledge", NOW + 3),
    )
    assert [each.what for each in alarm(picture).history] == ["acknowledge", "suppress", "closed by hand"]
    again = alarm(fold(picture, trap("address-conflict", at=NOW + 9, contested_address="192.0.2.9")))
    assert (again.acknowledged_by, again.suppressed, again.history, again.count) == (None, False, (), 1)


def test_one_action_can_concern_several_alarms() -> None:
    picture = fold(raised(), trap("address-conflict", contested_address="192.0.2.10"))
    ids = [each.id for each in picture.pairs[PAIR].open_alarms]
    many = OperatorAction(NOW + 1, PAIR, "jo", "acknowledge", "address-conflict", {"alarms": ids, "comment": "both"})
    picture = fold(picture, many)
    assert {each.comment for each in picture.pairs[PAIR].open_alarms} == {"both"}
    assert picture.pairs[PAIR].timeline[-1].text == "jo: acknowledge address-conflict: both (2 alarms)"


def test_alarms_are_equal_after_a_round_trip_through_json() -> None:
    alarms = (
        raised(action("acknowledge", comment="c"), action("suppress", until=NOW + 9.5, reason="r")).pairs[PAIR].alarms
    )
    assert read_alarms(json.loads(json.dumps(kept_alarms(alarms.values())))) == dict(alarms)


def test_an_alarm_about_an_event_is_cleared_by_age_and_one_about_a_state_is_not() -> None:
    picture = fold(raised(), trap("duplicate-address", address="192.0.2.7"))
    found = fold(picture, ClockTick(NOW + 2 * DAY)).pairs[PAIR].alarms
    assert (found[f"{PAIR}/duplicate-address/192.0.2.7"].cleared_by, found[KEY].cleared_by) == ("age", None)
    assert found[f"{PAIR}/duplicate-address/192.0.2.7"].cleared == NOW + DAY


def test_a_storm_of_one_kind_is_limited_and_counted_and_the_first_alarms_stay() -> None:
    storm = [trap("address-conflict", at=NOW + n, contested_address=f"10.0.{n // 250}.{n % 250}") for n in range(1000)]
    picture = fold_all(empty(), storm)
    active = picture.pairs[PAIR].open_alarms
    assert len(active) == MAX_ACTIVE_OF_KIND + 1
    assert sum(each.count for each in active) == 1000
    assert {f"10.0.0.{n}" for n in range(MAX_ACTIVE_OF_KIND)} < {entity(each) for each in active}
    (row,) = rows([picture.pairs[PAIR]], "active", "jo", frozenset(), NOW + 1000)
    assert (row.folded, row.count) == (True, 1000)


def test_entities_of_the_overflow_alarm_are_cleared_one_by_one() -> None:
    low = [trap("free-address-low", at=NOW, scope_name=f"s{n}") for n in range(MAX_ACTIVE_OF_KIND + 3)]
    picture = fold_all(empty(), low)
    line = f"{PAIR}/free-address-low/*"
    assert len(alarm(picture, line).members) == 3
    for number in range(MAX_ACTIVE_OF_KIND, MAX_ACTIVE_OF_KIND + 3):
        assert alarm(picture, line).is_active
        picture = fold(picture, trap("free-address-high", at=NOW + 1, scope_name=f"s{number}"))
    assert alarm(picture, line).cleared_by == "trap"
    assert len(picture.pairs[PAIR].open_alarms) == MAX_ACTIVE_OF_KIND


def test_many_low_pools_in_a_poll_share_an_overflow_alarm_that_ends_with_them() -> None:
    def polled(free: int, at: float) -> Observation:
        return answer(MAIN, at, pools=[pool(f"s{n}", free, 0, 100) for n in range(MAX_ACTIVE_OF_KIND + 20)])

    picture = fold(empty(), polled(10, NOW))
    assert len(alarm(picture, f"{PAIR}/free-address-low/*").members) == 20
    assert fold(picture, polled(10, NOW + 1)).pairs[PAIR].alarms is picture.pairs[PAIR].alarms, "nothing new"
    assert fold(picture, polled(90, NOW + 2)).pairs[PAIR].open_alarms == ()


def test_a_consequence_has_its_cause_while_the_cause_is_active() -> None:
    picture = fold_all(empty(), [*failures(MAIN), answer(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED",
                                                         pools=[pool("wifi", 5, 0, 100)])])  # fmt: skip
    pair = picture.pairs[PAIR]
    causes = {each.kind: because_of(pair, each) for each in pair.open_alarms}
    assert {kind: cause and cause.kind for kind, cause in causes.items()} == {
        "other-server-not-responding": "server-unreachable",
        "free-address-low": "other-server-not-responding",
        "server-unreachable": None,
    }


def test_a_pending_reload_and_a_failover_recover_left_set_raise_alarms() -> None:
    picture = fold(empty(), answer(MAIN, NOW, reload_pending=True, failover_recover="2026-07-14T00:00:00Z"))
    assert {each.kind for each in picture.pairs[PAIR].open_alarms} == {"failover-recover-set"}
    picture = fold(picture, answer(MAIN, NOW + HOUR + 1, reload_pending=True))
    assert {each.kind for each in picture.pairs[PAIR].open_alarms} == {"reload-pending"}
    assert fold(picture, answer(MAIN, NOW + HOUR + 2)).pairs[PAIR].open_alarms == ()


def health(at: float, host: str = "noc-1", dropped: int = 0, **facts: str | None) -> Health:
    return Health(at, OWN, host, facts, {"traps-dropped": dropped})


def test_a_failure_of_the_console_is_one_alarm_for_each_host() -> None:
    picture = fold_all(empty(), [health(NOW, journal="disk full"), health(NOW, "noc-2", journal="disk full")])
    assert [each.id for each in picture.own.open_alarms] == [
        "(console)/journal-not-written/noc-1",
        "(console)/journal-not-written/noc-2",
    ]
    picture = fold(picture, health(NOW + 1, journal=None))
    assert [each.id for each in picture.own.open_alarms] == ["(console)/journal-not-written/noc-2"]
    picture = fold(picture, ClockTick(NOW + HOST_GONE_SECONDS))
    assert picture.own.open_alarms == (), "a host that is gone has no alarms"


def test_a_growing_counter_is_an_alarm_until_it_stops_for_five_minutes() -> None:
    picture = fold_all(empty(), [health(NOW, dropped=5), health(NOW + 10, dropped=5)])
    assert [each.kind for each in picture.own.open_alarms] == ["traps-dropped"]
    still = fold(picture, health(NOW + QUIET_SECONDS - 1, dropped=6))
    assert fold(still, health(NOW + QUIET_SECONDS, dropped=6)).own.open_alarms
    assert not fold(picture, health(NOW + QUIET_SECONDS, dropped=5)).own.open_alarms
    restarted = fold(fold(picture, health(NOW + QUIET_SECONDS, dropped=0)), health(NOW + QUIET_SECONDS + 1, dropped=1))
    assert restarted.own.open_alarms


def test_a_follower_adopts_judged_alarms_and_keeps_their_owner() -> None:
    """The follower's owner stays, although the collector judged before it received the acknowledgement."""
    lost = answer(BACKUP, NOW, "COMMUNICATIONS-INTERRUPTED")
    collector = fold(empty(), lost)
    follower = fold(empty(), lost, judges=False)
    assert follower.pairs[PAIR].open_alarms == ()
    (found,) = news(empty(), collector, lost)
    follower = fold(follower, from_json(json.loads(json.dumps({"kind": found.kind, "at": found.at, "pair": PAIR,
                                                               "alarms": list(found.alarms)}))))  # fmt: skip
    assert follower.pairs[PAIR].alarms == collector.pairs[PAIR].alarms
    key = f"{PAIR}/other-server-not-responding/pair"
    follower = fold(follower, OperatorAction(NOW + 1, PAIR, "jo", "acknowledge", key))
    changed = AlarmsJudged(NOW + 2, PAIR, [{**found.alarms[0], "text": "worse", "severity": "critical"}])
    assert (alarm(fold(follower, changed), key).acknowledged_by, alarm(fold(follower, changed), key).text) == (
        "jo",
        "worse",
    )


def test_the_list_is_filtered_sorted_and_folded() -> None:
    many = [trap("duplicate-address", at=NOW + n, address=f"192.0.2.{n}") for n in range(4)]
    picture = raised(
        *many, action("acknowledge", NOW + 9), trap("server-stop", MAIN), trap("server-start", MAIN, NOW + 1)
    )
    pair = picture.pairs[PAIR]

    def shown(chosen: str, *opened: str) -> list[str]:
        return [row.key.removeprefix(f"{PAIR}/") for row in rows([pair], chosen, "jo", frozenset(opened), NOW + 10)]

    assert shown("active") == ["address-conflict/192.0.2.9", "fold:duplicate-address"]
    assert shown("unowned") == ["fold:duplicate-address"]
    assert shown("mine") == ["address-conflict/192.0.2.9"]
    assert shown("all")[-1] == "server-stop/dhcp-a"
    assert len(shown("unowned", "fold:duplicate-address")) == 5


def test_alarms_are_sorted_worst_first() -> None:
    picture = fold_all(empty(), [trap("duplicate-address", address="192.0.2.1"), trap("server-stop", MAIN, NOW + 1),
                                 trap("address-conflict", at=NOW + 2, contested_address="192.0.2.9")])  # fmt: skip
    assert [each.severity for each in picture.pairs[PAIR].open_alarms] == [
        Severity.CRITICAL,
        Severity.MAJOR,
        Severity.WARNING,
    ]


def test_an_end_time_is_a_duration_or_a_time_of_day() -> None:
    assert parse_until("1h", NOW, ZONE) == NOW + HOUR
    assert parse_until(" 30 min ", NOW, ZONE) == NOW + 1800
    assert parse_until("06:00", NOW, ZONE) == NOW + 48 * 60, "05:12 here"
    assert parse_until("05:00", NOW, ZONE) == NOW - 720 + DAY, "tomorrow"
    for wrong in ("", "soon", "0h", "31d", "25:00", "-1h", "1w"):
        with pytest.raises(UntilError):
            parse_until(wrong, NOW, ZONE)


def test_an_answer_older_than_the_trap_does_not_clear_its_alarm() -> None:
    """The main fails. Its partner sends a trap at once, while the last answers of both still have NORMAL."""
    lost = trap("other-server-not-responding", at=NOW + 0.5)
    picture = fold_all(empty(), [answer(MAIN, NOW), answer(BACKUP, NOW), lost, *failures(MAIN, NOW + 0.6, 1)])
    (alarm,) = picture.pairs[PAIR].open_alarms
    assert fold(picture, answer(BACKUP, NOW + 1)).pairs[PAIR].open_alarms == (alarm,)
    on = fold(picture, answer(BACKUP, NOW + 2, "COMMUNICATIONS-INTERRUPTED"))
    assert on.pairs[PAIR].alarms[alarm.id].since == NOW + 0.5
    assert on.pairs[PAIR].alarms[alarm.id].sources == ("trap", "poll")


def test_an_alarm_is_in_the_list_at_once_and_announced_after_the_delay_of_its_kind() -> None:
    """The delay is for the announcement alone: the alarm has the time at which the fault began."""
    picture = fold(empty(), trap("other-server-not-responding"))
    pair = picture.pairs[PAIR]

    def shown(chosen: str, now: float) -> int:
        return len(rows([pair], chosen, "jo", frozenset(), now))

    assert (shown("active", NOW), shown("all", NOW)) == (1, 1)
    (alarm,) = pair.open_alarms
    assert [is_announced(alarm, NOW + after) for after in (0, 89, 90)] == [False, False, True]
    assert alarm.since == NOW


def test_an_alarm_that_comes_and_goes_stays_in_the_list() -> None:
    picture = empty()
    for number in range(5):
        picture = fold(picture, trap("other-server-not-responding", at=NOW + 20 * number))
        picture = fold(picture, trap("other-server-responding", at=NOW + 20 * number + 10))
    pair = picture.pairs[PAIR]
    (found,) = pair.alarms.values()
    assert (found.returned, found.is_active) == (4, False)
    ended = NOW + 90
    assert len(rows([pair], "active", "jo", frozenset(), ended + RETURN_SECONDS - 1)) == 1
    assert rows([pair], "active", "jo", frozenset(), ended + RETURN_SECONDS) == []
    late = fold(picture, trap("other-server-not-responding", at=ended + RETURN_SECONDS))
    assert next(iter(late.pairs[PAIR].alarms.values())).returned == 0, "after a quiet time it is a new fault"
