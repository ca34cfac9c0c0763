"""A cache with one entry for functions of a pair and a time.

Hundreds of pairs are judged every second, and a dozen rules call the same functions for each pair. Pictures never
change, so the same object at the same time has the same result. Results must not change either.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from console.model.picture import PairPicture

Result = TypeVar("Result")
More = ParamSpec("More")


def once(
    judgement: Callable[Concatenate[PairPicture, float, More], Result],
) -> Callable[Concatenate[PairPicture, float, More], Result]:
    """Decorator: calls with the same pair and time, one after the other, compute the result only once."""
    last: tuple[PairPicture, float, object, Result] | None = None

    @wraps(judgement)
    def cached(pair: PairPicture, now: float, /, *more: More.args, **named: More.kwargs) -> Result:
        nonlocal last
        known = last
        if known is None or known[0] is not pair or known[1] != now or known[2] != (more, named):
            known = last = (pair, now, (more, named), judgement(pair, now, *more, **named))
        return known[3]

    return cached
