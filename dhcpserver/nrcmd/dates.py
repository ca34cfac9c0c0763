"""Dates of the command language, in the local time of the person who types (R-152, R-153, R-154)."""

import re
import time

_AGO = re.compile(r"-(\d+)([smhdw])", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_FORMS = (
    *(f"{month} %d %H:%M:%S {year}" for month in ("%b", "%B") for year in ("%Y", "%y")),
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
)
EXPECTED = '"-3d" (s, m, h, d, w), "Oct 31 00:00:00 2001", or "2001-10-31 00:00"'


def parse_date(text: str, now: float) -> float:
    """Return Unix seconds of a date, or of a time before `now`. Raises ValueError with what is expected.

    A date that the clocks of this place skip or repeat is that of standard time, as `time.mktime` has it.
    """
    text = " ".join(text.split())
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now - int(ago[1]) * _UNITS[ago[2].lower()]
    for form in _FORMS:
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"{text!r} is not a date: write {EXPECTED}")
