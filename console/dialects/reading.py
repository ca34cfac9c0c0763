"""A log line, read by the dialect that fits: its own form, or that after the header of syslog.

The forms exclude each other, so a line is read the same whatever was read before it.
"""

import re
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache

from console.dialects import syslog
from console.dialects.dialect import NO_MESSAGE, Dialect, LogRecord
from console.dialects.isc import FORMS, ISC
from console.dialects.kea import KEA
from console.dialects.pairwatch import PAIRWATCH
from console.dialects.stamps import stamp_time

DIALECTS = (PAIRWATCH, KEA, ISC)
FAR_SECONDS = 86400.0
"""How far a clock may be ahead: a later time is not valid."""

_BODIES = tuple((each, re.compile(each.body, re.DOTALL)) for each in DIALECTS)
_WHOLE = tuple(
    (each, re.compile(rf"(?P<stamp>{each.stamp}) +{each.body}" if each.stamp else each.body, re.DOTALL))
    for each in DIALECTS
)
_CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d")


@lru_cache(maxsize=4096)
def read_record(line: str) -> LogRecord | None:
    """The record of a line, for lines that are read again and again (`read_line`)."""
    return read_line(line)


def read_line(line: str) -> LogRecord | None:
    """The record of a line; None for a line that no dialect reads. One of syslog alone has no id."""
    for dialect, pattern in _WHOLE:
        match = pattern.match(line)
        if match is not None:
            return _record(dialect, match, match["stamp"] if dialect.stamp else "")
    for pattern in syslog.HEADERS:
        header = pattern.match(line)
        if header is not None:
            return _wrapped(header, line[header.end() :])
    return None


def line_time(line: str, zone: tzinfo, arrived: float) -> float | None:
    """The time of a line that arrived at that time; None for a line without a valid time."""
    record = read_record(line)
    return None if record is None or not record.stamp else stamp_time(record.stamp, zone, arrived + FAR_SECONDS)


def brief(line: str) -> str:
    """The line without the parts that all lines share, for a narrow screen; a line of no dialect is returned
    unchanged."""
    record = read_record(line)
    if record is None:
        return line
    clock = _CLOCK.search(record.stamp)
    parts = ("" if clock is None else clock[0], record.level, record.id, record.text)
    return " ".join(each for each in parts if each)


def _wrapped(header: re.Match[str], text: str) -> LogRecord:
    stamp = "" if header["stamp"] == syslog.NO_STAMP else header["stamp"]
    level = syslog.level_of(header["priority"])
    for dialect, pattern in _BODIES:
        own = re.match(dialect.stamp + " +", text) if dialect.stamp else None
        match = pattern.match(text, 0 if own is None else own.end())
        if match is not None:
            found = _record(dialect, match, stamp)
            return found if found.level else replace(found, level=level)
    return LogRecord("syslog", stamp, level, header["program"] or "", "", text)


def _record(dialect: Dialect, match: re.Match[str], stamp: str) -> LogRecord:
    groups = match.groupdict()
    number = groups.get("id") or next((each for each in FORMS if groups.get(each) is not None), "")
    text = match[0] if dialect is ISC else groups["text"]
    message = dialect.messages.get(number, NO_MESSAGE)
    found = None if message.pattern is None else message.pattern.search(text)
    fields = {} if found is None else {name: value for name, value in found.groupdict().items() if value is not None}
    word = groups.get("level") or ""
    return LogRecord(
        dialect.name,
        stamp,
        dialect.levels.get(word, word) if word else message.level or ("Info" if dialect is ISC else ""),
        groups.get("category") or "",
        number,
        text,
        fields,
        dialect.phase(fields["new"]) if "new" in fields else None,
        message.contact,
        message.meaning,
    )
