"""The lines of a pool: segments, gaps, the share, events, and what is not known."""

from typing import Any

from console.insight.charts.history import (
    History,
    Segment,
    history,
    pool_lines,
    pool_names,
    silences,
    value_at,
    with_present,
)
from console.model.observations import Observation, OperatorAction, PollFailure
from tests.console import scenes
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, pool

EMPTY = History(NOW - 900, NOW)


def counted(at: float, own: int, server: str = MAIN, **changes: Any) -> Observation:
    return answer(server, at, pools=[pool("wifi", own, 0, 4096, **changes)])


def test_an_empty_history_has_no_lines_and_no_limits() -> None:
    lines = pool_lines(EMPTY, "wifi", MAIN, BACKUP)
    assert (lines.main, lines.backup, lines.leased, lines.share, lines.goal, lines.low) == ((), (), (), (), None, None)


def test_one_answer_holds_until_now_for_a_server_that_is_seen() -> None:
    pair = scenes.pair(counted(NOW - 5, 90))
    lines = pool_lines(with_present(EMPTY, pair, NOW), "wifi", MAIN, BACKUP)
    assert lines.main == (Segment(((NOW - 5, 90.0),), NOW),)
    assert lines.backup == ()


def test_a_failed_poll_ends_the_segment_and_the_next_answer_begins_another() -> None:
    past = history(
        [counted(NOW - 100, 90), PollFailure(NOW - 80, PAIR, MAIN, "refused"), counted(NOW - 20, 70)], NOW - 900, NOW
    )
    main = pool_lines(past, "wifi", MAIN, BACKUP).main
    assert main == (Segment(((NOW - 100, 90.0),), NOW - 80), Segment(((NOW - 20, 70.0),), NOW))
    assert value_at(main, NOW - 50) is None
    assert (value_at(main, NOW - 90), value_at(main, NOW - 1)) == (90.0, 70.0)


def test_a_time_in_which_nothing_was_recorded_is_a_gap() -> None:
    past = history([counted(NOW - 700, 90), counted(NOW - 690, 80), counted(NOW - 20, 70)], NOW - 900, NOW)
    main = pool_lines(past, "wifi", MAIN, BACKUP).main
    assert [each.until for each in main] == [NOW - 690, NOW]
    assert silences([0.0, 60.0, 400.0]) == ((60.0, 400.0),)


def test_a_server_that_is_not_seen_now_is_a_gap_up_to_now() -> None:
    past = history([counted(NOW - 100, 90)], NOW - 900, NOW - 60)
    pair = scenes.pair(counted(NOW - 100, 90), scenes.failures(MAIN, NOW - 30))
    main = pool_lines(with_present(past, pair, NOW), "wifi", MAIN, BACKUP).main
    assert main[-1].until == NOW - 32
    assert value_at(main, NOW) is None


def test_an_answer_without_the_count_is_a_gap_and_never_zero() -> None:
    unknown = answer(MAIN, NOW - 50, pools=[pool("wifi", 1, 1, 4096) | {"available": None}])
    past = history([counted(NOW - 100, 90), unknown, counted(NOW - 10, 80)], NOW - 900, NOW)
    assert value_at(pool_lines(past, "wifi", MAIN, BACKUP).main, NOW - 30) is None


def test_the_share_is_known_only_where_both_servers_are_seen() -> None:
    past = history(
        [
            counted(NOW - 100, 60),
            counted(NOW - 100, 40, BACKUP),
            counted(NOW - 70, 60),
            counted(NOW - 70, 20, BACKUP),
            PollFailure(NOW - 50, PAIR, BACKUP, "refused"),
        ],
        NOW - 900,
        NOW,
    )
    share = pool_lines(past, "wifi", MAIN, BACKUP).share
    assert share == (Segment(((NOW - 100, 40.0), (NOW - 70, 25.0)), NOW - 50),)


def test_the_share_of_no_free_address_is_not_known() -> None:
    past = history([counted(NOW - 10, 0), counted(NOW - 10, 0, BACKUP)], NOW - 900, NOW)
    lines = pool_lines(past, "wifi", MAIN, BACKUP)
    assert (lines.share, lines.band) == ((), None)


def test_leased_addresses_are_those_of_the_backup_where_the_main_is_not_seen() -> None:
    past = history(
        [
            counted(NOW - 100, 96),
            counted(NOW - 90, 196, BACKUP),
            PollFailure(NOW - 60, PAIR, MAIN, "refused"),
        ],
        NOW - 900,
        NOW,
    )
    leased = pool_lines(past, "wifi", MAIN, BACKUP).leased
    assert (value_at(leased, NOW - 80), value_at(leased, NOW - 10)) == (4000.0, 3900.0)


def test_events_are_changes_of_state_once_each_and_actions() -> None:
    change = {"at": scenes.text(NOW - 50), "from": "NORMAL", "to": "PARTNER-DOWN", "reason": "x"}
    seen = [answer(MAIN, at, transitions=[change]) for at in (NOW - 20, NOW - 10)]
    acted = OperatorAction(NOW - 30, PAIR, "jo", "set-partner-down", MAIN)
    events = history([seen[0], acted, seen[1]], NOW - 900, NOW).events
    assert [each.text for each in events] == [f"{MAIN} NORMAL -> PARTNER-DOWN", f"jo: set-partner-down {MAIN}"]


def test_pools_that_were_deleted_are_still_named() -> None:
    past = history([counted(NOW - 100, 1)], NOW - 900, NOW)
    assert pool_names(past, scenes.pair(answer(MAIN, NOW, pools=[pool("new")]))) == ("new", "wifi")


def test_the_low_level_is_known_only_where_the_pool_is_counted_alone() -> None:
    limits = {"watched": True, "low": 20, "high": 25, "value": "x", "free": 10, "configured": 4096, "is_low": False}
    alone, shared = (
        history([counted(NOW, 90, thresholds={**limits, "over": over})], NOW - 9, NOW) for over in ("scope", "network")
    )
    assert pool_lines(alone, "wifi", MAIN, BACKUP).low == 819
    assert pool_lines(shared, "wifi", MAIN, BACKUP).low is None


def test_a_pool_without_shares_has_the_line_of_its_free_addresses() -> None:
    """R-022: IPv6 addresses belong to a server by parity, so neither server reports a share."""
    document = pool("na", 0, 0, 100, leased=40) | {"available": None, "other_available": None, "undivided": 60}
    found = pool_lines(history([answer(MAIN, NOW - 50, pools=[document])], NOW - 100, NOW), "na", MAIN, BACKUP)
    assert (found.main, found.backup, found.share) == ((), (), ())
    assert found.free[0].points == ((NOW - 50, 60.0),)
    assert found.leased[0].points == ((NOW - 50, 40.0),)
