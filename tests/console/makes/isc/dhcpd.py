"""A stand-in for the OMAPI side of a dhcpd 4.4.3: it answers from the objects that a test gives it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from console.makes.isc.omapi import STARTUP, Key, Message, OmapiError, Operation, Result, decode, encode

KEY = Key("watch", "hmac-sha256", b"a secret of the test")
NO_OBJECT = {"result": Result.NOT_FOUND.to_bytes(4), "message": b"no object matches specification"}
NO_AUTHENTICATOR = {"result": Result.NO_AUTHENTICATOR.to_bytes(4), "message": b"No authenticator on message"}
DONE = {"result": bytes(4)}


def number(value: int) -> bytes:
    return value.to_bytes(4)


STATE: Mapping[str, bytes] = {
    "name": b"campus",
    "partner-address": b" \x91\x94G\x13V\x00\x00",
    "partner-port": number(647),
    "local-address": b"\x90\x90\x94G\x13V\x00\x00",
    "local-port": number(647),
    "max-outstanding-updates": number(10),
    "mclt": number(1800),
    "load-balance-max-secs": number(3),
    "load-balance-hba": b"\xff" * 16 + bytes(16),
    "partner-state": number(2),
    "local-state": number(2),
    "partner-stos": number(1795886384),
    "local-stos": number(1795886384),
    "hierarchy": number(1),
    "last-packet-sent": number(0),
    "last-timestamp-received": number(0),
    "skew": number(0),
    "max-response-delay": number(8),
    "cur-unacked-updates": number(0),
}
"""As a secondary of dhcpd 4.4.3-P1 sent it. Its addresses are pointers of its own memory."""
LEASE: Mapping[str, bytes] = {
    "state": number(2),
    "ip-address": bytes([10, 9, 0, 100]),
    "hardware-address": bytes.fromhex("020000000007"),
    "hardware-type": number(1),
    "ends": number(1795890000),
    "starts": number(1795886400),
    "tstp": number(1795891800),
    "tsfp": number(1795891800),
    "atsfp": number(1795891800),
    "cltt": number(1795886400),
    "client-hostname": b"printer\x1b[2J",
}


def state(**changed: int | bytes) -> dict[str, bytes]:
    """The state with other values."""
    new = {name.replace("_", "-"): number(each) if isinstance(each, int) else each for name, each in changed.items()}
    return {**STATE, **new}


@dataclass
class Dhcpd:
    """One server. `key` None: it needs no key. `silent`: it takes requests and does not answer. `trickle`: it sends one
    octet at a time, with a pause of so many seconds."""

    state: dict[str, bytes] = field(default_factory=state)
    lease: Mapping[str, bytes] | None = None
    key: Key | None = KEY
    silent: bool = False
    down: bool = False
    trickle: float = 0.0
    connections: int = 0
    changes: list[Mapping[str, bytes]] = field(default_factory=list)
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _serving: set["asyncio.Task[None]"] = field(default_factory=set)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Dhcpd"]:
        """The server on a free port of loopback."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop()
            await asyncio.gather(*self._serving)

    def stop(self) -> None:
        """Close every connection now and in future."""
        self.down = True
        self.drop()

    def drop(self) -> None:
        """Close every connection, as a restart does."""
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of its own: that of the stream would be reported where it is cancelled at the end.
        task = asyncio.ensure_future(self._answers(reader, writer))
        self._serving.add(task)

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        if self.down:
            writer.close()
            return
        writer.write(STARTUP)
        signing: Key | None = None
        received = (await reader.read(1 << 16))[len(STARTUP) :]
        while True:
            try:
                found = decode(received, signing)
            except OmapiError:
                writer.close()
                return
            if found is None:
                part = await reader.read(1 << 16)
                if not part:
                    return
                received += part
                continue
            message, length = found
            received = received[length:]
            answer, signing = self._answer(message, signing)
            octets = encode(
                replace(answer, answers=message.transaction, transaction=7), None if answer.handle == 1 else signing
            )
            await self._send(writer, octets)

    async def _send(self, writer: asyncio.StreamWriter, octets: bytes) -> None:
        if self.silent:
            return
        if not self.trickle:
            writer.write(octets)
            return
        for place in range(len(octets)):
            writer.write(octets[place : place + 1])
            await asyncio.sleep(self.trickle)

    def _answer(self, message: Message, signing: Key | None) -> tuple[Message, Key | None]:
        kind = message.message.get("type", b"")
        if kind == b"authenticator":
            named = message.values.get("name"), message.values.get("algorithm")
            if self.key is not None and named == (self.key.name.encode(), self.key.wire_name):
                return Message(Operation.UPDATE, 1, values=message.values), replace(self.key, number=1)
            return Message(Operation.STATUS, message=NO_OBJECT), None
        if self.key is not None and signing is None:
            return Message(Operation.STATUS, message=NO_AUTHENTICATOR), None
        if message.operation == Operation.UPDATE:
            self.changes.append(dict(message.values))
            self.state.update(message.values)
            return Message(Operation.STATUS, message=DONE), signing
        if kind == b"failover-state" and message.values.get("name") == self.state["name"]:
            return Message(Operation.UPDATE, 2, values=self.state), signing
        if kind == b"lease" and self.lease is not None:
            return Message(Operation.UPDATE, 3, values=self.lease), signing
        return Message(Operation.STATUS, message=NO_OBJECT), signing
