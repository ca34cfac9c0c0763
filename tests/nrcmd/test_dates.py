"""Dates in the local time of the person who types."""

import time

import pytest

from dhcpserver.nrcmd.dates import parse_date

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"), [("-3d", 3 * 86_400), ("-90s", 90), ("-2H", 7200), ("-1w", 604_800), ("-5m", 300)]
)
def test_a_time_ago(text: str, seconds: int) -> None:
    """R-152: seconds, minutes, hours, days and weeks."""
    assert parse_date(text, NOW) == NOW - seconds


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "text", ["Oct 31 00:00:00 2001", "2001-10-31 00:00", "Oct  31   00:00:00 2001", "October 31 00:00:00 01"]
)
def test_a_date_is_local(text: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-153, R-154: the time zone of the server makes no difference."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        found = parse_date(text, NOW)
        assert time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found)) == "2001-10-31 00:00:00"
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@pytest.mark.parametrize("text", ["yesterday", "-3x", "Oct 32 00:00:00 2001", "", "3d", "9999999-01-01 00:00"])
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date: write"):
        parse_date(text, NOW)
