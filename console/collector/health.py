"""The health of a console: the faults of its journal, sources and notifications, and its counters."""

from collections.abc import Callable, Mapping

from console.journal.writer import JournalWriter

SOURCES_NAMED = 3


class ProcessHealth:
    """Collects the faults and counters of a process; called to make a `Health`.

    Attributes:
        failed: returns why the last notification could not be delivered; None when it could.
    """

    def __init__(self, writer: JournalWriter | None) -> None:
        self._writer = writer
        self._complaints: list[str] = []
        self._traps: Mapping[str, int] = {}
        self.failed: Callable[[], str | None] = lambda: None

    def complain(self, text: str) -> None:
        """A source could not be opened. This is reported until the process ends."""
        if text not in self._complaints:
            self._complaints.append(text)

    def counted(self, losses: Mapping[str, int]) -> None:
        """Set the counts of lost notifications. May be called from any thread."""
        self._traps = losses

    def __call__(self) -> tuple[dict[str, str | None], dict[str, int]]:
        news = [] if self._writer is None else self._writer.news[-1:]
        facts = {
            "journal": None if self._writer is None else self._writer.failure,
            "notification": self.failed(),
            "source": "; ".join([*news, *self._complaints[:SOURCES_NAMED]]) or None,
        }
        dropped = 0 if self._writer is None else self._writer.dropped
        return facts, {"journal-dropped": dropped, **self._traps}
