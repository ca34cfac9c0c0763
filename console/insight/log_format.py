"""The form of a server's log lines.

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
"""The time of a line, where it stands at the beginning."""


def brief(text: str) -> str:
    """The line without what is the same in all of them, so that its words fit on a narrow screen.

    A line of another form is left as it is.
    """
    match = LINE.match(text)
    if match is None:
        return text
    return f"{match['time']} {match['level']} {match['id']} {match['text']}"
