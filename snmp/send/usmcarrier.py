"""SNMPv3 to one recipient, through an engine of pysnmp's that it has to itself.

Its convenience functions, on one engine for several recipients, send twice or fail when credentials change; so each
recipient has an engine, which knows one target. Of a trap our engine is the authoritative one: its ID and boots are the
server's. Of an inform the recipient is, and its ID and clock are discovered, by the engine, with the first one. A
recipient that was started again has other boots, of which the engine would not learn: then it is made anew.
"""

import socket
import time
from collections.abc import Sequence
from typing import Any

from pysnmp.entity import config
from pysnmp.entity.rfc3413 import ntforg
from pysnmp.error import PySnmpError

from snmp.codec import encoding, v3header
from snmp.errors import DeliveryError, MessageError
from snmp.mib.specs import TrapSpec
from snmp.security.engine import DOMAIN, PEER, Engine, MasterKeys
from snmp.security.enginestate import EngineState
from snmp.send.datagrams import connect, no_acknowledgement, receive
from snmp.send.recipient import Recipient

_TARGET = "recipient"
_EVERYTHING = (1,)
"""What the user may notify of: iso. A notification with a varbind outside is dropped without a word."""
_NO_CONTEXT = b""
"""As octets: a context that is an empty text is another context, and nothing would be sent."""
_TICK_SECONDS = 0.1
_V3 = 3
_originator: Any = ntforg.NotificationOriginator


class _OtherPeerError(Exception):
    """Who answers is not whom the engine discovered, or was started since."""


class UsmCarrier:
    """SNMPv3."""

    def __init__(self, recipient: Recipient, sources: Sequence[str], state: EngineState) -> None:
        assert recipient.user is not None
        self._recipient = recipient
        self._sources = tuple(sources)
        self._state = state
        self._keys = MasterKeys(recipient.user)
        self._originator: Any = _originator()
        self._outcome: list[Any] = []
        self._peer: tuple[bytes, int] | None = None
        self._engine = self._new_engine()

    def _new_engine(self) -> Engine:
        recipient, user = self._recipient, self._keys.user
        engine = Engine(self._state)
        engine.add_user(self._keys, None)
        snmp = engine.snmp
        config.add_target_parameters(snmp, "parameters", user.name, user.level.word, _V3)
        hundredths = max(1, int(recipient.timeout_seconds * 100))
        config.add_target_address(
            snmp, _TARGET, DOMAIN, PEER, "parameters", hundredths, recipient.retries, tagList=_TARGET
        )
        kind = "inform" if recipient.inform else "trap"
        config.add_notification_target(snmp, _TARGET, "parameters", _TARGET, kind)
        config.add_context(snmp, "")
        config.add_vacm_user(snmp, _V3, user.name, user.level.word, notifySubTree=_EVERYTHING)
        return engine

    def deliver(self, spec: TrapSpec, uptime_centiseconds: int) -> None:
        varbinds = encoding.varbinds(spec, uptime_centiseconds)
        try:
            with connect(self._recipient, self._sources) as sock:
                try:
                    self._attempt(sock, varbinds)
                except _OtherPeerError:
                    self._peer = None
                    self._engine.close()
                    self._engine = self._new_engine()
                    self._attempt(sock, varbinds)
        except PySnmpError as error:
            raise DeliveryError(f"the SNMP engine refuses: {error}") from error

    def octets(self, spec: TrapSpec, uptime_centiseconds: int) -> list[bytes]:
        """What would be sent first."""
        return self._first(encoding.varbinds(spec, uptime_centiseconds))

    def _first(self, varbinds: Any) -> list[bytes]:
        self._outcome.clear()
        self._originator.send_varbinds(self._engine.snmp, _TARGET, None, _NO_CONTEXT, varbinds, self._answered)
        outgoing = self._engine.take_outgoing()
        if not outgoing:
            raise DeliveryError("the SNMP engine sends nothing: is the user's name of 1 to 32 octets?")
        return outgoing

    def _attempt(self, sock: socket.socket, varbinds: Any) -> None:
        for octets in self._first(varbinds):
            sock.send(octets)
        if self._recipient.inform:
            self._wait(sock)

    def close(self) -> None:
        self._engine.close()

    def _answered(self, snmp: Any, handle: Any, error: Any, status: Any, index: Any, varbinds: Any, extra: Any) -> None:
        self._outcome.append(error or (int(status) and f"error status {int(status)}"))

    def _wait(self, sock: socket.socket) -> None:
        """Until the inform is acknowledged or given up; the engine asks again and discovers as it needs to."""
        recipient = self._recipient
        # Discovery and the recipient's clock cost a question each, and each has its attempts.
        deadline = time.monotonic() + 3 * recipient.timeout_seconds * (recipient.retries + 1) + 1
        peer = self._peer
        while not self._outcome and time.monotonic() < deadline:
            answer = receive(sock, time.monotonic() + _TICK_SECONDS)
            if answer is not None:
                peer = _peer_of(answer) or peer
                if self._peer is not None and peer != self._peer:
                    raise _OtherPeerError
                self._engine.receive(answer)
            self._engine.tick(time.monotonic())
            for octets in self._engine.take_outgoing():
                try:
                    sock.send(octets)
                except ConnectionRefusedError:
                    continue  # Nobody there now.
        outcome = self._outcome[0] if self._outcome else "timeout"
        if not outcome:
            self._peer = peer
            return
        if "timeout" in str(outcome).lower() or "before timeout" in str(outcome):
            raise no_acknowledgement(recipient)
        raise DeliveryError(f"the recipient refuses: {outcome}")


def _peer_of(answer: bytes) -> tuple[bytes, int] | None:
    """Engine ID and boots of who answers, by its own word."""
    try:
        header = v3header.read(answer)
    except MessageError:
        return None
    return header.engine_id, header.boots
