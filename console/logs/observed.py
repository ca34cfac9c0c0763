"""Log lines that arrive as observations: which of them are new, and in which time zone their servers write.

The picture keeps the last lines of a pair. A recording can also be moved back; then all lines are read again.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta, timezone, tzinfo

from console.dialects import stamps
from console.dialects.reading import read_record
from console.model.observations import LogLine

QUARTER_SECONDS = 900
FURTHEST_SECONDS = 14 * 3600


class LogLineCursor:
    """A position in a growing sequence of lines that loses its oldest lines over time."""

    def __init__(self) -> None:
        self._last: LogLine | None = None

    def new_lines(self, lines: Sequence[LogLine]) -> list[LogLine] | None:
        """The lines after the last one that was taken.

        None if that line is gone: lines between are missing, or the recording was moved back.
        """
        last = self._last
        fresh: list[LogLine] = []
        for line in reversed(lines):
            if line is last:
                break
            fresh.append(line)
        else:
            if last is not None:
                return None
        if fresh:
            self._last = fresh[0]
        return fresh[::-1]

    def reset(self) -> None:
        """Take all lines the next time."""
        self._last = None


def zone_of(server: str, lines: Sequence[LogLine], otherwise: tzinfo) -> tzinfo:
    """The time zone of a server's log stamps, found by comparing them with the arrival times of its lines.

    Time zones differ by multiples of 15 minutes. Lines that were written before the console read the log are not used.
    Without others the result is `otherwise`.
    """
    for line in reversed(lines):
        if line.server != server or line.past:
            continue
        record = read_record(line.text)
        if record is None or not record.stamp or stamps.is_zoned(record.stamp):
            continue
        written = stamps.stamp_time(record.stamp, UTC, line.at + FURTHEST_SECONDS + QUARTER_SECONDS)
        if written is None:
            continue
        ahead = round((written - line.at) / QUARTER_SECONDS) * QUARTER_SECONDS
        return timezone(timedelta(seconds=ahead)) if abs(ahead) <= FURTHEST_SECONDS else otherwise
    return otherwise
