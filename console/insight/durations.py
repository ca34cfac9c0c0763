"""A parser for durations as people type them: `6h`, `1h30m`, `90 min`, `3600`."""

import re

UNITS = {"d": 86400, "h": 3600, "m": 60, "min": 60, "s": 1, "": 1}
PART = re.compile(r"\s*(\d+)\s*(d|h|min|m|s|)\s*", re.IGNORECASE)


class LengthError(ValueError):
    """The text is not a valid duration."""


def parse_length(text: str) -> float:
    """Returns seconds. A number without a unit is seconds, and must be the only part. Raises LengthError."""
    position, seconds, bare = 0, 0, False
    parts = 0
    while position < len(text):
        found = PART.match(text, position)
        if found is None:
            break
        unit = found[2].lower()
        seconds += int(found[1]) * UNITS[unit]
        bare, parts, position = bare or not unit, parts + 1, found.end()
    if not parts or position != len(text) or (bare and parts > 1):
        raise LengthError(f"{text!r} is not a valid duration: write 6h, 90m or 3600")
    return float(seconds)
