"""A requester of bulk lease queries: what an access device does that rebuilds its tables (RFC 5460, RFC 6926).

It connects by TCP, sends one query and collects the answer. Blocking sockets: its users are tests and scripts.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from dhcpserver.wire import dhcp4, dhcp4bulk, dhcp6, dhcp6values, options4
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.bulkframes import LARGEST_MESSAGE, Frames, pack_message
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6options import MessageType6, Option, pack_option
from dhcpserver.wire.options4 import MessageType

M = TypeVar("M", Packet, Message)

_TIMEOUT_SECONDS = 20.0


@dataclass(slots=True)
class Answer4:
    """The answer to a query of DHCPv4: its messages, and the status and text of the last one."""

    leases: list[Packet] = field(default_factory=list)
    status: int = 0
    text: str = ""


@dataclass(slots=True)
class Answer6:
    """The answer to a query of DHCPv6: its messages that have data, and the status and text of the whole."""

    messages: list[Message] = field(default_factory=list)
    status: int = 0
    text: str = ""

    @property
    def clients(self) -> list[bytes]:
        """The data of each option CLIENT_DATA."""
        return [data for message in self.messages for data in message.all(o6.CLIENT_DATA)]


def query4(
    server: tuple[str, int],
    options: Iterable[Option] = (),
    *,
    address: int = 0,
    hardware: bytes = b"",
    source: str | None = None,
) -> Answer4:
    """Send DHCPBULKLEASEQUERY; `hardware` has the hardware type first. Raises OSError, and WireError."""
    kind = hardware[0] if hardware else 0
    packet = Packet(1, kind, max(len(hardware) - 1, 0), 0, 1, 0, 0, address, 0, 0, 0, hardware[1:], {})
    octets = dhcp4.encode(packet, [(options4.MESSAGE_TYPE, bytes((MessageType.BULKLEASEQUERY,))), *options])
    answer = Answer4()
    for message in _exchange(server, octets, dhcp4.parse, source):
        if message.message_type == MessageType.LEASEQUERYDONE:
            answer.status, answer.text = dhcp4bulk.read_status4(message.options.get(dhcp4bulk.STATUS_CODE))
            return answer
        answer.leases.append(message)
    raise ConnectionError("the server closed the connection before the end of its answer")


def query6(
    server: tuple[str, int],
    duid: bytes,
    kind: int,
    options: Iterable[Option] = (),
    *,
    link_address: int = 0,
    source: str | None = None,
) -> Answer6:
    """Send LEASEQUERY; `kind` is one of dhcp6values.QUERY_BY_... Raises OSError, and WireError."""
    query = dhcp6values.pack_lease_query(dhcp6values.LeaseQuery(kind, link_address, tuple(options)))
    octets = dhcp6.encode(MessageType6.LEASEQUERY, 1, pack_option(o6.CLIENT_ID, duid) + query)
    answer = Answer6()
    for message in _exchange(server, octets, dhcp6.parse, source):
        status = message.status
        if status is not None:
            answer.status, answer.text = status.code, status.message
        if message.get(o6.CLIENT_DATA) is not None:
            answer.messages.append(message)
        elif message.type in (MessageType6.LEASEQUERY_DONE, MessageType6.LEASEQUERY_REPLY):
            return answer
    raise ConnectionError("the server closed the connection before the end of its answer")


def _exchange(server: tuple[str, int], octets: bytes, parse: Callable[[bytes], M], source: str | None) -> Iterator[M]:
    """Send one message; yield those that come back."""
    own = None if source is None else (source, 0)
    with socket.create_connection(server, _TIMEOUT_SECONDS, own) as connection:
        connection.sendall(pack_message(octets))
        frames = Frames(dhcp6.HEADER_LENGTH, LARGEST_MESSAGE)
        while data := connection.recv(65_536):
            frames.add(data)
            while (message := frames.take()) is not None:
                yield parse(message)
