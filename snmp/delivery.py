"""How a notification reaches one recipient: as datagrams of SNMPv1, SNMPv2c or SNMPv3, acknowledged or not.

A carrier belongs to the thread that uses it. It finds the recipient's address anew for each notification, since names
move; an inform waits for its acknowledgement, and is sent again when there is none.
"""

import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal, Protocol

from snmp import ber, encoding
from snmp.access import User
from snmp.enginestate import EngineState
from snmp.errors import DeliveryError, MessageError
from snmp.message import INTEGER, OCTET_STRING, RESPONSE, SEQUENCE
from snmp.specs import TrapSpec

MAXIMUM_DATAGRAM = 65_535
_PATIENCE_WITH_NOISE = 64
"""Datagrams that are no acknowledgement, until the wait for it counts as over."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, and how."""

    name: str
    host: str
    port: int = 162
    community: str = field(default="public", repr=False)
    version: Literal["v1", "v2c", "v3"] = "v2c"
    user: User | None = None
    """With SNMPv3."""
    inform: bool = False
    """Ask for an acknowledgement; SNMPv1 has none."""
    timeout_seconds: float = 5.0
    retries: int = 3


class Carrier(Protocol):
    """Sends to one recipient."""

    def deliver(self, spec: TrapSpec, uptime_centiseconds: int) -> None:
        """Raises OSError or DeliveryError when it does not get there, as far as can be known."""

    def close(self) -> None:
        """Let go of what it holds."""


def carrier(recipient: Recipient, sources: Sequence[str], state: Callable[[], EngineState]) -> Carrier:
    """What sends to that recipient, from the first of `sources` that is of its family.

    `state` is asked for our engine's identity, by SNMPv3 alone. Raises EngineStateError.
    """
    if recipient.version != "v3":
        return CommunityCarrier(recipient, sources)
    from snmp.usmdelivery import UsmCarrier  # A third of a second, for those who use it.

    return UsmCarrier(recipient, sources, state())


def connected(recipient: Recipient, sources: Sequence[str]) -> socket.socket:
    """A socket that speaks with the recipient alone. Raises OSError."""
    found = socket.getaddrinfo(recipient.host, recipient.port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        source = next((text for text in sources if (":" in text) == (family == socket.AF_INET6)), None)
        if source is not None:
            sock.bind((source, 0))
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


class CommunityCarrier:
    """SNMPv1 and SNMPv2c."""

    def __init__(self, recipient: Recipient, sources: Sequence[str]) -> None:
        self._recipient = recipient
        self._sources = tuple(sources)
        self._request_id = int(time.time()) & 0x3FFFFFFF

    def deliver(self, spec: TrapSpec, uptime_centiseconds: int) -> None:
        recipient = self._recipient
        with connected(recipient, self._sources) as sock:
            if recipient.version == "v1":
                local = sock.getsockname()[0]
                agent = IPv4Address(0) if ":" in local else IPv4Address(local)  # It holds nothing else.
                sock.send(encoding.v1(spec, recipient.community, uptime_centiseconds, agent))
            elif not recipient.inform:
                sock.send(encoding.v2c(spec, recipient.community, uptime_centiseconds))
            else:
                self._inform(sock, spec, uptime_centiseconds)

    def close(self) -> None:
        """Nothing is held."""

    def _inform(self, sock: socket.socket, spec: TrapSpec, uptime_centiseconds: int) -> None:
        recipient = self._recipient
        self._request_id = self._request_id % 0x7FFFFFFF + 1
        octets = encoding.v2c_inform(spec, recipient.community, uptime_centiseconds, self._request_id)
        for _ in range(recipient.retries + 1):
            refused = _send(sock, octets)
            if not refused and self._acknowledged(sock):
                return
        raise no_answer(recipient)

    def _acknowledged(self, sock: socket.socket) -> bool:
        deadline = time.monotonic() + self._recipient.timeout_seconds
        for _ in range(_PATIENCE_WITH_NOISE):
            answer = receive(sock, deadline)
            if answer is None:
                return False
            if response_to(answer) == self._request_id:
                return True
        return False


def _send(sock: socket.socket, octets: bytes) -> bool:
    """Whether somebody says that nobody is there. The next datagram may find a daemon that was just started."""
    try:
        sock.send(octets)
    except ConnectionRefusedError:
        return True
    return False


def receive(sock: socket.socket, deadline: float) -> bytes | None:
    """The next datagram, None when there is none until `deadline`, in monotonic seconds."""
    while (left := deadline - time.monotonic()) > 0:
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        if not poller.poll(left * 1000):
            return None
        try:
            return sock.recv(MAXIMUM_DATAGRAM)
        except ConnectionRefusedError:
            time.sleep(max(0.0, deadline - time.monotonic()))  # Nobody there: what is asked again is asked later.
            return None
    return None


def no_answer(recipient: Recipient) -> DeliveryError:
    """What to say of a recipient that acknowledges nothing."""
    waited = recipient.timeout_seconds * (recipient.retries + 1)
    return DeliveryError(f"no acknowledgement within {waited:g} s, after {recipient.retries + 1} attempts")


def response_to(octets: bytes) -> int | None:
    """The request that an SNMPv2c response answers, None when the octets are none."""
    try:
        position, end = ber.enter(octets, 0, len(octets), SEQUENCE, "message")
        _, position = ber.integer(octets, position, end, "version")
        _, position = ber.enter(octets, position, end, OCTET_STRING, "community")
        position, end = ber.enter(octets, position, end, RESPONSE, "PDU")
        if position >= end or octets[position] != INTEGER:
            return None
        request_id, _ = ber.integer(octets, position, end, "request-id")
    except MessageError:
        return None
    return request_id
