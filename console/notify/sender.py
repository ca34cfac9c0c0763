"""Sends messages from a separate thread: a service that does not answer delays nothing else.

All services are reached through apprise (extra `notify`), which is loaded when the first message is due.
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
MAX_QUEUED = 1000

Deliver = Callable[[Sequence[str], str, str], None]


class DeliveryError(Exception):
    """A message was not delivered. The text contains no URL."""


def deliver(urls: Sequence[str], title: str, body: str) -> None:
    """Send one message to all of the URLs. Raises DeliveryError."""
    try:
        apprise: Any = importlib.import_module("apprise")
    except ImportError as error:
        raise DeliveryError("apprise is not installed: pip install 'pairwatch[notify]'") from error
    # apprise logs may contain parts of a URL.
    logging.getLogger("apprise").propagate = False
    try:
        services = apprise.Apprise()
        unusable = sum(not services.add(url) for url in urls)
        if unusable:
            raise DeliveryError(f"{unusable} of its URLs cannot be used: see apprise's list of services")
        accepted = services.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    except DeliveryError:
        raise
    except Exception as error:  # A service's module may raise anything, and its text may contain the URL.
        raise DeliveryError(f"a service failed with {type(error).__name__}") from error
    if not accepted:
        raise DeliveryError("a service did not accept it")


class Sender:
    """Takes messages from one thread and sends them from another.

    `on_result` is called, in the sending thread, with each message and whether it was delivered.

    Attributes:
        failure: why the last message was not delivered, None if it was.
        failed: how many messages were not delivered.
    """

    def __init__(
        self,
        settings: Sequence[NotifySettings],
        on_result: Callable[[Message, bool], None],
        *,
        deliver: Deliver = deliver,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._settings: Mapping[str, NotifySettings] = {each.name: each for each in settings}
        self._on_result = on_result
        self._deliver = deliver
        self._pause = pause_seconds
        self._queue: queue.Queue[Message | None] = queue.Queue(MAX_QUEUED)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
        self.failure: str | None = None
        self.failed = 0

    def start(self) -> None:
        self._thread.start()

    def send(self, message: Message) -> bool:
        """Queue a message. Returns False if the queue is full. Never blocks."""
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            return False
        return True

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Stop after the present message. The queued ones are due again for the next collector."""
        self._closing.set()
        # With a full queue the thread is running, and checks `_closing`.
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._closing.is_set():
            message = self._queue.get()
            if message is None:
                return
            self._on_result(message, self._send_with_retries(message))

    def _send_with_retries(self, message: Message) -> bool:
        for attempt in range(ATTEMPTS):
            try:
                self._deliver(self._settings[message.target].urls(), message.title, message.body)
            except (DeliveryError, ConfigError) as error:
                self.failure = f"notification {message.target} not delivered: {error}"
            else:
                self.failure = None
                return True
            if attempt + 1 < ATTEMPTS and self._closing.wait(self._pause * 2**attempt):
                break
        self.failed += 1
        return False
