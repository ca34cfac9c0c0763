"""The forecast as a line: where it begins, where it crosses zero, and how much of the axis it gets."""

from console.insight.charts.outlook import axis_end, outlook
from console.insight.forecast import forecasts
from tests.console import scenes
from tests.console.scenes import NOW


def test_the_line_ends_where_the_forecast_is_empty() -> None:
    pair = scenes.pair(*scenes.MAIN_LOST)
    first = forecasts(pair, NOW)[0]
    assert first.at is not None
    found = outlook(pair, first.pool, NOW)
    assert found is not None
    assert found.value_at(NOW) == first.usable
    assert found.value_at(first.at) == 0
    half = found.value_at((NOW + first.at) / 2)
    assert half is not None
    assert abs(half - first.usable / 2) < 1e-6
    assert found.value_at(first.at + 1) is None
    assert found.value_at(NOW - 1) is None


def test_without_a_forecast_the_axis_ends_now() -> None:
    assert outlook(scenes.pair(*scenes.CALM), "wifi", NOW) is None
    assert axis_end(NOW, 900, None) == NOW


def test_the_axis_shows_a_near_crossing_whole_and_a_far_one_in_part() -> None:
    pair = scenes.pair(*scenes.MAIN_LOST)
    found = outlook(pair, "wifi", NOW)
    assert found is not None
    assert NOW < axis_end(NOW, 900, found) < found.empty_at
    assert found.empty_at < axis_end(NOW, 86_400, found) <= NOW + 86_400 / 3
