"""The log lines of a Pairwatch server.

07/15/2026 3:00:01 name/dhcp/1 Warning Failover 0 18101 Failover pair 'example-pair': contact ... lost

Date, time, name/type/instance, level, category, thread, message id, text. What each message means is in the server's
own catalogue (console.makes.pairwatch.messages); here are the fields that rules use. A test compares them with it.
"""

import re

from console.dialects import stamps
from console.dialects.dialect import LEVELS, Contact, Dialect, Message


def _fields(pattern: str) -> Message:
    return Message(re.compile(pattern, re.DOTALL))


PAIRWATCH = Dialect(
    name="pairwatch",
    stamp=stamps.PAIRWATCH,
    body=r"\S+ +(?P<level>[A-Z][a-z]+) +(?P<category>\S+) +\d+ +(?P<id>\d{5}) +(?P<text>.*)",
    levels={each: each for each in LEVELS},
    messages={
        "18100": _fields(r"(?P<change>(?P<old>[A-Z][A-Z-]+) -> (?P<new>[A-Z][A-Z-]+).*)"),
        "18101": Message(contact=Contact.LOST),
        "18102": Message(contact=Contact.BACK),
        "18109": _fields(r"conflict on (?P<address>\S+?):? "),
        "18112": _fields(r"[Ss]cope '?(?P<scope>[^\s':]+)"),
        "18127": _fields(r"[Ss]cope '?(?P<scope>[^\s':]+)"),
        "18208": _fields(r" on (?P<listener>.+?): "),
        "18209": _fields(r" on (?P<listener>.+) again\."),
        "18220": _fields(r" free in (?P<scopes>.+?) for client "),
        "18221": _fields(r" of relay (?P<relay>\S+): "),
        "18222": _fields(r"Scope '(?P<scope>[^']*)'"),
        "18224": _fields(r"identifier (?P<identifier>\S+) has "),
        "18226": _fields(r"Declines from (?P<port>.+?) are ignored"),
        "18227": _fields(r"Scope '(?P<scope>[^']*)'"),
        "18228": _fields(r"New clients of (?P<port>.+?) are not answered"),
        "18231": _fields(r" reply to (?P<to>\S+) could not"),
        "18233": _fields(r"are not received by (?P<to>\S+?): "),
        "18234": _fields(r"are received by (?P<to>\S+) again"),
        "18235": _fields(r"Lease events for (?P<to>\S+) were dropped"),
        "18237": _fields(r"Scope '(?P<scope>[^']*)'"),
    },
)
