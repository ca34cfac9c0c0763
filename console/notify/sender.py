"""Sends messages from a thread of its own: a pager that does not answer holds nothing else up.

Every pager there is speaks through apprise (extra `notify`), which is loaded when the first message is due.
"""

import contextlib
import importlib
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.errors import ConfigError
from console.notify.decide import Message
from console.settings.notify import NotifySettings

ATTEMPTS = 3
PAUSE_SECONDS = 5.0
WAITING_AT_MOST = 1000

Deliver = Callable[[Sequence[str], str, str], None]


class Undelivered(Exception):
    """A message did not reach anybody; the text names no URL."""


def deliver(urls: Sequence[str], title: str, body: str) -> None:
    """Send one message to all of the URLs. Raises Undelivered."""
    try:
        apprise: Any = importlib.import_module("apprise")
    except ImportError as error:
        raise Undelivered("apprise is not installed: pip install 'pairwatch[notify]'") from error
    # What it logs may hold what is in a URL.
    logging.getLogger("apprise").propagate = False
    try:
        everybody = apprise.Apprise()
        unusable = sum(not everybody.add(url) for url in urls)
        if unusable:
            raise Undelivered(f"{unusable} of its URLs cannot be used: see apprise's list of services")
        told = everybody.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    except Undelivered:
        raise
    except Exception as error:  # A service's module may raise anything; its text may hold the URL.
        raise Undelivered(f"a service failed with {type(error).__name__}") from error
    if not told:
        raise Undelivered("a service did not take it")


class Sender:
    """Takes messages from one thread and sends them from another.

    `done` is called, from the sending thread, with each message and whether it was delivered.

    Attributes:
        failure: why the last message was not delivered, None when it was.
        failed: how many were not.
    """

    def __init__(
        self,
        settings: Sequence[NotifySettings],
        done: Callable[[Message, bool], None],
        *,
        how: Deliver = deliver,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._settings: Mapping[str, NotifySettings] = {each.name: each for each in settings}
        self._done = done
        self._how = how
        self._pause = pause_seconds
        self._queue: queue.Queue[Message | None] = queue.Queue(WAITING_AT_MOST)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
        self.failure: str | None = None
        self.failed = 0

    def start(self) -> None:
        self._thread.start()

    def send(self, message: Message) -> bool:
        """Hand a message over; false when too many wait. Never blocks."""
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            return False
        return True

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Stop after the message that is under way; what waits is due again for whoever collects next."""
        self._closing.set()
        # When it is full the thread is awake, and looks.
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._closing.is_set():
            message = self._queue.get()
            if message is None:
                return
            self._done(message, self._sent(message))

    def _sent(self, message: Message) -> bool:
        for attempt in range(ATTEMPTS):
            try:
                self._how(self._settings[message.target].urls(), message.title, message.body)
            except (Undelivered, ConfigError) as error:
                self.failure = f"notification {message.target} not delivered: {error}"
            else:
                self.failure = None
                return True
            if attempt + 1 < ATTEMPTS and self._closing.wait(self._pause * 2**attempt):
                break
        self.failed += 1
        return False
