"""The base of every document, and the field types that they share.

Times are Unix seconds (float) in Python and RFC 3339 text in UTC in JSON. A time must be one that can be shown:
from 1970 to the year 9998. Numbers are finite. A field that a document does not know is ignored, so that an older
console can read a newer server.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

LATEST_TIME = 253_339_228_800.0
"""The first second of the year 9998: a time after it cannot be shown in every time zone."""


class Document(BaseModel):
    """A JSON object of the API."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


def rfc3339(seconds: float | None) -> str | None:
    """Unix seconds as `2026-11-23T12:00:00.250000Z`; None and 0 (no such time) as None."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _read_time(value: object) -> object:
    """Unix seconds of RFC 3339 text with a zone. A number is left as it is. Raises ValueError."""
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"the time {value!r} has no time zone")
    return moment.timestamp()


Time = Annotated[
    float,
    Field(ge=0, lt=LATEST_TIME),
    BeforeValidator(_read_time),
    PlainSerializer(rfc3339, return_type=str | None, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time by the clock of the server that sends it."""

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
"""A duration."""
Percent = Annotated[float, Field(ge=0, le=100)]
