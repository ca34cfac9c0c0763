"""Requests to one ISC dhcpd by OMAPI, over one connection that stays open."""

import asyncio
import contextlib
import os
import random
from dataclasses import replace

from console.errors import Refused, Unanswered, Unreadable
from console.makes.isc.omapi import (
    STARTUP,
    Key,
    Message,
    OmapiError,
    Operation,
    Result,
    Values,
    WrongSignature,
    decode,
    encode,
)

TIMEOUT_SECONDS = 3.0
"""Of a whole request, with a new connection."""
LARGEST_OCTETS = 1 << 20
"""Of an answer. That of a lease has some 500 octets."""


class ConnectionEnded(Unanswered):
    """The server closed the connection."""


class OmapiClient:
    """One server. Requests are sent one after the other. Its methods raise Unanswered, Refused with the words of the
    server, and Unreadable."""

    def __init__(self, host: str, port: int, key: Key | None, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self.where = f"{host}:{port}"
        self._host, self._port = host, port
        self._key = key
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._signing: Key | None = None
        self._received = b""

    async def close(self) -> None:
        await self._disconnect()

    async def open(self, kind: str, **values: bytes) -> Message | None:
        """The object of a kind with these attributes; None where there is none. An underscore in a name is a hyphen."""
        wanted = {name.replace("_", "-"): value for name, value in values.items()}
        answer = await self._ask(Message(Operation.OPEN, message={"type": kind.encode()}, values=wanted), again=True)
        if answer.result == Result.NOT_FOUND:
            return None
        if answer.operation != Operation.UPDATE:
            raise self._refusal(answer)
        return answer

    async def update(self, handle: int, values: Values) -> None:
        """Change attributes of an object that was opened on this connection."""
        answer = await self._ask(Message(Operation.UPDATE, handle, values=values), again=False)
        if answer.operation == Operation.STATUS and answer.result != Result.SUCCESS:
            raise self._refusal(answer)

    async def _ask(self, message: Message, *, again: bool) -> Message:
        """`again`: on a new connection, where the server had closed the one in use."""
        async with self._turn:
            used = self._streams is not None
            try:
                return await self._whole(message)
            except ConnectionEnded:
                if not (again and used):
                    raise
            return await self._whole(message)

    async def _whole(self, message: Message) -> Message:
        """The answer within the time limit. After any failure the connection is closed."""
        complete = False
        try:
            async with asyncio.timeout(self._timeout):
                if self._streams is None:
                    await self._connect()
                answer = await self._exchange(message)
            complete = True
            return answer
        except TimeoutError as late:
            raise Unanswered(f"no answer in time ({self.where})") from late
        except (asyncio.IncompleteReadError, ConnectionResetError, BrokenPipeError) as ended:
            raise ConnectionEnded(f"the server closed the connection ({self.where})") from ended
        except OSError as error:
            words = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
            raise Unanswered(f"{words} ({self.where})") from error
        except WrongSignature as error:
            assert self._key is not None
            words = f"its answer is not signed with the secret of the OMAPI key {self._key.name}: compare the secrets"
            raise Refused(401, f"{words} ({self.where})") from error
        except OmapiError as error:
            raise Unreadable(f"its answer is not OMAPI: {error} ({self.where})") from error
        finally:
            if not complete:
                await self._disconnect()

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        self._streams = reader, writer
        self._received, self._signing = b"", None
        writer.write(STARTUP)
        if await reader.readexactly(len(STARTUP)) != STARTUP:
            raise OmapiError("another protocol or version")
        if self._key is None:
            return
        login = {"name": self._key.name.encode(), "algorithm": self._key.wire_name}
        answer = await self._exchange(Message(Operation.OPEN, message={"type": b"authenticator"}, values=login))
        if answer.operation != Operation.UPDATE or answer.handle == 0:
            key = f"{self._key.name} with {self._key.algorithm}"
            raise Refused(401, f"the server has no OMAPI key {key}: compare omapi-key in dhcpd.conf ({self.where})")
        self._signing = replace(self._key, number=answer.handle)

    async def _exchange(self, message: Message) -> Message:
        assert self._streams is not None
        reader, writer = self._streams
        transaction = random.randrange(1, 1 << 32)
        writer.write(encode(replace(message, transaction=transaction), self._signing))
        while True:
            found = decode(self._received, self._signing)
            if found is None:
                part = await reader.read(1 << 16)
                if not part:
                    raise asyncio.IncompleteReadError(self._received, None)
                self._received += part
                if len(self._received) > LARGEST_OCTETS:
                    raise OmapiError(f"an answer larger than {LARGEST_OCTETS >> 20} MiB")
                continue
            answer, length = found
            self._received = self._received[length:]
            if answer.answers == transaction:
                return answer

    def _refusal(self, answer: Message) -> Refused:
        if answer.result == Result.NO_AUTHENTICATOR:
            return Refused(401, f"the server requires an OMAPI key: set omapi_key and omapi_key_file ({self.where})")
        return Refused(403, f"{answer.words} ({self.where})")

    async def _disconnect(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()
