"""Notifications to one recipient by SNMPv3, through a pysnmp engine for this recipient only.

pysnmp's convenience functions share one engine between recipients; they send twice or fail when credentials change. So
each recipient has its own engine with one target. For a trap the local engine is the authoritative one, with the
server's engine ID and boots. For an inform the recipient is, and the engine discovers its engine ID and clock with the
first inform. A restarted recipient has other boots, which the engine would not accept; then a new engine is created.
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
"""The subtree `iso`, which the user may send. pysnmp silently drops a notification with a varbind outside of it."""
_NO_CONTEXT = b""
"""Octets, because pysnmp treats an empty str as another context and sends nothing."""
_TICK_SECONDS = 0.1
_V3 = 3
_originator: Any = ntforg.NotificationOriginator


class _OtherPeerError(Exception):
    """The answer is from another engine than the discovered one, or that engine was restarted."""


class UsmCarrier:
    """Sends by SNMPv3, as traps or informs."""

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
        self._deliver(encoding.varbinds(spec, uptime_centiseconds))

    def relay(self, bindings: bytes) -> None:
        self._deliver(encoding.relayed(bindings))

    def pass_on(self, octets: bytes) -> None:
        with connect(self._recipient, self._sources) as sock:
            sock.send(octets)

    def _deliver(self, varbinds: Any) -> None:
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
            raise DeliveryError(f"the SNMP engine refused the notification: {error}") from error

    def octets(self, spec: TrapSpec, uptime_centiseconds: int) -> list[bytes]:
        """Return the first datagrams for a notification, without sending them."""
        return self._first(encoding.varbinds(spec, uptime_centiseconds))

    def _first(self, varbinds: Any) -> list[bytes]:
        self._outcome.clear()
        self._originator.send_varbinds(self._engine.snmp, _TARGET, None, _NO_CONTEXT, varbinds, self._record_outcome)
        outgoing = self._engine.take_outgoing()
        if not outgoing:
            raise DeliveryError("the SNMP engine sends nothing: check that the user's name has 1 to 32 octets")
        return outgoing

    def _attempt(self, sock: socket.socket, varbinds: Any) -> None:
        for octets in self._first(varbinds):
            sock.send(octets)
        if self._recipient.inform:
            self._wait(sock)

    def close(self) -> None:
        self._engine.close()

    def _record_outcome(
        self, snmp: Any, handle: Any, error: Any, status: Any, index: Any, varbinds: Any, extra: Any
    ) -> None:
        self._outcome.append(error or (int(status) and f"error status {int(status)}"))

    def _wait(self, sock: socket.socket) -> None:
        """Wait until the inform is acknowledged or has failed. The engine discovers the recipient and retries."""
        recipient = self._recipient
        # Discovery and the recipient's clock take one request each, with retries of their own.
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
                    continue  # No process listens there at present.
        outcome = self._outcome[0] if self._outcome else "timeout"
        if not outcome:
            self._peer = peer
            return
        if "timeout" in str(outcome).lower() or "before timeout" in str(outcome):
            raise no_acknowledgement(recipient)
        raise DeliveryError(f"the recipient refused the inform: {outcome}")


def _peer_of(answer: bytes) -> tuple[bytes, int] | None:
    """Return engine ID and boots from an answer; None if it is not an SNMPv3 message."""
    try:
        header = v3header.read(answer)
    except MessageError:
        return None
    return header.engine_id, header.boots
