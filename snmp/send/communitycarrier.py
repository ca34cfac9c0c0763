"""Notifications to one recipient by SNMPv1 or SNMPv2c, as traps or informs."""

import socket
import time
from collections.abc import Sequence
from ipaddress import IPv4Address

from snmp.codec import ber, encoding, relay
from snmp.codec.message import INTEGER, OCTET_STRING, RESPONSE, SEQUENCE
from snmp.errors import MessageError
from snmp.mib.specs import TrapSpec
from snmp.send.datagrams import connect, no_acknowledgement, receive
from snmp.send.recipient import Recipient

_MAXIMUM_OTHER_DATAGRAMS = 64
"""Datagrams that do not acknowledge the inform; after so many the attempt has failed."""


class CommunityCarrier:
    """Sends by SNMPv1 or SNMPv2c. An inform is sent again until it is acknowledged or its retries are used up."""

    def __init__(self, recipient: Recipient, sources: Sequence[str]) -> None:
        self._recipient = recipient
        self._sources = tuple(sources)
        self._request_id = int(time.time()) & 0x3FFFFFFF

    def deliver(self, spec: TrapSpec, uptime_centiseconds: int) -> None:
        recipient = self._recipient
        with connect(recipient, self._sources) as sock:
            if recipient.version == "v1":
                local = sock.getsockname()[0]
                # agent-addr has room for an IPv4 address only (RFC 1157 section 4.1.6).
                agent = IPv4Address(0) if ":" in local else IPv4Address(local)
                sock.send(encoding.v1(spec, recipient.community, uptime_centiseconds, agent))
            elif not recipient.inform:
                sock.send(encoding.v2c(spec, recipient.community, uptime_centiseconds))
            else:
                self._inform(sock, spec, uptime_centiseconds)

    def relay(self, bindings: bytes) -> None:
        self._request_id = self._request_id % 0x7FFFFFFF + 1
        self.pass_on(relay.v2c_trap(bindings, self._recipient.community, self._request_id))

    def pass_on(self, octets: bytes) -> None:
        with connect(self._recipient, self._sources) as sock:
            sock.send(octets)

    def close(self) -> None:
        """Do nothing: a socket is open during `deliver` only."""

    def _inform(self, sock: socket.socket, spec: TrapSpec, uptime_centiseconds: int) -> None:
        recipient = self._recipient
        self._request_id = self._request_id % 0x7FFFFFFF + 1
        octets = encoding.v2c_inform(spec, recipient.community, uptime_centiseconds, self._request_id)
        for _ in range(recipient.retries + 1):
            if _send(sock, octets) and self._wait_for_acknowledgement(sock):
                return
        raise no_acknowledgement(recipient)

    def _wait_for_acknowledgement(self, sock: socket.socket) -> bool:
        deadline = time.monotonic() + self._recipient.timeout_seconds
        for _ in range(_MAXIMUM_OTHER_DATAGRAMS):
            answer = receive(sock, deadline)
            if answer is None:
                return False
            if response_to(answer) == self._request_id:
                return True
        return False


def _send(sock: socket.socket, octets: bytes) -> bool:
    """Send a datagram; False when an ICMP error for an earlier one is pending. A later attempt may succeed."""
    try:
        sock.send(octets)
    except ConnectionRefusedError:
        return False
    return True


def response_to(octets: bytes) -> int | None:
    """Return the request ID that an SNMPv2c response answers; None when the octets are not a response."""
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
