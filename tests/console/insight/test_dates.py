"""The date parser: the accepted forms, the zone, and the refused texts."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.dates import UNITS, DateError, parse_date

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 7, 15, 16, 30, 0, tzinfo=BERLIN).timestamp()


def at(*parts: int, zone: ZoneInfo = BERLIN) -> float:
    return datetime(*parts, tzinfo=zone).timestamp()  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("  NOW ", NOW),
        ("last-contact", 1234.5),
        ("-90s", NOW - 90),
        ("-20m", NOW - 1200),
        ("-20 m", NOW - 1200),
        ("-2h", NOW - 7200),
        ("-3d", NOW - 3 * 86400),
        ("-1w", NOW - 7 * 86400),
        ("14:30", at(2026, 7, 15, 14, 30)),
        ("14:30:05", at(2026, 7, 15, 14, 30, 5)),
        ("2026-07-15 14:30", at(2026, 7, 15, 14, 30)),
        ("2026-07-15T14:30:01", at(2026, 7, 15, 14, 30, 1)),
        ("2026-07-15 14:30Z", at(2026, 7, 15, 16, 30)),
        ("2026-07-15 14:30:00+02:00", at(2026, 7, 15, 14, 30)),
        ("2026-07-15 14:30:00-05:30", at(2026, 7, 15, 22, 0)),
        ("Oct 31 00:00:00 2001", at(2001, 10, 31)),
        ("october 31 00:00:00 2001", at(2001, 10, 31)),
        ("Oct 31 00:00:00 01", at(2001, 10, 31)),
        ("May  1 23:59:59 99", at(1999, 5, 1, 23, 59, 59)),
        ("Jan 1 00:00:00 68", at(2068, 1, 1)),
    ],
)
def test_every_accepted_form_gives_its_time(text: str, expected: float) -> None:
    """R-152, R-153: both forms of the command language, and the console's own."""
    assert parse_date(text, NOW, BERLIN, 1234.5) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "yesterday",
        "-3",
        "-3 months",
        "--3d",
        "+3d",
        "25:00",
        "14:60",
        "14",
        "14:3",
        "2026-02-30 10:00",
        "2026-7-15 10:00",
        "2026-07-15",
        "Octo 31 00:00:00 2001",
        "Oct 32 00:00:00 2001",
        "Oct 31 00:00 2001",
        "Oct 31 24:00:00 2001",
        "31 Oct 00:00:00 2001",
        "Oct 31 00:00:00 201",
        "-\uff13d",
        "14:30 tomorrow",
        "2026-07-15 14:30+25:00",
        "-999999999w",
    ],
)
def test_other_texts_are_refused_with_the_accepted_forms(text: str) -> None:
    """R-152, R-153: a strict parser; with a wrong date addresses are leased twice."""
    with pytest.raises(DateError):
        parse_date(text, NOW, BERLIN)


def test_a_time_without_a_zone_is_local_time_of_this_process() -> None:
    """R-154: the operator's zone is used, not the server's."""
    new_york = ZoneInfo("America/New_York")
    here = parse_date("2026-07-15 14:30", NOW, BERLIN)
    there = parse_date("2026-07-15 14:30", NOW, new_york)
    assert there - here == 6 * 3600
    assert here == datetime(2026, 7, 15, 12, 30, tzinfo=UTC).timestamp()


def test_a_time_that_does_not_exist_is_refused() -> None:
    """R-154: 02:30 does not exist on the day when summer time begins."""
    with pytest.raises(DateError, match="clocks go forward"):
        parse_date("2026-03-29 02:30", NOW, BERLIN)


def test_a_time_that_exists_twice_is_refused_without_an_offset() -> None:
    """R-154: 02:30 exists twice on the day when summer time ends, an hour apart."""
    with pytest.raises(DateError, match="twice"):
        parse_date("2026-10-25 02:30", NOW, BERLIN)
    assert parse_date("2026-10-25 02:30+02:00", NOW, BERLIN) == parse_date("2026-10-25 00:30Z", NOW, BERLIN)


def test_last_contact_is_refused_when_the_server_does_not_report_it() -> None:
    with pytest.raises(DateError, match="last contact"):
        parse_date("last-contact", NOW, BERLIN, None)


@given(st.integers(0, 10**6), st.sampled_from(sorted(UNITS)))
def test_ago_is_exactly_that_long_before_now(number: int, unit: str) -> None:
    """R-152."""
    expected = NOW - number * UNITS[unit]
    if expected < 0:
        with pytest.raises(DateError):
            parse_date(f"-{number}{unit}", NOW, BERLIN)
    else:
        assert parse_date(f"-{number}{unit}", NOW, BERLIN) == expected


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)))  # noqa: DTZ001 - wall times, the zone is UTC's
def test_the_command_language_form_round_trips(moment: datetime) -> None:
    """R-153."""
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_date(whole.strftime("%b %d %H:%M:%S %Y"), NOW, UTC) == whole.timestamp()
    assert parse_date(whole.strftime("%Y-%m-%d %H:%M:%S"), NOW, UTC) == whole.timestamp()


@given(st.text(max_size=40))
def test_any_text_gives_a_time_or_a_date_error(text: str) -> None:
    with suppress(DateError):
        assert isinstance(parse_date(text, NOW, BERLIN, NOW), float)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01 00:00",
        "0001-01-01T00:00:00+14:00",
        "Jan 1 00:00:00 0001",
        "9999-12-31 23:59",
        "9999-12-31T23:59:59-14:00",
        "1969-12-30 00:00",
        "2106-02-08 06:28:16",
    ],
)
def test_a_date_that_no_server_can_store_is_refused(text: str, zone: str) -> None:
    """The first one ended in a traceback east of UTC."""
    with pytest.raises(DateError, match="outside the range of dates, 1970 to 2106"):
        parse_date(text, NOW, ZoneInfo(zone))
