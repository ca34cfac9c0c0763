"""Texts of times and durations. The zone is an argument and is always printed."""

from datetime import UTC, tzinfo

from console.model.times import moment_of

NO_REASON = "no reason reported"
"""Shown where a server reports a state without its reason."""

NO_TIME = "at an unknown time"
"""Shown for a time that no calendar has."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def duration(seconds: float) -> str:
    """`3 h 59 min`, `12 min 05 s`, `42 s`, `2 d 04 h`: two parts, the second padded so that the width is constant."""
    whole = max(0, int(seconds))
    if whole >= DAY:
        return f"{whole // DAY} d {whole % DAY // HOUR:02d} h"
    if whole >= HOUR:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    if whole >= MINUTE:
        return f"{whole // MINUTE} min {whole % MINUTE:02d} s"
    return f"{whole} s"


def span(seconds: float) -> str:
    """A configured duration: `4 h`, `1 h 30 min`, `90 s`; parts that are 0 are left out."""
    whole = int(seconds)
    parts = [(whole // HOUR, "h"), (whole % HOUR // MINUTE, "min"), (whole % MINUTE, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def rough(seconds: float) -> str:
    """The larger part of a duration: `13 min`, `2 h`."""
    return " ".join(duration(seconds).split()[:2])


def countdown(seconds: float) -> str:
    """`3:59:07` or `12:05`: hours, minutes and seconds; `passed` when there are none left."""
    if seconds <= 0:
        return "passed"
    whole = int(seconds)
    hours, rest = divmod(whole, HOUR)
    clock = f"{rest // MINUTE:02d}:{rest % MINUTE:02d}"
    return f"{hours}:{clock}" if hours else clock


def left(seconds: float, estimate: bool) -> str:
    """A countdown; for an estimate `~2:13 h` or `~13 min`, without seconds because these are not exact."""
    if not estimate or seconds <= 0:
        return countdown(seconds)
    hours, minutes = divmod(int(seconds) // MINUTE, MINUTE)
    if hours:
        return f"~{hours}:{minutes:02d} h"
    return f"~{minutes} min" if minutes else "<1 min"


def wall(at: float, zone: tzinfo, now: float | None = None) -> str:
    """`06:41:12 CEST`, with the date before it when it is on another day than `now`."""
    moment = moment_of(at, zone)
    if moment is None:
        return NO_TIME
    today = None if now is None else moment_of(now, zone)
    same_day = today is not None and today.date() == moment.date()
    day = "" if same_day or now is None else moment.strftime("%d %b ")
    return f"{day}{moment:%H:%M:%S} {moment.tzname()}"


def due(at: float, zone: tzinfo, now: float, estimate: bool) -> str:
    """The wall time of an event; for an estimate without seconds, `06:41 CEST`."""
    exact = wall(at, zone, now)
    if exact == NO_TIME:
        return exact
    clock, _, name = exact.rpartition(" ")
    return f"{clock[:-3]} {name}" if estimate else exact


def both_clocks(at: float, zone: tzinfo) -> str:
    """`2026-07-15 16:30:00 CEST (14:30:00Z)`: the local time and UTC, so that the reader need not convert."""
    moment, universal = moment_of(at, zone), moment_of(at, UTC)
    if moment is None or universal is None:
        return NO_TIME
    if moment.utcoffset() == universal.utcoffset():
        return f"{universal:%Y-%m-%d %H:%M:%S}Z"
    day = "" if moment.date() == universal.date() else f"{universal:%d %b} "
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname()} ({day}{universal:%H:%M:%S}Z)"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """`1 address`, `1,250 addresses`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
