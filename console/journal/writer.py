"""Write the journal on a thread of its own, in batches, so that the screen never waits for the disk."""

import contextlib
import queue
import threading
from collections.abc import Callable
from functools import partial

from console.errors import JournalError
from console.journal.recording import Recorder
from console.journal.store import Journal
from console.model.observations import Observation

WAITING_AT_MOST = 50_000
BATCH_AT_MOST = 2_000
RETENTION_EVERY_SECONDS = 600.0
RETRY_SECONDS = 1.0


class JournalWriter:
    """Takes observations from one thread and writes what is worth keeping from another.

    When the disk fails, `failure` says why, and what waits is tried again until it can be written. When it
    cannot follow, or fails for long, what does not fit into the queue is dropped and counted in `dropped`.
    """

    def __init__(self, journal: Journal, keep_seconds: float, keep_octets: int) -> None:
        """Entries older than `keep_seconds` are deleted, and the oldest ones beyond `keep_octets`."""
        self._journal = journal
        self._keep_seconds = keep_seconds
        self._keep_octets = keep_octets
        self._recorder = Recorder()
        self._queue: queue.Queue[Observation | None] = queue.Queue(WAITING_AT_MOST)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._closing = threading.Event()
        self._cleaned_at: float | None = None
        self.dropped = 0
        self.failure: str | None = None

    def start(self) -> None:
        self._thread.start()

    def keep(self, observation: Observation) -> None:
        """Hand an observation over. Never blocks."""
        thinned = self._recorder.thin(observation)
        if thinned is None:
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
            while not self._attempt(partial(self._journal.append, batch)):
                if self._closing.wait(RETRY_SECONDS):
                    return
            if batch:
                self._retain(batch[-1].at)

    def _batch(self) -> tuple[list[Observation], bool]:
        """Wait for an observation and take all that wait behind it; false once it is time to stop."""
        batch: list[Observation] = []
        item = self._queue.get()
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

    def _attempt(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except JournalError as error:
            self.failure = str(error)
            return False
        self.failure = None
        return True
