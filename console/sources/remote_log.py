"""The log of a server on another host, followed through its source."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from console.errors import SourceError
from console.makes.source import Source
from console.model.observations import LogLine
from console.state.store import Clock

RETRY_SECONDS = 5.0


class RemoteLog:
    """Follows a source's log through outages of the server, which polls report: the source goes on where it was."""

    def __init__(self, source: Source, pair: str, server: str, clock: Clock) -> None:
        self._source = source
        self._pair = pair
        self._server = server
        self._clock = clock

    async def lines(self) -> AsyncIterator[Sequence[LogLine]]:
        """Lines, a few at a time, until the source fails. Raises SourceError."""
        async for records in self._source.log():
            yield [self._line(record.text, past=record.past) for record in records]

    async def run(self, emit: Callable[[LogLine], None]) -> None:
        """Emit every line until cancelled."""
        while True:
            try:
                async for lines in self.lines():
                    for line in lines:
                        emit(line)
            except SourceError:
                await asyncio.sleep(RETRY_SECONDS)

    def _line(self, text: str, *, past: bool) -> LogLine:
        return LogLine(self._clock(), self._pair, self._server, text, past=past)
