"""Looks once a second who is to be told, while it is this process's turn, and has it sent.

What was delivered is an observation, so that the journal has it and the next collector does not tell it again. A
message that was on its way when a collector died may come twice; none is lost.
"""

import asyncio
from collections.abc import Callable, Sequence

from console.model.observations import Notified
from console.notify.decide import Message, due, unsent
from console.notify.sender import Deliver, Sender, deliver
from console.settings.notify import NotifySettings
from console.state.store import PictureStore

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 60.0
"""What could not be delivered is due again after this."""
UNDER_WAY_SECONDS = 300.0


class Notifier:
    """`turn` says whether it is ours to tell."""

    def __init__(
        self,
        rules: Sequence[NotifySettings],
        store: PictureStore,
        turn: Callable[[], bool],
        *,
        how: Deliver = deliver,
    ) -> None:
        self._rules = rules
        self._store = store
        self._turn = turn
        self._under_way: dict[tuple[str, str], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sender = Sender(rules, self._done, how=how)

    async def run(self) -> None:
        """Until cancelled."""
        if not self._rules:
            return
        self._loop = asyncio.get_running_loop()
        self.sender.start()
        try:
            while True:
                self.look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._loop = None
            await asyncio.to_thread(self.sender.close)

    def look(self) -> None:
        """Hand over what is due now."""
        if not self._turn():
            return
        now = self._store.clock()
        self._under_way = {key: until for key, until in self._under_way.items() if until > now}
        for message in unsent(due(self._rules, self._store.picture, now), self._under_way, now):
            if self.sender.send(message):
                self._hold(message, now + UNDER_WAY_SECONDS)

    def _hold(self, message: Message, until: float) -> None:
        self._under_way |= {(message.target, alarm): until for _, alarm in message.about}

    def _done(self, message: Message, delivered: bool) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.told, message, delivered)

    def told(self, message: Message, delivered: bool) -> None:
        """What came of a message."""
        now = self._store.clock()
        if not delivered:
            self._hold(message, now + AGAIN_SECONDS)
            return
        for pair, alarm in message.about:
            self._under_way.pop((message.target, alarm), None)
            self._store.observe(Notified(now, pair, message.target, message.stage, alarm))
