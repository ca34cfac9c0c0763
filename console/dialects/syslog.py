"""What syslog writes before a line of a program: its time and level, the host, and the name of the program.

<134>Nov 27 10:00:00 host dhcpd[123]: ...                               RFC 3164; files have no <134>
2026-11-27T10:00:00.123456+01:00 host dhcpd[123]: ...                   rsyslog's own files
<134>1 2026-11-27T10:00:00.123456+01:00 host dhcpd 123 - [...] ...      RFC 5424
"""

import re

from console.dialects import stamps

_DATA = r'(?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)'
_MARK = "(?:\N{ZERO WIDTH NO-BREAK SPACE}|\N{REPLACEMENT CHARACTER})?"
"""The mark of UTF-8 before a text (RFC 5424 section 6.4); lines for people have another character for it."""
_TAG = r"(?:(?P<program>[^\s:\[]+)(?:\[[^\]\s]*\])?: )?"

HEADERS = (
    re.compile(
        rf"<(?P<priority>\d{{1,3}})>\d{{1,2}} (?P<stamp>-|{stamps.RFC3339}) \S+ "
        rf"(?P<program>\S+) \S+ \S+ {_DATA} ?{_MARK}"
    ),
    re.compile(rf"(?:<(?P<priority>\d{{1,3}})>)?(?P<stamp>{stamps.RFC3164}|{stamps.RFC3339}) \S+ {_TAG}"),
)
SEVERITIES = ("Critical", "Critical", "Critical", "Error", "Warning", "Notice", "Info", "Debug")
"""The level of each severity of RFC 5424 (section 6.2.1): emergency, alert, critical, ... debug."""
NO_STAMP = "-"


def level_of(priority: str | None) -> str:
    """The level of a priority, which is the facility times eight and the severity; empty if there is none."""
    return "" if priority is None else SEVERITIES[int(priority) % 8]
