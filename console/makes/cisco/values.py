"""Values of Cisco's objects: all are text."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from console.makes.plausible import LATEST_SECONDS

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_LENGTH = re.compile(r"(\d{1,9})([smhdwy]?)")
_TIMES = ("%a %b %d %H:%M:%S %Y", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %H:%M:%S")
TRUE, FALSE = frozenset({"true", "enabled", "1"}), frozenset({"false", "disabled", "0"})


def text(raw: Mapping[str, Any], key: str) -> str | None:
    """A text that is not empty; a number as text."""
    value = raw.get(key)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def count(raw: Mapping[str, Any], key: str) -> int | None:
    """A number without a sign."""
    value = text(raw, key)
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 13 else None


def switch(raw: Mapping[str, Any], key: str) -> bool | None:
    """true or enabled, false or disabled."""
    given = raw.get(key)
    value = str(given).lower() if isinstance(given, bool | str) else text(raw, key)
    return True if value in TRUE else False if value in FALSE else None


def length(raw: Mapping[str, Any], key: str) -> float | None:
    """Seconds of `3600`, `60m` or `1d12h`."""
    value = text(raw, key)
    if value is None or _LENGTH.sub("", value):
        return None
    return float(sum(int(number) * _SECONDS.get(unit, 1) for number, unit in _LENGTH.findall(value)))


def moment(raw: Mapping[str, Any], key: str) -> float | None:
    """Unix seconds of a number or of a time in UTC."""
    value = text(raw, key)
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value) if 0 < int(value[:13]) < LATEST_SECONDS else None
    for form in _TIMES:
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None
