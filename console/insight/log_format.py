"""The format of a server's log lines.

07/15/2026 3:00:01 name/dhcp/1 Warning Failover 0 18101 Failover pair 'example-pair': contact ... lost
"""

import re

LINE = re.compile(
    r"\d{2}/\d{2}/\d{4} +(?P<time>\d{1,2}:\d{2}:\d{2}) +(?P<server>\S+) +(?P<level>[A-Z][a-z]+) +"
    r"(?P<category>\S+) +\d+ +(?P<id>\d{5}) +(?P<text>.*)",
    re.DOTALL,
)
"""Date, time, name/type/instance, level, category, thread, message id, text."""

STAMP = re.compile(r"\d\d/\d\d/\d{4} \d{1,2}:\d\d:\d\d(?= )")
"""The time at the beginning of a line."""


def brief(text: str) -> str:
    """Returns the line without the parts that all lines share, for a narrow screen.

    A line of another format is returned unchanged.
    """
    match = LINE.match(text)
    if match is None:
        return text
    return f"{match['time']} {match['level']} {match['id']} {match['text']}"
