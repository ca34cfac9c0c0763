"""A parser for an end time as an operator types it: `30m`, `4h`, `1d`, or the next `06:00` in the local zone."""

import re
from datetime import datetime, timedelta, tzinfo

LENGTH = re.compile(r"(\d{1,4})\s*(m|min|h|d)", re.ASCII)
TIME = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
SECONDS = {"m": 60, "min": 60, "h": 3600, "d": 86400}
LONGEST_SECONDS = 30 * 86400
ACCEPTED = "30m, 1h, 4h, 1d or 06:00"


class UntilError(ValueError):
    """The text is not a valid end time. The message has the accepted forms."""


def parse_until(text: str, now: float, zone: tzinfo) -> float:
    """Returns Unix seconds, after `now` by at most thirty days. Raises UntilError."""
    word = text.strip().lower()
    length, time = LENGTH.fullmatch(word), TIME.fullmatch(word)
    if length is not None:
        until = now + int(length[1]) * SECONDS[length[2]]
    elif time is not None and int(time[1]) < 24 and int(time[2]) < 60:
        here = datetime.fromtimestamp(now, zone)
        moment = here.replace(hour=int(time[1]), minute=int(time[2]), second=0, microsecond=0)
        if moment.timestamp() <= now:
            moment += timedelta(days=1)
        until = moment.timestamp()
    else:
        raise UntilError(f"{text.strip()!r} is not a valid end time: write {ACCEPTED}")
    if not now < until <= now + LONGEST_SECONDS:
        raise UntilError(f"{text.strip()!r} is not within the next 30 days: write {ACCEPTED}")
    return until
