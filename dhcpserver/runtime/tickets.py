"""The commands of operators that wait for their turn: each has a number, and a future that the turn completes."""

import asyncio
from collections.abc import Iterable

from dhcpserver.service.turn import Command


class NotServingError(Exception):
    """The server refuses a command while its store does not work."""


class Tickets:
    """The commands that wait."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._next = 1

    def new(self) -> tuple[int, asyncio.Future[None]]:
        """Return the number and the future of a command."""
        number, future = self._next, self._loop.create_future()
        self._next += 1
        self._waiting[number] = future
        return number, future

    def refused(self, reason: str) -> asyncio.Future[None]:
        """Return the future of a command that is refused at once."""
        future: asyncio.Future[None] = self._loop.create_future()
        future.set_exception(NotServingError(reason))
        return future

    def answer(self, answers: Iterable[tuple[int, Exception | None]]) -> None:
        """Complete commands that a turn has carried out, or refused."""
        for number, refusal in answers:
            future = self._waiting.pop(number)
            if future.done():
                continue
            if refusal is None:
                future.set_result(None)
            else:
                future.set_exception(refusal)

    def refuse(self, commands: Iterable[tuple[int, Command]], reason: str) -> None:
        """Refuse commands, because no turn was taken with them."""
        self.answer((number, NotServingError(reason)) for number, _ in commands)
