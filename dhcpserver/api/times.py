"""Times at the edge: RFC 3339 in UTC outside, Unix seconds inside."""

from datetime import UTC, datetime


def shown(seconds: float | None) -> str | None:
    """Unix seconds as `2026-11-23T12:00:00.250000Z`; None and 0 (no such time) as None."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
