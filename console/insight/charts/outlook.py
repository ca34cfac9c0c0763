"""The forecast of a pool as a line: from now to where the addresses of a server are used up."""

from dataclasses import dataclass

from console.insight.forecast import Forecast, forecasts
from console.model.picture import PairPicture

ROOM = 0.25
"""The part of the axis that is after now where a pool has a forecast."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """From `value` addresses at `start` to none at `empty_at`."""

    server: str
    start: float
    value: int
    empty_at: float

    def value_at(self, at: float) -> float | None:
        """The expected number of addresses; None outside of the line."""
        if not self.start <= at <= self.empty_at:
            return None
        return self.value * (self.empty_at - at) / (self.empty_at - self.start)


def outlook(pair: PairPicture, pool: str, now: float) -> Outlook | None:
    """The forecast of the server that is first without addresses in this pool; None where none is within a day."""
    found: list[Forecast] = [each for each in forecasts(pair, now) if each.pool == pool and each.at is not None]
    first = next(iter(found), None)
    if first is None or first.at is None or first.at <= now:
        return None
    return Outlook(first.server, now, first.usable, first.at)


def axis_end(now: float, span: float, forecast: Outlook | None) -> float:
    """The end of the time axis: now, or later to show the forecast up to its crossing, where that is near enough."""
    if forecast is None:
        return now
    longest = span * ROOM / (1 - ROOM)
    return now + min(longest, max(span * 0.1, (forecast.empty_at - now) * 1.1))
