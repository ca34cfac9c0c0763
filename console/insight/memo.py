"""The last answer of a judgement, for whoever asks the same of the same pair at the same time again.

A fleet of hundreds is judged every second, and a dozen rules ask each pair the same. Pictures never change, so that a
pair that is the same object has the same answer; answers must not change either. One is kept for each judgement.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from console.model.picture import PairPicture

Answer = TypeVar("Answer")
Judgement = Callable[[PairPicture, float], Answer]


def once(judgement: Judgement[Answer]) -> Judgement[Answer]:
    """The judgement, asked only once in a row for a pair and a time."""
    last: tuple[PairPicture, float, Answer] | None = None

    @wraps(judgement)
    def remembered(pair: PairPicture, now: float) -> Answer:
        nonlocal last
        known = last
        if known is None or known[0] is not pair or known[1] != now:
            known = last = (pair, now, judgement(pair, now))
        return known[2]

    return remembered
