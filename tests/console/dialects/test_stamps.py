"""The time of a line: the year that it lacks, the zone that it names, and the hour that clocks repeat."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.dialects.reading import line_time
from console.logs.index import Index

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts: int, zone: ZoneInfo | None = None) -> float:
    return datetime(*parts, tzinfo=zone or UTC).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("stamp", "arrived", "expected"),
    [
        ("Nov 27 10:00:00", at(2026, 11, 27, 10), at(2026, 11, 27, 10)),
        ("Dec 31 23:59:59", at(2027, 1, 1), at(2026, 12, 31, 23, 59, 59)),
        ("Jan  1 00:00:01", at(2026, 12, 31, 23, 59), at(2027, 1, 1, 0, 0, 1)),
        ("Jan  3 00:00:01", at(2026, 12, 31, 23, 59), at(2026, 1, 3, 0, 0, 1)),
        ("Feb 29 12:00:00", at(2027, 3, 1), at(2024, 2, 29, 12)),
        ("Feb 30 12:00:00", at(2027, 3, 1), None),
        ("Nov 27 25:00:00", at(2027, 3, 1), None),
    ],
)
def test_a_stamp_without_a_year_is_of_the_latest_year_in_which_it_is_valid(
    stamp: str, arrived: float, expected: float | None
) -> None:
    """A clock may be a day ahead, and no log has lines of the future."""
    assert line_time(f"{stamp} host dhcpd: DHCPACK on 192.0.2.1 to x", UTC, arrived) == expected


def test_a_stamp_with_its_zone_needs_no_other() -> None:
    line = "2026-07-15T10:00:00.5+05:30 host dhcpd: DHCPACK on 192.0.2.1 to x"
    assert line_time(line, BERLIN, at(2026, 11, 27)) == at(2026, 7, 15, 4, 30) + 0.5


def test_a_log_of_syslog_crosses_the_end_of_a_year() -> None:
    index = Index(UTC)
    index.stamps.latest = at(2027, 1, 5)
    index.feed(b"Dec 31 23:59:59 h dhcpd: a\nJan  1 00:00:01 h dhcpd: b\n")
    assert list(index.keys) == [at(2026, 12, 31, 23, 59, 59), at(2027, 1, 1, 0, 0, 1)]


def test_the_order_of_lines_of_kea_decides_between_the_hours_of_a_clock_change() -> None:
    index = Index(BERLIN)
    stamps = ("01:59:59.9", "02:10:00.1", "02:05:00.0", "03:00:00.0")
    index.feed("".join(f"2026-10-25 {each} INFO  [kea-dhcp4.x/1.2] A_B words\n" for each in stamps).encode())
    first = at(2026, 10, 25, 1, 59, 59, zone=BERLIN)
    assert [key - first for key in index.keys] == [0, 601, 3901, 7201]
