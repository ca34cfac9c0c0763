"""The times of log lines for an index: many lines share a second. `console.dialects.stamps` has their forms.

The zone is an argument. In the hour that a change of clocks repeats, a time that would go back is in the second hour.
"""

from collections.abc import Iterable
from datetime import tzinfo

from console.dialects import stamps

MAX_CACHED_STAMPS = 20_000
"""The size of the cache. Many lines share a second, but a log of months has too many seconds to keep."""


class Stamps(dict[bytes, int]):
    """Unix seconds by stamp, as its bytes are in the line. 0: no stamp, or one that is not a valid time.

    A stamp after `latest` is not a valid time. Otherwise one line with a wrong date would move all later lines to the
    end. A stamp without a year is of the latest year in which it is valid.
    """

    def __init__(self, zone: tzinfo, latest: float = float(2**32 - 1)) -> None:
        super().__init__()
        self.zone = zone
        self.latest = min(latest, float(2**32 - 1))
        self._hours: dict[bytes, tuple[int, int]] = {}

    def __missing__(self, stamp: bytes) -> int:
        if len(self) >= MAX_CACHED_STAMPS:
            self.clear()
        at = self._read(stamp)
        self[stamp] = at
        return at

    def _read(self, stamp: bytes) -> int:
        if stamps.is_zoned(stamp.decode("ascii", "replace")):
            at = int(stamps.zoned_time(stamp.decode("ascii", "replace")) or 0)
            return at if 0 < at <= self.latest else 0
        hour, _, rest = stamp.partition(b":")
        if not rest:
            return 0
        minute, second = int(rest[:2]), int(rest[3:5])
        if minute > 59 or second > 60:
            return 0
        begins, _ = self._hour(hour)
        at = begins + 60 * minute + second
        return at if begins and 0 < at <= self.latest else 0

    def _hour(self, hour: bytes) -> tuple[int, int]:
        """The start of an hour, and how much later it repeats; 0 for an hour that is not valid."""
        known = self._hours.get(hour)
        if known is None:
            begins, repeated = stamps.hour_start(hour.decode("ascii", "replace"), self.zone, self.latest)
            known = self._hours[hour] = int(begins), int(repeated)
        return known

    def times_in_order(self, written: Iterable[bytes], after: int) -> list[int]:
        """The times of successive lines. `after` is the time of the line before them."""
        lines = list(written)
        times = list(map(self.__getitem__, lines))
        for hour in {stamp[: stamp.find(b":")] for stamp in set(lines) if stamp}:
            repeated = self._hour(hour)[1]
            if repeated:
                times = self._second_time(lines, times, hour, repeated, after)
        return times

    def _second_time(self, stamps: list[bytes], times: list[int], hour: bytes, repeated: int, after: int) -> list[int]:
        found, latest = [], after
        for stamp, at in zip(stamps, times, strict=True):
            if at and at < latest and at + repeated >= latest and stamp.startswith(hour + b":"):
                at += repeated
            found.append(at)
            latest = max(latest, at)
        return found
