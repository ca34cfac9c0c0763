"""New clients by the hour: what the counters of servers add up to, whoever counts and however often."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.fold import fold_all
from console.journal.keeper import UNCHANGED_SECONDS, ArrivalsKeeper
from console.model.arrivals import HOUR, HOURS_KEPT, Arrivals, begun, counted, kept, longer, read_kept
from console.model.observations import ArrivalsKept, PollAnswer, PollUnchanged
from tests.console.scenes import MAIN, NOW, PAIR, answer, empty, picture, pool

MIDNIGHT = 1_000_000 * HOUR


def watched(*counters: tuple[float, int], boot: float | None = 1.0) -> Arrivals:
    """After these counters, by seconds since midnight."""
    (first, counter), *rest = counters
    found = begun(MIDNIGHT + first, counter, boot)
    for at, counter in rest:
        found = counted(found, MIDNIGHT + at, counter, boot)
    return found


@pytest.mark.parametrize("every", [5, 10, 60])
@given(per_minute=st.integers(0, 1000))
def test_a_steady_rate_is_found_however_often_it_is_looked_at(every: int, per_minute: int) -> None:
    """R-142: the rate of arrival of new clients is what sizes and forecasts rest on."""
    looks = [(at, per_minute * at // 60) for at in range(0, 1860, every)]
    found = watched(*looks)
    assert found.fast_per_hour == pytest.approx(60 * per_minute, rel=0.05, abs=60)
    assert found.slow_per_hour == pytest.approx(60 * per_minute, rel=0.05, abs=60)


def test_the_fast_average_forgets_in_a_quarter_of_an_hour_and_the_slow_one_in_a_day() -> None:
    busy = [(at, at // 6) for at in range(0, 14_400, 60)]
    quiet = [(at, busy[-1][1]) for at in range(14_400, 18_000, 60)]
    found = watched(*busy, *quiet)
    assert found.fast_per_hour is not None
    assert found.slow_per_hour is not None
    assert found.fast_per_hour < 15
    assert found.slow_per_hour > 400


def test_nothing_is_said_before_five_minutes_were_watched() -> None:
    """Where a site has just been switched on, everybody is new."""
    assert watched((0, 5), (290, 50)).fast_per_hour is None
    assert watched((0, 5), (300, 50)).fast_per_hour is not None


@given(st.lists(st.tuples(st.floats(5, 30_000), st.integers(0, 500)), min_size=1, max_size=40))
def test_no_client_is_lost_or_counted_twice_in_the_hours(steps: list[tuple[float, int]]) -> None:
    at, counter = 0.0, 100
    found = watched((0.0, counter))
    spans = [(at, counter)]
    for seconds, came in steps:
        at, counter = at + seconds, counter + came
        found = counted(found, MIDNIGHT + at, counter, 1.0)
        spans.append((at, counter))
    last = int((MIDNIGHT + at) // HOUR)
    assert all(last - HOURS_KEPT < hour <= last for hour, _ in found.hours)
    assert len(found.hours) <= HOURS_KEPT
    edge = (last - HOURS_KEPT + 1) * HOUR - MIDNIGHT
    expected = sum(
        (after[1] - before[1]) * max(0.0, after[0] - max(before[0], edge)) / (after[0] - before[0])
        for before, after in pairwise(spans)
    )
    assert sum(count for _, count in found.hours) == pytest.approx(expected, abs=0.01)


def test_a_gap_is_filled_from_the_counter_evenly() -> None:
    found = watched((0, 0), (4 * HOUR, 400))
    assert [round(count) for _, count in found.hours] == [100, 100, 100, 100]


def test_a_server_that_started_anew_counts_from_nothing() -> None:
    found = counted(watched((0, 1000)), MIDNIGHT + 60, 30, 2.0)
    assert sum(count for _, count in found.hours) == 30
    found = counted(watched((0, 1000)), MIDNIGHT + 60, 1030, 2.0)
    assert sum(count for _, count in found.hours) == 1030


def test_only_whole_hours_are_told() -> None:
    found = watched((1800, 0), (2 * HOUR, 60), (2.5 * HOUR, 90))
    hour = int(MIDNIGHT // HOUR)
    assert found.in_hour(hour) is None
    assert found.in_hour(hour + 1) == pytest.approx(40)
    assert found.in_hour(hour + 2) is None


def test_what_was_kept_is_read_again_and_nonsense_is_nothing() -> None:
    found = watched((0, 0), (3600, 100), (9000, 250))
    again = read_kept(kept(found))
    assert again is not None
    assert again.counter == found.counter
    assert dict(again.hours) == pytest.approx(dict(found.hours), abs=0.01)
    nonsense: list[object] = [None, [], "x" * 7, [1, 2, 3, 4, 5, 6, 7], {}]
    assert [read_kept(raw) for raw in nonsense] == [None] * 5


def polled(at: float, counter: int) -> PollAnswer:
    return answer(MAIN, at, pools=[pool("wifi", 400, 400, 4096, new_clients=counter)])


def test_the_picture_counts_from_polls_and_an_unchanged_one_is_a_count_of_none() -> None:
    found = picture(polled(NOW, 10), polled(NOW + 60, 20), PollUnchanged(NOW + 120, PAIR, MAIN))
    arrivals = found.pairs[PAIR].servers[MAIN].arrivals["wifi"]
    assert (arrivals.at, arrivals.counter) == (NOW + 120, 20)
    assert sum(count for _, count in arrivals.hours) == pytest.approx(10)


def test_a_server_that_does_not_count_new_clients_has_no_arrivals() -> None:
    found = picture(answer(MAIN, NOW), answer(MAIN, NOW + 60))
    assert found.pairs[PAIR].servers[MAIN].arrivals == {}


def test_a_day_of_arrivals_survives_a_console_that_was_away() -> None:
    """The counters of the servers go on: what was kept and what they say now is as if nobody had been away."""
    day = [polled(NOW + 600 * step, 10 * step) for step in range(150)]
    before = fold_all(empty(), day)
    keeper = ArrivalsKeeper()
    assert list(keeper.due(before, NOW)) == []
    (told,) = keeper.due(before, NOW + UNCHANGED_SECONDS)
    assert list(keeper.due(before, NOW + UNCHANGED_SECONDS + 1)) == []
    later = [polled(NOW + 600 * step, 10 * step) for step in range(156, 160)]
    anew = fold_all(empty(), [told, *later])
    always = fold_all(before, later)
    ours, theirs = (each.pairs[PAIR].servers[MAIN].arrivals["wifi"] for each in (anew, always))
    assert dict(ours.hours) == pytest.approx(dict(theirs.hours), abs=0.1)
    assert ours.fast_per_hour == pytest.approx(theirs.fast_per_hour, rel=0.01)
    # Kept in the middle of what is folded, it is taken for what it is: the longer memory.
    middle = fold_all(empty(), [*later[:2], told, *later[2:]])
    hours = middle.pairs[PAIR].servers[MAIN].arrivals["wifi"].hours
    assert dict(hours) == pytest.approx(dict(theirs.hours), abs=0.1)
    # And what was watched for longer is not given up for it.
    assert fold_all(always, [told]).pairs == always.pairs


def test_the_longer_memory_wins_and_what_cannot_be_read_is_left_out() -> None:
    old, young = watched((0, 0), (3600, 10)), watched((3000, 5), (3600, 10))
    taken = longer({"a": young}, {"a": kept(old), "b": "nonsense"})
    assert {name: each.since for name, each in taken.items()} == {"a": old.since}
    assert longer({"a": old}, {"a": kept(young)}) == {"a": old}


def test_kept_arrivals_of_a_server_that_is_gone_change_nothing() -> None:
    before = picture(polled(NOW, 10))
    told = ArrivalsKept(NOW, PAIR, {"other": {"wifi": []}, MAIN: {"wifi": None}})  # type: ignore[dict-item]
    assert fold_all(before, [told]).pairs == before.pairs
