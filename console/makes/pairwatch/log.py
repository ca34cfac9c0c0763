"""The log of a server on another host, followed through its API."""

import asyncio
from collections.abc import Callable

from console.errors import SourceError
from console.makes.pairwatch.client import ServerClient
from console.model.observations import LogLine
from console.state.store import Clock

PAST_LINES = 200
FOLLOW_SECONDS = 20.0
RETRY_SECONDS = 5.0
LINES_PER_ANSWER = 1000


class RemoteLog:
    """Follows `GET /api/v1/log`; `step` is one request, `run` goes on until cancelled."""

    def __init__(self, client: ServerClient, pair: str, server: str, clock: Clock) -> None:
        self._client = client
        self._pair = pair
        self._server = server
        self._clock = clock
        self._cursor: int | None = None

    async def step(self) -> list[LogLine]:
        """One request. The first answer is the past; later ones wait for news. Raises SourceError."""
        if self._cursor is None:
            texts, self._cursor = await self._client.log(None, PAST_LINES, 0)
            return [self._line(text, past=True) for text in texts]
        texts, following = await self._client.log(self._cursor, LINES_PER_ANSWER, FOLLOW_SECONDS)
        if following < self._cursor:
            # A server with a new log counts from the start again: begin with it, or the cursor never comes.
            self._cursor = 0
            return []
        self._cursor = following
        return [self._line(text, past=False) for text in texts]

    async def run(self, emit: Callable[[LogLine], None]) -> None:
        """Emit every line, through outages of the server, which the poller reports."""
        while True:
            try:
                for line in await self.step():
                    emit(line)
            except SourceError:
                await asyncio.sleep(RETRY_SECONDS)

    def _line(self, text: str, *, past: bool) -> LogLine:
        return LogLine(self._clock(), self._pair, self._server, text, past=past)
