"""Changes the part of a typed date under the cursor by a step, up or down. Input and output are texts."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
TIME = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?", re.ASCII)
AGO = re.compile(r"-(?P<number>\d{1,9})(?P<unit>\s*[smhdw])", re.ASCII)

STEPS: dict[str, timedelta] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}


def stepped(text: str, cursor: int, step: int) -> str:
    """Returns `text` with the part under the cursor changed by `step`, with carry into the larger parts.

    `cursor` counts characters; a cursor right after a part counts as in it. A part that cannot change, or a text that
    is not a date yet, is returned unchanged.
    """
    ago = AGO.fullmatch(text.strip())
    if ago is not None:
        return f"-{max(0, int(ago['number']) + step)}{ago['unit']}"
    date, time = DATE.search(text), TIME.search(text)
    if time is None:
        return text
    part = next((name for match in (date, time) if match for name in _parts(match) if _under(match, name, cursor)), "")
    try:
        moment = _moment(date, time)
        moved = MOVES.get(part, _by_step(part))(moment, step)
    except (ValueError, OverflowError):
        return text
    return _written(text, date, time, moved)


def _parts(match: re.Match[str]) -> list[str]:
    return [name for name, value in match.groupdict().items() if value is not None]


def _under(match: re.Match[str], name: str, cursor: int) -> bool:
    start, end = match.span(name)
    return start <= cursor <= end


def _moment(date: re.Match[str] | None, time: re.Match[str]) -> datetime:
    """The wall time, without a zone: UTC is used for the arithmetic only."""
    year, month, day = (int(part) for part in date.groups()) if date else (2000, 6, 15)
    return datetime(year, month, day, int(time["hour"]), int(time["minute"]), int(time["second"] or 0), tzinfo=UTC)


def _by_step(part: str) -> Callable[[datetime, int], datetime]:
    return lambda moment, step: moment + step * STEPS.get(part, timedelta())


def _by_month(moment: datetime, step: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + step, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


MOVES: dict[str, Callable[[datetime, int], datetime]] = {
    "month": _by_month,
    "year": lambda moment, step: _by_month(moment, 12 * step),
}


def _written(text: str, date: re.Match[str] | None, time: re.Match[str], moment: datetime) -> str:
    clock = f"{moment:%H:%M:%S}" if time["second"] is not None else f"{moment:%H:%M}"
    text = text[: time.start()] + clock + text[time.end() :]
    return text if date is None else text[: date.start()] + f"{moment:%Y-%m-%d}" + text[date.end() :]
