"""Logs that come as observations: what is new of them, and in which zone their servers write.

The picture keeps the last lines of a pair. In a recording it may also go back, and then all begins anew.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from console.insight.log_format import STAMP
from console.model.observations import LogLine

QUARTER_SECONDS = 900
FURTHEST_SECONDS = 14 * 3600


class Heard:
    """Remembers what was taken of a sequence whose beginning is dropped as it grows."""

    def __init__(self) -> None:
        self._last: LogLine | None = None

    def news(self, lines: Sequence[LogLine]) -> list[LogLine] | None:
        """The lines after the last that was taken. None: that one is not there, so that something is missing between,
        or it is a recording that was moved back."""
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

    def begin_anew(self) -> None:
        """Take everything the next time."""
        self._last = None


def zone_of(server: str, lines: Sequence[LogLine], otherwise: tzinfo) -> tzinfo:
    """The zone that a server writes its times in, as told by when its lines arrived; zones differ by quarters of an
    hour. Lines that stood there before tell nothing; without others it is `otherwise`."""
    for line in reversed(lines):
        if line.server != server or line.past:
            continue
        match = STAMP.match(line.text)
        if match is None:
            continue
        try:
            written = datetime.strptime(match[0], "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        ahead = round((written - line.at) / QUARTER_SECONDS) * QUARTER_SECONDS
        return timezone(timedelta(seconds=ahead)) if abs(ahead) <= FURTHEST_SECONDS else otherwise
    return otherwise
