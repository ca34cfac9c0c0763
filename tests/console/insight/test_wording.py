"""The time left until an event: with seconds where it is known, without where it is an estimate."""

import pytest

from console.insight.wording import due, left
from tests.console.scenes import NOW, ZONE


@pytest.mark.parametrize(
    ("seconds", "exact", "estimated"),
    [
        (14_399, "3:59:59", "~3:59 h"),
        (3600, "1:00:00", "~1:00 h"),
        (3599, "59:59", "~59 min"),
        (60, "01:00", "~1 min"),
        (59, "00:59", "<1 min"),
        (0, "passed", "passed"),
    ],
)
def test_an_estimate_has_no_seconds(seconds: float, exact: str, estimated: str) -> None:
    assert left(seconds, estimate=False) == exact
    assert left(seconds, estimate=True) == estimated


def test_the_wall_time_of_an_estimate_has_no_seconds() -> None:
    assert due(NOW, ZONE, NOW, estimate=False) == "05:12:00 CEST"
    assert due(NOW, ZONE, NOW, estimate=True) == "05:12 CEST"
    assert due(NOW + 86_400, ZONE, NOW, estimate=True) == "16 Jul 05:12 CEST"
