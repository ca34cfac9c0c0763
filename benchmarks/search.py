"""Searches for the highest rate that passes: doubles it until one fails, then halves the distance between the two.

A probe that fails is repeated once before it counts, because other processes on the host can spoil it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Measurement(Protocol):
    """A measurement that passed or did not."""

    @property
    def passed(self) -> bool: ...


M = TypeVar("M", bound=Measurement)


@dataclass(frozen=True, slots=True)
class SearchResult(Generic[M]):
    """The highest rate that passed (None if none did) and the lowest that failed (None at the ceiling)."""

    best: M | None
    failed: M | None


def highest(measure: Callable[[int], M], first: int, ceiling: int, resolution: float) -> SearchResult[M]:
    """Search from `first` up to `ceiling`, until the two rates differ by at most `resolution`."""
    low, high, rate = 0, ceiling + 1, first
    best: M | None = None
    failed: M | None = None
    while True:
        measured = measure(rate)
        if not measured.passed:
            measured = measure(rate)
        if measured.passed:
            low, best = rate, measured
        else:
            high, failed = rate, measured
        if failed is None:
            if rate == ceiling:
                break
            rate = min(rate * 2, ceiling)
        else:
            if high - low <= max(1, resolution * high):
                break
            rate = (low + high) // 2
    return SearchResult(best, failed)
