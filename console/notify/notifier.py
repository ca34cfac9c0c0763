"""Checks once a second which notifications are due, and has them sent. Only the collecting process does so.

A delivery is an observation, so that the journal records it and the next collector does not send it again. A message
that was being sent when a collector died may be sent twice; none is lost.
"""

import asyncio
from collections.abc import Callable, Sequence

from console.model.observations import Notified
from console.notify.decide import Message, due_messages, without_pending
from console.notify.sender import Deliver, Sender, deliver
from console.settings.notify import NotifySettings
from console.state.store import PictureStore

CHECK_SECONDS = 1.0
RETRY_SECONDS = 60.0
"""A message that could not be delivered is due again after this time."""
PENDING_SECONDS = 300.0


class Notifier:
    """Sends the due notifications. `may_send` is whether this process collects at present."""

    def __init__(
        self,
        rules: Sequence[NotifySettings],
        store: PictureStore,
        may_send: Callable[[], bool],
        *,
        deliver: Deliver = deliver,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """`before` is called before each check: what it silences is not sent."""
        self._rules = rules
        self._before = before
        self._store = store
        self._may_send = may_send
        self._pending: dict[tuple[str, str], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sender = Sender(rules, self._on_result, deliver=deliver)

    async def run(self) -> None:
        """Run until cancelled."""
        if not self._rules:
            return
        self._loop = asyncio.get_running_loop()
        self.sender.start()
        try:
            while True:
                self.send_due()
                await asyncio.sleep(CHECK_SECONDS)
        finally:
            self._loop = None
            await asyncio.to_thread(self.sender.close)

    def send_due(self) -> None:
        """Pass the messages that are due to the sender."""
        if not self._may_send():
            return
        self._before()
        now = self._store.clock()
        self._pending = {key: until for key, until in self._pending.items() if until > now}
        for message in without_pending(due_messages(self._rules, self._store.picture, now), self._pending, now):
            if self.sender.send(message):
                self._mark_pending(message, now + PENDING_SECONDS)

    def _mark_pending(self, message: Message, until: float) -> None:
        self._pending |= {(message.target, alarm): until for _, alarm in message.about}

    def _on_result(self, message: Message, delivered: bool) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.record_result, message, delivered)

    def record_result(self, message: Message, delivered: bool) -> None:
        """Record a delivery as an observation, or schedule another attempt."""
        now = self._store.clock()
        if not delivered:
            self._mark_pending(message, now + RETRY_SECONDS)
            return
        for pair, alarm in message.about:
            self._pending.pop((message.target, alarm), None)
            self._store.observe(Notified(now, pair, message.target, message.stage, alarm))
