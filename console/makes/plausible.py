"""The limits of what can be computed with and shown: numbers, durations and times. Pure.

A value beyond them is not a measurement: a clock of the year 1, a count of 400 digits.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from pydantic import BaseModel

LATEST_SECONDS = 221_845_392_000.0
"""The first second of the year 9000. A time before it can be shown with a lead time or a time zone added."""
LARGEST_COUNT = 2**128
"""Addresses in all of IPv6."""
SHOWN_CHARACTERS = 40
"""Of a value that does not fit."""


def too_large(value: object) -> bool:
    """Whether a number in the value, at any depth, is beyond the limits."""
    if isinstance(value, bool | str) or value is None:
        return False
    if isinstance(value, int):
        return abs(value) > LARGEST_COUNT
    if isinstance(value, float):
        return not isfinite(value) or abs(value) >= LATEST_SECONDS
    if isinstance(value, BaseModel):
        return any(too_large(each) for _, each in value)
    if isinstance(value, Mapping):
        return any(too_large(each) for each in value.values())
    return isinstance(value, list | tuple) and any(too_large(each) for each in value)


def shown(value: Any) -> str:
    """A value that does not fit, on one line and cut."""
    try:
        text = "null" if value is None else repr(value)
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
