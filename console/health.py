"""What a console says of itself: the troubles of its journal, its sources and its notifications, and its counters."""

from collections.abc import Callable

from console.journal.writer import JournalWriter
from console.sources.traps import Counters

SOURCES_NAMED = 3


class OwnHealth:
    """Collects what the parts of a process have to say; called for a `Health`.

    Attributes:
        failed: says why the last notification could not be delivered; None when it could.
    """

    def __init__(self, writer: JournalWriter | None) -> None:
        self._writer = writer
        self._complaints: list[str] = []
        self._counters: Counters | None = None
        self.failed: Callable[[], str | None] = lambda: None

    def complain(self, text: str) -> None:
        """A source could not be opened. That stands until the process ends."""
        if text not in self._complaints:
            self._complaints.append(text)

    def counted(self, counters: Counters) -> None:
        """What became of the notifications so far. From any thread."""
        self._counters = counters

    def __call__(self) -> tuple[dict[str, str | None], dict[str, int]]:
        facts = {
            "journal": None if self._writer is None else self._writer.failure,
            "notification": self.failed(),
            "source": "; ".join(self._complaints[:SOURCES_NAMED]) or None,
        }
        counters = {"journal-dropped": 0 if self._writer is None else self._writer.dropped}
        if self._counters is not None:
            counters |= {
                "traps-dropped": self._counters.dropped,
                "traps-kernel-drops": self._counters.kernel_drops,
                "traps-rejected": self._counters.rejected,
            }
        return facts, counters
