"""Log lines about what clients and relays do, at most one a minute for each subject.

What goes wrong with one client goes wrong a thousand times: every line has the number of the same events since the last
line. Nothing is formatted for a line that is not written, and the memory is bounded whatever clients send.
"""

from dhcpserver.contract.messages import Message
from dhcpserver.failover.effects import LogLine, log_line

INTERVAL = 60.0
"""Seconds between two lines about one subject."""
SUBJECTS = 1000
"""Subjects that are remembered; the oldest one is forgotten, and written again when it comes again."""
LINES = 16
"""Lines of one turn at most."""


class _Subject:
    __slots__ = ("next", "unwritten")

    def __init__(self, at: float) -> None:
        self.next = at
        self.unwritten = 0


class Notices:
    """Collects the lines of a turn."""

    __slots__ = ("_lines", "_subjects")

    def __init__(self) -> None:
        self._subjects: dict[tuple[int, object], _Subject] = {}
        self._lines: list[LogLine] = []

    def tell(self, message: Message, subject: object, now: float, **values: object) -> None:
        """Write a line about a subject, unless one was written less than a minute ago; then the event is counted.

        The text of the message has `{more}`: empty, or how often it happened since the last line.
        """
        key = (message.number, subject)
        found = self._subjects.get(key)
        if found is None:
            if len(self._subjects) >= SUBJECTS:
                del self._subjects[next(iter(self._subjects))]
            found = self._subjects[key] = _Subject(now)
        if now < found.next or len(self._lines) >= LINES:
            found.unwritten += 1
            return
        more = f" ({found.unwritten} more since the last line)" if found.unwritten else ""
        self._lines.append(log_line(message, more=more, **values))
        found.next = now + INTERVAL
        found.unwritten = 0

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        for subject in self._subjects.values():
            subject.next += step

    def take(self) -> list[LogLine]:
        """Return the lines since the last call."""
        lines, self._lines = self._lines, []
        return lines
