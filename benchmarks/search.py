"""The highest rate that passes: doubling until one fails, then halving the distance between the two.

A probe that fails is tried once more before it counts: what else the machine does can spoil one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Judged(Protocol):
    """A measurement that passed or did not."""

    @property
    def passed(self) -> bool: ...


M = TypeVar("M", bound=Judged)


@dataclass(frozen=True, slots=True)
class Found(Generic[M]):
    """The highest rate that passed (None when none did) and the lowest that did not (None at the ceiling)."""

    best: M | None
    failed: M | None


def highest(measure: Callable[[int], M], first: int, ceiling: int, resolution: float) -> Found[M]:
    """Search from `first` to `ceiling` until the two ends are within `resolution` of each other."""
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
    return Found(best, failed)
