"""The rows of the fleet: their order, the counts, and pairs that are not seen."""

import pytest

from console.insight.fleet import counted, fleet, fleet_row
from console.insight.fold import fold
from console.makes.cisco.profile import CISCO
from console.makes.kea.profile import KEA
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.observations import Observation
from console.model.phases import Phase
from console.model.picture import Picture, Severity
from console.model.profiles import unpolled
from console.state.store import empty_pair
from tests.console import scenes
from tests.console.fleets import fleet_picture
from tests.console.scenes import CALM, MAIN_LOST, NOW, RACE, ZONE, empty, failures, pair


def test_rows_are_sorted_by_severity_then_by_the_next_event() -> None:
    rows = fleet(fleet_picture(calm=2), NOW, ZONE)
    assert [row.pair for row in rows] == ["pair-004", "pair-002", "pair-003", "pair-000", "pair-001"]
    assert [row.event.at - NOW for row in rows[:3] if row.event] == sorted(
        row.event.at - NOW for row in rows[:3] if row.event
    )


def test_pairs_are_counted_by_severity() -> None:
    assert counted(fleet(fleet_picture(calm=2), NOW, ZONE)) == {Severity.CRITICAL: 3, Severity.OK: 2}


def test_a_row_of_a_healthy_pair_has_no_event() -> None:
    row = fleet_row(pair(*CALM), NOW, ZONE)
    assert (row.severity, row.event, row.link, row.unacked, row.mismatch) == (Severity.OK, None, True, 0, False)
    assert row.verdict.startswith("Protected")


def test_a_row_of_a_split_pair_has_the_race_and_the_loss_of_contact() -> None:
    row = fleet_row(pair(*RACE), NOW, ZONE)
    assert row.severity is Severity.CRITICAL
    assert row.link is False
    assert row.link_since == NOW - 720
    assert row.main.phase is row.backup.phase is Phase.ALONE


def test_a_server_that_is_not_seen_has_its_last_state_and_the_age_of_it() -> None:
    row = fleet_row(pair(*MAIN_LOST), NOW, ZONE)
    assert (row.main.phase, row.main.seen) == (Phase.NORMAL, False)
    assert row.main.age == pytest.approx(780)
    assert row.backup.seen


def test_a_pair_that_never_answered_has_an_unknown_link() -> None:
    row = fleet_row(pair(failures("dhcp-a"), failures("dhcp-b")), NOW, ZONE)
    assert (row.severity, row.link, row.main.phase, row.main.age) == (Severity.CRITICAL, None, None, None)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("EXAMPLE", True),
        ("production comm", True),
        ("dhcp-b", True),
        ("critical", True),
        ("lab", False),
        ("normal partner-down", False),
    ],
)
def test_a_row_is_found_by_words_in_it(words: str, found: bool) -> None:
    assert fleet_row(pair(*RACE), NOW, ZONE).matches(words) is found


def test_rows_of_an_empty_picture_wait_for_the_first_answers() -> None:
    (row,) = fleet(empty(), NOW, ZONE)
    assert row.verdict.startswith("Waiting")


def test_pairs_of_which_nothing_was_observed_have_the_row_of_any_other() -> None:
    """A large fleet begins with such pairs: their rows are computed once for each combination of makes."""
    makes = [(PAIRWATCH, PAIRWATCH), (KEA, KEA), (unpolled(CISCO), unpolled(CISCO)), (PAIRWATCH, unpolled(CISCO))]
    pairs = {}
    for number in range(12):
        main, backup = makes[number % len(makes)]
        name, servers = f"p{number}", [(f"a{number}", "main", main), (f"b{number}", "backup", backup)]
        pairs[name] = empty_pair(name, f"site {number}", servers if number % 2 else servers[::-1])
    seen = scenes.pair(*scenes.CALM)
    pairs[seen.name] = seen
    picture = Picture(pairs)
    wanted = {name: fleet_row(pair, scenes.NOW, scenes.ZONE) for name, pair in pairs.items()}
    assert {row.pair: row for row in fleet(picture, scenes.NOW, scenes.ZONE)} == wanted


def test_a_pair_is_untouched_until_an_answer_a_failure_or_an_alarm() -> None:
    empty = empty_pair(scenes.PAIR, "", [(scenes.MAIN, "main", PAIRWATCH), (scenes.BACKUP, "backup", PAIRWATCH)])
    assert empty.untouched
    trap = scenes.trap("other-server-not-responding", related_server_type="failover-partner")
    seen: tuple[Observation, ...] = (scenes.answer(scenes.MAIN), scenes.failures(scenes.MAIN, count=1)[0], trap)
    for observation in seen:
        assert not fold(Picture({scenes.PAIR: empty}), observation).pairs[scenes.PAIR].untouched
