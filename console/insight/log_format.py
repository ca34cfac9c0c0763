"""The format of a server's log lines.

07/15/2026 3:00:01 name/dhcp/1 Warning Failover 0 18101 Failover pair 'example-pair': contact ... lost
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LINE = re.compile(
    r"\d{2}/\d{2}/\d{4} +(?P<time>\d{1,2}:\d{2}:\d{2}) +(?P<server>\S+) +(?P<level>[A-Z][a-z]+) +"
    r"(?P<category>\S+) +\d+ +(?P<id>\d{5}) +(?P<text>.*)",
    re.DOTALL,
)
"""Date, time, name/type/instance, level, category, thread, message id, text."""

STAMP = re.compile(r"\d\d/\d\d/\d{4} \d{1,2}:\d\d:\d\d(?= )")
"""The time at the beginning of a line."""


FIELDS: Mapping[str, re.Pattern[str]] = {
    "18100": re.compile(r"(?P<change>(?P<old>[A-Z][A-Z-]+) -> (?P<new>[A-Z][A-Z-]+).*)", re.DOTALL),
    "18109": re.compile(r"conflict on (?P<address>\S+?):? "),
    "18112": re.compile(r"[Ss]cope '?(?P<scope>[^\s':]+)"),
    "18127": re.compile(r"[Ss]cope '?(?P<scope>[^\s':]+)"),
    "18208": re.compile(r" on (?P<listener>.+?): "),
    "18209": re.compile(r" on (?P<listener>.+) again\."),
    "18220": re.compile(r" free in (?P<scopes>.+?) for client "),
    "18221": re.compile(r" of relay (?P<relay>\S+): "),
    "18222": re.compile(r"Scope '(?P<scope>[^']*)'"),
    "18224": re.compile(r"identifier (?P<identifier>\S+) has "),
    "18226": re.compile(r"Declines from (?P<port>.+?) are ignored"),
    "18227": re.compile(r"Scope '(?P<scope>[^']*)'"),
    "18228": re.compile(r"New clients of (?P<port>.+?) are not answered"),
    "18233": re.compile(r"are not received by (?P<to>\S+?): "),
    "18234": re.compile(r"are received by (?P<to>\S+) again"),
    "18235": re.compile(r"Lease events for (?P<to>\S+) were dropped"),
    "18231": re.compile(r" reply to (?P<to>\S+) could not"),
    "18237": re.compile(r"Scope '(?P<scope>[^']*)'"),
}
"""The fields that rules use, by the number of the message. A test compares them with the server's catalogue."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A line in the server's format. `fields` has the fields of its message that rules use."""

    level: str
    number: str
    text: str
    fields: Mapping[str, str]


@lru_cache(maxsize=4096)
def read_record(line: str) -> LogRecord | None:
    """Returns the record of a line; None for a line of another format."""
    match = LINE.match(line)
    if match is None:
        return None
    pattern = FIELDS.get(match["id"])
    found = None if pattern is None else pattern.search(match["text"])
    return LogRecord(match["level"], match["id"], match["text"], {} if found is None else found.groupdict())


def brief(text: str) -> str:
    """Returns the line without the parts that all lines share, for a narrow screen.

    A line of another format is returned unchanged.
    """
    match = LINE.match(text)
    if match is None:
        return text
    return f"{match['time']} {match['level']} {match['id']} {match['text']}"
