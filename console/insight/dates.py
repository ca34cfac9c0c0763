"""A strict parser for the dates that an operator types for Set Partner Down, in the zone of this process.

    now, last-contact                       words
    -20m  -3d  -90 s  -1w                   a time ago: s, m, h, d, w (R-152)
    14:30  14:30:05                         today
    2026-07-15 14:30[:00][Z|+02:00]         a date, in the local zone unless it has a zone
    Oct 31 00:00:00 2001, October 31 00:00:00 01      the command language's form (R-153)

A time without a zone is in the local time of the process that reads it, never of a server (R-154). A time that does not
exist or exists twice because of a clock change is refused: the two possible times are an hour apart.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

ACCEPTED = "now, last-contact, -20m, 14:30, 2026-07-15 14:30Z or Oct 31 00:00:00 2001"

LATEST = 2.0**32
"""The first time that 32 bits of seconds, as servers store them, cannot hold; it is in 2106."""
OUTSIDE = "{!r} is outside the range of dates, 1970 to 2106: write " + ACCEPTED

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
CENTURY_TURN = 69
"""Two-digit years: 69 to 99 are 19xx, 00 to 68 are 20xx, as in POSIX."""

AGO = re.compile(r"-(\d{1,9})\s*([smhdw])", re.ASCII)
TODAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
FULL = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?\s*(Z|[+-]\d{2}:\d{2})?",
    re.ASCII | re.IGNORECASE,
)
WORDED = re.compile(r"([A-Za-z]+)\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(\d{4}|\d{2})", re.ASCII)


class DateError(ValueError):
    """The text is not a valid date. The message has the text and the accepted forms."""


def parse_date(text: str, now: float, zone: tzinfo, last_contact: float | None = None) -> float:
    """Returns the time of `text`, in Unix seconds.

    `zone` is the local zone of this process; `last_contact` is the value of the word `last-contact`. Raises DateError
    for any text that is not exactly one of the accepted forms.
    """
    word = " ".join(text.split())
    if not word:
        raise DateError(f"no date given: write {ACCEPTED}")
    if word.lower() == "now":
        return now
    if word.lower() == "last-contact":
        if last_contact is None:
            raise DateError("the server does not report its last contact: write a date instead")
        return last_contact
    for pattern, reader in FORMS:
        match = pattern.fullmatch(word)
        if match is not None:
            try:
                at = reader(match, now, zone)
            except DateError:
                raise
            except (OverflowError, OSError, ValueError) as beyond:
                # Near the years 1 and 9999 the conversion of a local time fails.
                raise DateError(OUTSIDE.format(word)) from beyond
            if not 0 < at < LATEST:
                raise DateError(OUTSIDE.format(word))
            return at
    raise DateError(f"cannot read {word!r} as a date: write {ACCEPTED}")


def _ago(match: re.Match[str], now: float, zone: tzinfo) -> float:
    at = now - int(match[1]) * UNITS[match[2]]
    if at < 0:
        raise DateError(f"{match[0]!r} is before 1970: write a later date")
    return at


def _today(match: re.Match[str], now: float, zone: tzinfo) -> float:
    today = datetime.fromtimestamp(now, zone)
    return _local(match[0], zone, today.year, today.month, today.day, match[1], match[2], match[3] or 0)


def _full(match: re.Match[str], now: float, zone: tzinfo) -> float:
    named = match[7]
    if named is None:
        return _local(match[0], zone, *match.groups(0)[:6])
    parts = _civil(match[0], *match.groups(0)[:6])
    offset = timedelta()
    if named.upper() != "Z":
        hours, minutes = int(named[1:3]), int(named[4:6])
        if hours > 14 or minutes > 59:
            raise DateError(f"{match[0]!r} has the offset {named}: offsets are at most 14:59")
        offset = (1 if named[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
    return (parts.replace(tzinfo=UTC) - offset).timestamp()


def _worded(match: re.Match[str], now: float, zone: tzinfo) -> float:
    name = match[1].lower()
    month = next((number for number, full in enumerate(MONTHS, 1) if name in (full, full[:3])), None)
    if month is None:
        raise DateError(f"{match[1]!r} is not a valid month: write its name or its first three letters")
    year = int(match[6])
    if len(match[6]) == 2:
        year += 1900 if year >= CENTURY_TURN else 2000
    return _local(match[0], zone, year, month, match[2], match[3], match[4], match[5])


FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], float, tzinfo], float]], ...] = (
    (AGO, _ago),
    (TODAY, _today),
    (FULL, _full),
    (WORDED, _worded),
)


def _civil(text: str, *parts: str | int) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller adds the zone
    except ValueError as impossible:
        raise DateError(f"{text!r} is not a valid date: {impossible}") from impossible


def _local(text: str, zone: tzinfo, *parts: str | int) -> float:
    civil = _civil(text, *parts)
    earlier = civil.replace(tzinfo=zone, fold=0).timestamp()
    later = civil.replace(tzinfo=zone, fold=1).timestamp()
    if datetime.fromtimestamp(earlier, zone).replace(tzinfo=None) != civil:
        raise DateError(f"{text!r} does not exist in this zone: the clocks go forward. Write it with Z")
    if earlier != later:
        raise DateError(f"{text!r} exists twice in this zone: the clocks go back. Write it with Z or an offset")
    return earlier
