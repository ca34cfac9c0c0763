"""The exchange of each state of a DHCPv6 client: which message it sends, how often, and to whom (RFC 8415)."""

from collections.abc import Mapping
from dataclasses import dataclass

from dhcpserver.client import retransmission6
from dhcpserver.client.effects6 import State6
from dhcpserver.client.retransmission6 import Retransmission
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6options import MessageType6

PERMITTED_LIMITS = range(60, 86_401)
"""Of SOL_MAX_RT and INF_MAX_RT; other values are not used (sections 21.24 and 21.25)."""

EXCHANGES: Mapping[State6, Retransmission] = {
    State6.SOLICITING: retransmission6.SOLICIT,
    State6.REQUESTING: retransmission6.REQUEST,
    State6.CONFIRMING: retransmission6.CONFIRM,
    State6.RENEWING: retransmission6.RENEW,
    State6.REBINDING: retransmission6.REBIND,
    State6.RELEASING: retransmission6.RELEASE,
    State6.DECLINING: retransmission6.DECLINE,
    State6.INFORMING: retransmission6.INFORMATION_REQUEST,
}
TYPES: Mapping[State6, MessageType6] = {
    State6.SOLICITING: MessageType6.SOLICIT,
    State6.REQUESTING: MessageType6.REQUEST,
    State6.CONFIRMING: MessageType6.REBIND,
    State6.RENEWING: MessageType6.RENEW,
    State6.REBINDING: MessageType6.REBIND,
    State6.RELEASING: MessageType6.RELEASE,
    State6.DECLINING: MessageType6.DECLINE,
    State6.INFORMING: MessageType6.INFORMATION_REQUEST,
}
"""In CONFIRMING it is CONFIRM if the client has addresses only (section 18.2.12)."""
TO_ONE_SERVER = frozenset((State6.REQUESTING, State6.RENEWING, State6.RELEASING, State6.DECLINING))
"""The states whose messages have a server identifier."""


@dataclass(frozen=True, slots=True)
class Timing6:
    """How a client starts."""

    start_seconds: tuple[float, float] = (0.0, 1.0)
    """Random wait before the first message, so that not all clients start at once (SOL_MAX_DELAY)."""
    collect: bool = True
    """Whether to wait for the ADVERTISE messages of all servers during the first second (section 18.2.1)."""


class Limits:
    """The longest waits between transmissions that servers set, for later exchanges."""

    __slots__ = ("_seconds",)

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}

    def take(self, message: Message) -> None:
        """Take SOL_MAX_RT and INF_MAX_RT of a message."""
        for code in (o6.SOL_MAX_RT, o6.INF_MAX_RT):
            value = message.get(code)
            if value is not None and len(value) == 4 and int.from_bytes(value, "big") in PERMITTED_LIMITS:
                self._seconds[code] = float(int.from_bytes(value, "big"))

    def of(self, state: State6) -> float | None:
        """Return the limit of a state's exchange, None for that of the RFC."""
        code = {State6.SOLICITING: o6.SOL_MAX_RT, State6.INFORMING: o6.INF_MAX_RT}.get(state)
        return None if code is None else self._seconds.get(code)
