"""Instants are Unix seconds (float) inside the console; RFC 3339 text at its edges."""

from datetime import UTC, datetime


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
    """RFC 3339 in UTC with `Z`, to the second; `None` for `None`."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
