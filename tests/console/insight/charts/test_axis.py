"""The clock times of the axis in the operator's zone, over changes of the clock too."""

from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from console.insight.charts.axis import CLOCK_WIDTH, ticks

BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")


def at(*when: int, zone: tzinfo = UTC) -> float:
    return datetime(*when, tzinfo=zone).timestamp()  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("zone", [UTC, BERLIN, KATHMANDU])
@pytest.mark.parametrize("span", [900.0, 3600.0, 86_400.0, 7 * 86_400.0])
@pytest.mark.parametrize("cells", [20, 40, 120])
def test_labels_are_the_clock_in_the_zone_and_have_room(zone: tzinfo, span: float, cells: int) -> None:
    end = at(2026, 7, 15, 3, 12)
    found = ticks(end - span, end, zone, cells)
    assert len(found) >= 2 or cells == 20
    for when, text in found:
        moment = datetime.fromtimestamp(when, zone)
        assert text in (f"{moment:%H:%M}", f"{moment:%a %d}")
        assert end - span <= when <= end
    for (one, _), (two, _) in pairwise(found):
        assert (two - one) / span * cells > CLOCK_WIDTH


def test_days_begin_at_midnight_of_the_zone_over_the_end_of_summer_time() -> None:
    found = ticks(at(2026, 10, 20), at(2026, 10, 27), BERLIN, 60)
    assert [text for _, text in found][:3] == ["Wed 21", "Thu 22", "Fri 23"]
    assert all(f"{datetime.fromtimestamp(when, BERLIN):%H:%M}" == "00:00" for when, _ in found)


def test_hours_after_the_start_of_summer_time_are_those_of_the_clock() -> None:
    found = ticks(at(2026, 3, 29, zone=BERLIN), at(2026, 3, 29, 12, zone=BERLIN), BERLIN, 60)
    assert [text for _, text in found] == ["00:00", "04:00", "06:00", "08:00", "10:00", "12:00"] or all(
        f"{datetime.fromtimestamp(when, BERLIN):%H:%M}" == text for when, text in found
    )
    assert "02:00" not in [text for _, text in found]


def test_a_time_that_no_calendar_has_gives_no_labels() -> None:
    assert ticks(1e15, 1e15 + 900, UTC, 40) == []
