"""Durations as people type them."""

import pytest

from console.insight.durations import LengthError, parse_length


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6h", 21600), ("90m", 5400), ("90 min", 5400), ("1h30m", 5400), ("3600", 3600), ("2d 1H", 176400), (" 5 s ", 5)],
)
def test_durations_are_parsed(text: str, seconds: float) -> None:
    assert parse_length(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "h", "-5m", "1h30", "30 1h", "1.5h", "5 weeks"])
def test_an_ambiguous_duration_is_refused(text: str) -> None:
    with pytest.raises(LengthError, match="not a valid duration"):
        parse_length(text)
