"""Instants are Unix seconds (float) inside the console; RFC 3339 text at its edges."""

from datetime import UTC, datetime, tzinfo


def instant(text: str | None) -> float | None:
    """Unix seconds of an RFC 3339 time with a zone; `None` for `None`.

    Raises ValueError if the text is not such a time, or has no zone: a time without a zone is ambiguous.
    """
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text!r} has no zone")
    return moment.timestamp()


def rfc3339(at: float | None) -> str | None:
    """RFC 3339 in UTC with `Z`, to the second; `None` for `None` and for a time that no calendar has."""
    moment = None if at is None else moment_of(at, UTC)
    return None if moment is None else f"{moment.year:04d}-{moment:%m-%dT%H:%M:%SZ}"


def moment_of(at: float, zone: tzinfo) -> datetime | None:
    """The instant in a zone; None for one outside the calendar (the years 1 to 9999)."""
    try:
        return datetime.fromtimestamp(at, zone)
    except (ValueError, OverflowError, OSError):
        return None
