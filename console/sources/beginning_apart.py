"""The beginning of a console in a process of its own (see `console.sources.beginning`).

The process is a fork without an exec, so that it has what is loaded already. It writes to a pipe: the configuration or
its error, and one message for each answer; then it ends. A message is its length in four octets, and a pickle.

Both load what they need after the fork, at the same time; so this module loads almost nothing.
"""

import os
import pickle
import signal
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.model.observations import Observation
    from console.settings.document import Settings
    from console.settings.outline import Outline
    from console.sources.beginning import Beginning

LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class _Read:
    """What the process has read. `settings` is a pickle, since loading it loads the modules of the settings."""

    pair: str
    outline: "Outline"
    settings: bytes


def begin(config: Path | None, pair: str | None, *, watches: bool) -> "Beginning":
    """Begin to read the configuration and to poll the pair. `watches`: the console polls even if it never collects.

    In this process if it has threads, which a fork would leave behind with their locks. Raises ConfigError, here or at
    the first use.
    """
    if threading.active_count() > 1:
        from console.sources.beginning import read_here

        return read_here(config, pair)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(writing, config, pair, watches)
    os.close(writing)
    return BeginningApart(child, reading, config, pair)


class BeginningApart:
    """The end of the pipe that belongs to the console.

    If the process fails without a message, this process reads the configuration, so that its error is not lost.
    """

    def __init__(self, child: int, pipe: int, config: Path | None, pair: str | None) -> None:
        self._child: int | None = child
        self._pipe = os.fdopen(pipe, "rb", buffering=0)
        self._config = config
        self._wanted = pair
        self._received: _Read | Beginning | None = None
        self._settings: Settings | None = None
        self.chosen = pair is not None

    @property
    def pair(self) -> str:
        return self._read().pair

    @property
    def outline(self) -> "Outline":
        return self._read().outline

    def settings(self) -> "Settings":
        if self._settings is None:
            received = self._read()
            self._settings = pickle.loads(received.settings) if isinstance(received, _Read) else received.settings()
        return self._settings

    async def answers(self) -> "AsyncIterator[Observation]":
        received = self._read()
        if not isinstance(received, _Read):
            async for each in received.answers():
                yield each
            return
        import asyncio

        stream = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(stream)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, self._pipe)
        try:
            with suppress(asyncio.IncompleteReadError):
                while True:
                    (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
                    answer: Observation = pickle.loads(await stream.readexactly(length))
                    yield answer
        finally:
            transport.close()
            self.close()

    def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        self._pipe.close()

    def _read(self) -> "_Read | Beginning":
        """What the process has read; waits for it."""
        if self._received is None:
            message = self._message()
            if isinstance(message, ConsoleError):
                self.close()
                raise message
            if message is None:
                from console.sources.beginning import read_here

                self._received = read_here(self._config, self._wanted)
            else:
                self._received = message
        return self._received

    def _message(self) -> "_Read | ConsoleError | None":
        head = self._octets(LENGTH.size)
        body = self._octets(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        try:
            message: _Read | ConsoleError | None = pickle.loads(body) if body else None
        except (EOFError, pickle.UnpicklingError):
            return None  # The process ended while it wrote.
        return message

    def _octets(self, count: int) -> bytes:
        read = bytearray()
        while len(read) < count and (part := self._pipe.read(count - len(read))):
            read += part
        return bytes(read)


def _run(pipe: int, config: Path | None, pair: str | None, watches: bool) -> NoReturn:
    """The process, from its start to its end. Nothing that it writes reaches the screen, no signal of the terminal
    reaches it, and nothing that its parent has registered for its own end runs."""
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        import asyncio

        asyncio.run(_write(pipe, config, pair, watches))
    finally:
        os._exit(0)


async def _write(pipe: int, config: Path | None, pair: str | None, watches: bool) -> None:
    from console.sources.beginning import read_here

    try:
        beginning = read_here(config, pair)
    except ConsoleError as error:
        _send(pipe, error)
        return
    _send(pipe, _Read(beginning.pair, beginning.outline, pickle.dumps(beginning.settings())))
    if beginning.outline.collects or watches:
        async for each in beginning.answers():
            _send(pipe, each)


def _send(pipe: int, message: "_Read | ConsoleError | Observation") -> None:
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    octets = memoryview(LENGTH.pack(len(body)) + body)
    while octets:
        octets = octets[os.write(pipe, octets) :]
