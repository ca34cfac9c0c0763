"""What is left until an event, to the second where it is known and roughly where it is a guess."""

import pytest

from console.insight.wording import due, left
from tests.console.scenes import NOW, ZONE


@pytest.mark.parametrize(
    ("seconds", "exact", "guessed"),
    [
        (14_399, "3:59:59", "~3:59 h"),
        (3600, "1:00:00", "~1:00 h"),
        (3599, "59:59", "~59 min"),
        (60, "01:00", "~1 min"),
        (59, "00:59", "<1 min"),
        (0, "passed", "passed"),
    ],
)
def test_an_estimate_has_no_seconds(seconds: float, exact: str, guessed: str) -> None:
    assert left(seconds, estimate=False) == exact
    assert left(seconds, estimate=True) == guessed


def test_nor_has_its_time_by_the_clock() -> None:
    assert due(NOW, ZONE, NOW, estimate=False) == "05:12:00 CEST"
    assert due(NOW, ZONE, NOW, estimate=True) == "05:12 CEST"
    assert due(NOW + 86_400, ZONE, NOW, estimate=True) == "16 Jul 05:12 CEST"
