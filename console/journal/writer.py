"""Write the journal on a thread of its own, in batches, so that the screen never waits for the disk."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from functools import partial

from console.errors import JournalError
from console.journal.recording import Recorder
from console.journal.store import Journal
from console.model.observations import Observation, PollAnswer, PollUnchanged

WAITING_AT_MOST = 50_000
BATCH_AT_MOST = 2_000
RETENTION_EVERY_SECONDS = 600.0
RETRY_SECONDS = 1.0
READ_ALL_EVERY_SECONDS = 3600.0
"""How often all pages of a file are read: nothing else may read an overwritten one until it is needed."""
LOOK_SECONDS = 0.25
"""How often the file is looked at, and the latest answers are written, while no entry is to be written."""
GATHER_SECONDS = 0.05
"""How long a batch waits for company: under load a transaction for each entry would take time from the screen."""
ASK_SECONDS = 1.0
"""How often the journal is asked whether a console watches."""
WATCHED_SECONDS = 10.0
"""How long the latest answers are written after a console has asked for them (`Journal.watch`)."""


class JournalWriter:
    """Takes observations from one thread and writes what is worth keeping from another.

    When the disk fails, `failure` says why, and what waits is tried again until it can be written. When it
    cannot follow, or fails for long, what does not fit into the queue is dropped and counted in `dropped`.

    A journal that is deleted or damaged meanwhile is replaced by a new one, and `begun_again` is called.
    """

    def __init__(
        self,
        journal: Journal,
        keep_seconds: float,
        keep_octets: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Entries older than `keep_seconds` are deleted, and the oldest ones beyond `keep_octets`."""
        self._monotonic = monotonic
        self._journal = journal
        self._keep_seconds = keep_seconds
        self._keep_octets = keep_octets
        self._recorder = Recorder()
        self._queue: queue.Queue[Observation | None] = queue.Queue(WAITING_AT_MOST)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._closing = threading.Event()
        self._cleaned_at: float | None = None
        self._read_all_at: float | None = None
        self.dropped = 0
        self.failure: str | None = None
        self.begun_again: Callable[[], None] = _nothing
        self._whole = threading.Event()
        self._known = 0
        self._latest: dict[tuple[str, str], PollAnswer | PollUnchanged] = {}
        self._answered: set[tuple[str, str]] | None = None
        self._watches: int | None = None
        self._asked_at = self._watched_at = float("-inf")

    @property
    def news(self) -> list[str]:
        """What happened to journals that were replaced by a new one while this writer ran."""
        return self._journal.begun_again

    def start(self) -> None:
        self._thread.start()

    def keep(self, observation: Observation) -> None:
        """Hand an observation over. Never blocks."""
        if self._whole.is_set():
            # A new journal begins with a whole picture.
            self._whole.clear()
            self._recorder = Recorder()
        thinned = self._recorder.thin(observation)
        if thinned is None:
            latest = self._recorder.latest
            if latest is not None:
                self._latest[latest.pair, latest.server] = latest
            return
        try:
            self._queue.put_nowait(thinned)
        except queue.Full:
            self.dropped += 1

    @property
    def waiting(self) -> int:
        """How many were handed over and are not being written yet."""
        return self._queue.qsize()

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Write what waits, then stop; at the latest after the timeout, if the disk does not respond."""
        self._closing.set()
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout_seconds)
        self._thread.join(timeout_seconds)
        self._journal.close()

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._batch()
            while not self._attempt(partial(self._append, batch)):
                if self._closing.wait(RETRY_SECONDS):
                    return
            self._attempt(self.show_latest)
            if batch:
                self._retain(batch[-1].at)

    def show_latest(self) -> None:
        """Write the latest answers that are not worth an entry, if a console watches. Raises JournalError."""
        if not self._is_watched():
            return
        latest, self._latest = self._latest, {}
        self._journal.show_latest(latest.values())

    def _is_watched(self) -> bool:
        now = self._monotonic()
        if now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            watches = self._journal.watches()
            if watches != self._watches and self._watches is not None:
                self._watched_at = now
            self._watches = watches
        return now - self._watched_at < WATCHED_SECONDS

    def _append(self, batch: list[Observation]) -> None:
        """Look at the file, then write the batch. In a new journal nothing is unchanged: what refers to earlier entries
        is left out."""
        self._journal.look()
        if len(self.news) != self._known:
            self._known = len(self.news)
            self._whole.set()
            self.begun_again()
            self._answered = set()
        self._journal.append(batch if self._answered is None else self._complete_alone(batch, self._answered))

    def _complete_alone(self, batch: list[Observation], answered: set[tuple[str, str]]) -> list[Observation]:
        """The batch without what refers to answers that this journal does not have."""
        found = []
        for each in batch:
            if isinstance(each, PollAnswer):
                answered.add((each.pair, each.server))
            if not isinstance(each, PollUnchanged) or (each.pair, each.server) in answered:
                found.append(each)
        return found

    def _batch(self) -> tuple[list[Observation], bool]:
        """Wait for an observation, for a moment at most, and take all that wait behind it; false once it is time to
        stop."""
        batch: list[Observation] = []
        try:
            item = self._queue.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return batch, True
        self._closing.wait(GATHER_SECONDS)
        while item is not None:
            batch.append(item)
            if len(batch) >= BATCH_AT_MOST:
                return batch, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _retain(self, now: float) -> None:
        if self._cleaned_at is None or now - self._cleaned_at >= RETENTION_EVERY_SECONDS:
            self._cleaned_at = now
            self._attempt(partial(self._journal.forget, now - self._keep_seconds))
            self._attempt(partial(self._journal.shrink, self._keep_octets))

        if self._read_all_at is None:
            self._read_all_at = now
        elif now - self._read_all_at >= READ_ALL_EVERY_SECONDS:
            self._read_all_at = now
            self._attempt(partial(self._journal.look, all_pages=True))

    def _attempt(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except JournalError as error:
            self.failure = str(error)
            with contextlib.suppress(JournalError):
                self._journal.look(all_pages=True)
            return False
        self.failure = None
        return True


def _nothing() -> None:
    """The default: no one is informed."""
