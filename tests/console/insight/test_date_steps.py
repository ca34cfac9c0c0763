"""The keys Up and Down in the date field."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.date_steps import stepped

FULL = "2026-07-15 14:30:00"


@pytest.mark.parametrize(
    ("text", "cursor", "step", "expected"),
    [
        (FULL, 0, 1, "2027-07-15 14:30:00"),
        (FULL, 6, 1, "2026-08-15 14:30:00"),
        (FULL, 9, -1, "2026-07-14 14:30:00"),
        (FULL, 12, -1, "2026-07-15 13:30:00"),
        (FULL, 15, 1, "2026-07-15 14:31:00"),
        (FULL, 19, -1, "2026-07-15 14:29:59"),
        ("2026-01-31 10:00:00", 6, 1, "2026-02-28 10:00:00"),
        ("2026-12-31 23:59:59", 19, 1, "2027-01-01 00:00:00"),
        ("14:30", 4, 1, "14:31"),
        ("23:59", 5, 1, "00:00"),
        ("2026-07-15 14:30Z", 15, 1, "2026-07-15 14:31Z"),
        ("-20m", 1, 1, "-21m"),
        ("-0m", 1, -1, "-0m"),
        ("now", 1, 1, "now"),
        ("2026-99-15 14:30", 6, 1, "2026-99-15 14:30"),
        ("9999-12-31 23:59:59", 19, 1, "9999-12-31 23:59:59"),
    ],
)
def test_the_part_under_the_cursor_changes(text: str, cursor: int, step: int, expected: str) -> None:
    assert stepped(text, cursor, step) == expected


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - digits on a screen have no zone
    st.sampled_from([9, 12, 15, 19]),
)
def test_a_step_up_and_a_step_down_give_the_same_text(moment: datetime, cursor: int) -> None:
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    assert stepped(stepped(text, cursor, 1), cursor, -1) == text


@given(st.text(max_size=30), st.integers(0, 30), st.sampled_from([-1, 1]))
def test_no_text_raises_an_error(text: str, cursor: int, step: int) -> None:
    assert isinstance(stepped(text, cursor, step), str)
