"""Receiving SNMPv3: the rules around pysnmp's User-based Security Model.

pysnmp verifies, decrypts, and answers informs and engine discovery. This module adds what it lacks. pysnmp delivers a
trap with a lower security level than its user has keys for. It accepts any boots and time of a sender, so that a
replayed trap counts as new. It does not report why it refuses a message. And it needs every user once for each sender's
engine ID, which is not known in advance. So the header is read first; a message with a wrong digest costs one digest
computation only; an authentic sender is added; and a sender's clock may only go forward (RFC 3414 section 3.2, step
7b).

For informs the receiver is the authoritative engine, and pysnmp decides everything. For traps the sender is.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pysnmp.entity.rfc3413 import ntfrcv

from snmp.codec import fallback, v3header
from snmp.codec.message import INFORM, TRAP_V2, V3, Message
from snmp.codec.v3header import V3Header
from snmp.errors import MessageError
from snmp.receive.mending import is_authentic, mended
from snmp.receive.reasons import Reason
from snmp.receive.usmresult import UsmResult
from snmp.security import access, engine
from snmp.security.access import Networks, SecurityLevel, User
from snmp.security.engine import Engine, MasterKeys
from snmp.security.enginestate import EngineState

MAXIMUM_SENDERS = 1_024
"""Most senders' engines at a time. A further one replaces the least recently used, which can be added again."""
TIME_WINDOW_SECONDS = 150
"""RFC 3414 section 2.2.3."""
MESSAGES_PER_TICK = 10
"""pysnmp stores data of each message for 3,000 ticks, which is much in a storm. The functions of pysnmp that are used
here do not depend on time, so its clock ticks by messages."""

_REASONS = {
    "usmStatsUnsupportedSecLevels": Reason.LEVEL,
    "usmStatsNotInTimeWindows": Reason.TIME,
    "usmStatsUnknownUserNames": Reason.USER,
    "usmStatsUnknownEngineIDs": Reason.ENGINE,
    "usmStatsWrongDigests": Reason.DIGEST,
    "usmStatsDecryptionErrors": Reason.DECRYPTION,
}


class _ConfiguredUser:
    """A user with its keys, networks and engine IDs."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.keys = MasterKeys(user)
        self.networks = Networks(user.networks)
        self.engine_ids = frozenset(access.engine_id(text) for text in user.engine_ids)


class UsmIntake:
    """Decides about SNMPv3 messages, one at a time."""

    def __init__(self, users: Iterable[User], state: EngineState) -> None:
        self._own_id = state.engine_id
        self._engine = Engine(state)
        self._users = {user.name.encode(): _ConfiguredUser(user) for user in users}
        for known in self._users.values():
            self._engine.add_user(known.keys, None)
        ntfrcv.NotificationReceiver(self._engine.snmp, self._accept)
        self._accepted: list[Message] = []
        self._senders: OrderedDict[tuple[bytes, bytes], None] = OrderedDict()
        self._clocks: OrderedDict[bytes, tuple[int, int, float]] = OrderedDict()
        self._messages = 0

    def handle(self, data: bytes, host: str, arrived: float) -> UsmResult:
        """Decide about a message from `host` that arrived at `arrived`, monotonic seconds. No octets raise."""
        try:
            exact = v3header.without_nul(data)
            header = v3header.read(exact)
        except MessageError:
            return UsmResult(None, Reason.MESSAGE)
        result = self._decide(exact, header, host, arrived)
        return replace(result, mended=True) if len(exact) < len(data) and result.message is not None else result

    def _decide(self, data: bytes, header: V3Header, host: str, arrived: float) -> UsmResult:
        self._messages += 1
        if self._messages % MESSAGES_PER_TICK == 0:
            self._engine.tick(float(self._messages))
        if header.reportable and not (header.user and header.engine_id):
            return self._process(data, header)
        known = self._users.get(header.user)
        if known is None:
            return self._process(data, header) if header.engine_id == self._own_id else UsmResult(None, Reason.USER)
        if host not in known.networks:
            return UsmResult(None, Reason.NETWORK)
        if header.engine_id == self._own_id:
            return self._process_mended(data, header, known)
        reason = self._check_sender(known, header, data)
        if reason is not None:
            return UsmResult(None, reason)
        result = self._process_mended(data, header, known)
        dated = result.message is not None and header.level > SecurityLevel.NO_AUTH_NO_PRIV
        if dated and not self._is_timely(header, arrived):
            return UsmResult(None, Reason.TIME)
        return result

    def close(self) -> None:
        self._engine.close()

    def _check_sender(self, known: _ConfiguredUser, header: V3Header, data: bytes) -> Reason | None:
        """Return why a trap is rejected before the engine processes it, or None. An authentic sender is added."""
        if known.engine_ids and header.engine_id not in known.engine_ids:
            return Reason.ENGINE
        if not access.MINIMUM_ENGINE_ID_OCTETS <= len(header.engine_id) <= access.MAXIMUM_ENGINE_ID_OCTETS:
            return Reason.ENGINE
        if header.level != known.user.level:
            return Reason.LEVEL
        sender = (header.user, header.engine_id)
        if sender in self._senders:
            self._senders.move_to_end(sender)
            return None
        if known.user.auth is not None and not is_authentic(known.keys, header, data):
            return Reason.DIGEST
        self._engine.add_user(known.keys, header.engine_id)
        self._senders[sender] = None
        if len(self._senders) > MAXIMUM_SENDERS:
            (user, engine_id), _ = self._senders.popitem(last=False)
            self._engine.delete_user(user.decode("utf-8", "replace"), engine_id)
        return None

    def _process_mended(self, data: bytes, header: V3Header, known: _ConfiguredUser) -> UsmResult:
        """Process the message; if the engine cannot decode it, with its values encoded correctly."""
        result = self._process(data, header)
        if result.message is not None or result.reason not in (Reason.MESSAGE, Reason.DECRYPTION):
            return result
        again = mended(data, header, known.keys)
        if again is None:
            return result
        second = self._process(again, header)
        return result if second.message is None else replace(second, mended=True)

    def _process(self, data: bytes, header: V3Header) -> UsmResult:
        """Let the engine process the message, and find its decision from its counters."""
        before = engine.counters(self._engine, "__SNMP-USER-BASED-SM-MIB", _REASONS)
        self._accepted.clear()
        try:
            self._engine.receive(data)
        except Exception:
            # pysnmp raises exceptions of many types for malformed octets; none of them may end the receiver.
            self._engine.take_outgoing()
            return UsmResult(None, Reason.MESSAGE)
        answers = tuple(self._engine.take_outgoing())
        if self._accepted:
            message = self._accepted[0]
            # pysnmp checks step 5 of RFC 3414 section 3.2 for informs only.
            known = self._users.get(message.community)
            if known is None or message.level < known.user.level:
                return UsmResult(None, Reason.LEVEL)
            return UsmResult(replace(message, engine_id=header.engine_id), None, answers)
        after = engine.counters(self._engine, "__SNMP-USER-BASED-SM-MIB", _REASONS)
        reason = next((_REASONS[name] for name in _REASONS if after[name] > before[name]), Reason.MESSAGE)
        if answers and (
            not header.user or not header.engine_id or (reason is Reason.TIME and not header.boots and not header.time)
        ):
            reason = Reason.DISCOVERY
        return UsmResult(None, reason, answers)

    def _accept(
        self, snmp: Any, reference: Any, context_engine_id: Any, context: Any, varbinds: Any, extra: Any
    ) -> None:
        """Called by pysnmp during `Engine.receive` with a notification that it accepts."""
        request = snmp.observer.get_execution_context("rfc3412.receiveMessage:request")
        pdu = request["pdu"]
        if int(request["messageProcessingModel"]) != V3:
            return
        tag = fallback.tag(pdu)
        if tag not in (TRAP_V2, INFORM):
            return
        self._accepted.append(
            Message(
                V3,
                bytes(request["securityName"]),
                tag,
                int(pdu.getComponentByPosition(0)),
                None,
                tuple(fallback.varbind(oid, value) for oid, value in varbinds),
                int(request["securityLevel"]),
            )
        )

    def _is_timely(self, header: V3Header, arrived: float) -> bool:
        """Whether a sender's clock did not go back; record it (RFC 3414 section 3.2, step 7b)."""
        known = self._clocks.get(header.engine_id)
        if known is not None:
            boots, latest, at = known
            if header.boots < boots or header.boots >= 0x7FFFFFFF:
                return False
            if header.boots == boots and header.time < latest + (arrived - at) - TIME_WINDOW_SECONDS:
                return False
            if header.boots == boots and header.time <= latest:
                return True
        self._clocks[header.engine_id] = (header.boots, header.time, arrived)
        self._clocks.move_to_end(header.engine_id)
        if len(self._clocks) > MAXIMUM_SENDERS:
            self._clocks.popitem(last=False)
        return True
