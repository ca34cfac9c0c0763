"""What a console says of itself: the troubles of its journal, its sources and its notifications, and its counters."""

from collections.abc import Callable, Mapping

from console.journal.writer import JournalWriter

SOURCES_NAMED = 3


class OwnHealth:
    """Collects what the parts of a process have to say; called for a `Health`.

    Attributes:
        failed: says why the last notification could not be delivered; None when it could.
    """

    def __init__(self, writer: JournalWriter | None) -> None:
        self._writer = writer
        self._complaints: list[str] = []
        self._traps: Mapping[str, int] = {}
        self.failed: Callable[[], str | None] = lambda: None

    def complain(self, text: str) -> None:
        """A source could not be opened. That stands until the process ends."""
        if text not in self._complaints:
            self._complaints.append(text)

    def counted(self, losses: Mapping[str, int]) -> None:
        """What was lost of the notifications so far. From any thread."""
        self._traps = losses

    def __call__(self) -> tuple[dict[str, str | None], dict[str, int]]:
        facts = {
            "journal": None if self._writer is None else self._writer.failure,
            "notification": self.failed(),
            "source": "; ".join(self._complaints[:SOURCES_NAMED]) or None,
        }
        dropped = 0 if self._writer is None else self._writer.dropped
        return facts, {"journal-dropped": dropped, **self._traps}
