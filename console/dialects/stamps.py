"""The time at the beginning of a log line, in the forms that the dialects write.

07/15/2026 3:00:01                  Pairwatch: local time
2026-11-27 10:00:00.123             Kea: local time
Nov 27 10:00:00                     syslog, RFC 3164: local time without a year
2026-11-27T10:00:00.123456+01:00    syslog, RFC 5424 and rsyslog: a time with its zone

A local time has no zone: the caller names it. The year that a stamp lacks is the latest one in which the time is not
after `latest`: logs have no lines of the future.
"""

from datetime import datetime, tzinfo

PAIRWATCH = r"\d\d/\d\d/\d{4} +\d{1,2}:\d\d:\d\d"
KEA_SECONDS = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
FRACTION = r"(?:\.\d{1,9})?"
KEA = KEA_SECONDS + FRACTION
RFC3164 = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ZONE_AT = 10
"""Where a stamp with a zone has its T."""
YEARS = 8
"""How many years back the year of a stamp without one is looked for: the 29th of February comes in each eighth."""
Hour = tuple[float, float]
"""The start of an hour (Unix seconds), and how much later it repeats when the clocks change; zeros if not valid."""


def is_zoned(stamp: str) -> bool:
    """Whether a stamp names its zone."""
    return stamp[ZONE_AT : ZONE_AT + 1] == "T"


def zoned_time(stamp: str) -> float | None:
    """The time of a stamp that names its zone; None if it is not valid."""
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError):
        return None


def hour_start(hour: str, zone: tzinfo, latest: float) -> Hour:
    """The start of the hour of a local stamp, which is the stamp up to its first colon."""
    if not (hour[:1].isalpha() and hour[:3] in MONTHS):
        return _start(hour, zone)
    day, _, clock = hour[4:].strip().partition(" ")
    try:
        year = datetime.fromtimestamp(latest, zone).year
    except (ValueError, OverflowError, OSError):
        return 0.0, 0.0
    for each in range(year, year - YEARS - 1, -1):
        found = _start(f"{each:04d}-{MONTHS.index(hour[:3]) + 1:02d}-{day.zfill(2)} {clock}", zone)
        if 0 < found[0] <= latest:
            return found
    return 0.0, 0.0


def stamp_time(stamp: str, zone: tzinfo, latest: float) -> float | None:
    """The time of a stamp, with the part of the second if it has one; None if it is not valid."""
    if is_zoned(stamp):
        return zoned_time(stamp)
    hour, _, rest = stamp.partition(":")
    begins, _ = hour_start(hour, zone, latest)
    minute, _, second = rest.partition(":")
    try:
        passed = int(minute) * 60 + float(second)
    except ValueError:
        return None
    return begins + passed if begins and int(minute) < 60 and float(second) < 61 else None


def _start(hour: str, zone: tzinfo) -> Hour:
    try:
        day, clock = hour.split()
        if "/" in day:
            month, number, year = map(int, day.split("/"))
        else:
            year, month, number = map(int, day.split("-"))
        moment = datetime(year, month, number, int(clock), tzinfo=zone)
        first, second = moment.timestamp(), moment.replace(fold=1).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0, 0.0
    return max(0.0, first), max(0.0, second - first)
