"""Replies to DHCPv4 clients: which options, in which order, and where the reply goes (RFC 2131 section 4.1, table 3).

The options that depend only on the scope and on the client's parameter request list are packed once and cached. What
differs from client to client (message type, times, echoes) is added to them.
"""

import struct

from dhcpserver.limits import DHCP_CLIENT_PORT, DHCP_SERVER_PORT
from dhcpserver.service.plan import PoolPlan
from dhcpserver.service.query import Destination, Query, Reply
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import BOOTREPLY, BROADCAST_FLAG, Packet, encode_reply, encode_with
from dhcpserver.wire.options4 import MessageType

_REMEMBERED_LISTS = 256
_HEADER_LENGTH = 241
_MINIMUM_ACCEPTED = 548
"""Every client accepts a message of 576 octets, IP and UDP headers included (RFC 2131 section 2)."""

_VENDOR_AREA = 64 - len(b"\x63\x82\x53\x63") - len(b"\xff")
"""Octets for options in a BOOTP message (RFC 951)."""
_LARGEST = 1200
"""Octets for options in an answer to a relay, which accepts longer messages than a client."""

_TIMES = struct.Struct("!BBIBBIBBI")
_TYPE_AND_SERVER = struct.Struct("!BBBBBI")

_OWN = frozenset(
    {
        options4.PAD,
        options4.REQUESTED_ADDRESS,
        options4.LEASE_TIME,
        options4.OVERLOAD,
        options4.MESSAGE_TYPE,
        options4.SERVER_IDENTIFIER,
        options4.PARAMETER_REQUEST_LIST,
        options4.MAXIMUM_MESSAGE_SIZE,
        options4.RENEWAL_TIME,
        options4.REBINDING_TIME,
        options4.CLIENT_IDENTIFIER,
        options4.RELAY_AGENT_INFORMATION,
        options4.END,
    }
)
"""Options that a client's request does not add: the server sets them itself, or does not send them (table 3)."""


def offer(query: Query, plan: PoolPlan, address: int, seconds: int) -> Reply:
    """Return a DHCPOFFER; ciaddr is 0."""
    return _grant(query, plan, MessageType.OFFER, 0, address, seconds)


def ack(query: Query, plan: PoolPlan, address: int, seconds: int) -> Reply:
    """Return a DHCPACK to a REQUEST; ciaddr is the request's."""
    return _grant(query, plan, MessageType.ACK, query.packet.ciaddr, address, seconds)


def _grant(query: Query, plan: PoolPlan, kind: MessageType, ciaddr: int, address: int, seconds: int) -> Reply:
    packed = (
        _TYPE_AND_SERVER.pack(53, 1, kind, 54, 4, query.server_id)
        + _TIMES.pack(51, 4, seconds, 58, 4, seconds >> 1, 59, 4, seconds * 7 >> 3)
        + tail(plan, query.packet.options.get(options4.PARAMETER_REQUEST_LIST))
        + query.echo
    )
    if len(packed) > _MINIMUM_ACCEPTED - _HEADER_LENGTH:
        packed = _fit(query, packed)
    packet = query.packet
    octets = encode_reply(packet, ciaddr, address, plan.siaddr, packet.flags, packed, plan.boot)
    return _send(query, octets, address)


def inform(query: Query, plan: PoolPlan) -> Reply:
    """Return a DHCPACK to an INFORM: options only, no address and no times (RFC 2131 section 4.3.5)."""
    packet = query.packet
    packed = (
        _TYPE_AND_SERVER.pack(53, 1, MessageType.ACK, 54, 4, query.server_id)
        + tail(plan, packet.options.get(options4.PARAMETER_REQUEST_LIST))
        + query.echo
    )
    octets = encode_reply(packet, packet.ciaddr, 0, plan.siaddr, packet.flags, _fit(query, packed), plan.boot)
    if packet.ciaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.ciaddr, DHCP_CLIENT_PORT, octets, b"")
    return _send(query, octets, packet.ciaddr)


def nak(query: Query, message: str) -> Reply:
    """Return a DHCPNAK: options 53, 54, 56 and the echoes only; broadcast, through the relay if there is one."""
    packet = query.packet
    packed = (
        _TYPE_AND_SERVER.pack(53, 1, MessageType.NAK, 54, 4, query.server_id)
        + options4.pack([(options4.MESSAGE, message.encode())])
        + query.echo
    )
    flags = packet.flags | BROADCAST_FLAG if packet.giaddr else packet.flags
    octets = encode_reply(packet, 0, 0, 0, flags, packed)
    if packet.giaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.giaddr, DHCP_SERVER_PORT, octets, b"")
    return Reply(query.listener, Destination.BROADCAST, 0xFFFFFFFF, DHCP_CLIENT_PORT, octets, b"")


def bootp(query: Query, plan: PoolPlan, address: int) -> Reply:
    """Return a BOOTREPLY: no DHCP options, and the vendor area with the options of the policy (RFC 1534 section 2)."""
    packet = query.packet
    given = [(code, plan.options[code]) for code in plan.bootp_options if code in plan.options and code not in _OWN]
    packed = options4.pack(given)
    octets = encode_reply(
        packet, packet.ciaddr, address, plan.siaddr, packet.flags, _fit_whole_options(packed, _VENDOR_AREA), plan.boot
    )
    return _send(query, octets, address)


def lease_query_answer(query: Query, kind: MessageType, address: int, hardware: bytes, packed: bytes) -> Reply:
    """Return an answer to DHCPLEASEQUERY, sent to giaddr: ciaddr and chaddr name the lease (RFC 4388 section 6.4)."""
    request = query.packet
    whole = _TYPE_AND_SERVER.pack(53, 1, kind, 54, 4, query.server_id) + packed
    about = Packet(
        BOOTREPLY, hardware[0] if hardware else 0, max(len(hardware) - 1, 0), 0, request.xid, 0, request.flags,
        address, 0, 0, request.giaddr, hardware[1:], {},
    )  # fmt: skip
    octets = encode_with(about, _fit_whole_options(whole, _LARGEST))
    return Reply(query.listener, Destination.ADDRESS, request.giaddr, DHCP_SERVER_PORT, octets, b"")


def tail(plan: PoolPlan, requested: bytes | None) -> bytes:
    """Return the packed options of scope and policy: the mandatory ones, then the requested ones in that order."""
    try:
        return plan.tails[requested]
    except KeyError:
        pass
    codes = dict.fromkeys((*plan.always, *(requested or ())))
    given = [(code, plan.options[code]) for code in codes if code not in _OWN and code in plan.options]
    packed = options4.pack(given)
    if len(plan.tails) >= _REMEMBERED_LISTS:
        plan.tails.clear()
    plan.tails[requested] = packed
    return packed


def _fit(query: Query, packed: bytes) -> bytes:
    """Leave out the last options until the message fits the client's maximum size (option 57); the echoes stay."""
    size = query.packet.options.get(options4.MAXIMUM_MESSAGE_SIZE, b"")
    most = max(int.from_bytes(size, "big") - 28 if len(size) == 2 else 0, _MINIMUM_ACCEPTED) - _HEADER_LENGTH
    if len(packed) <= most:
        return packed
    body = packed[: len(packed) - len(query.echo)]
    if len(body) + len(query.echo) > most and len(query.echo) > most // 2:
        return body[:most] if len(body) <= most else _fit_whole_options(body, most)
    return _fit_whole_options(body, most - len(query.echo)) + query.echo


def _fit_whole_options(packed: bytes, most: int) -> bytes:
    """Return as many whole options from the start as fit into `most` octets."""
    position = 0
    while position < len(packed) and position + 2 + packed[position + 1] <= most:
        position += 2 + packed[position + 1]
    return packed[:position]


def _send(query: Query, octets: bytes, address: int) -> Reply:
    """Return the reply with the destination of an OFFER or ACK (RFC 2131 section 4.1)."""
    packet = query.packet
    if packet.giaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.giaddr, DHCP_SERVER_PORT, octets, b"")
    if packet.ciaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.ciaddr, DHCP_CLIENT_PORT, octets, b"")
    if packet.flags & BROADCAST_FLAG or not query.direct:
        return Reply(query.listener, Destination.BROADCAST, 0xFFFFFFFF, DHCP_CLIENT_PORT, octets, b"")
    return Reply(query.listener, Destination.LINK, address, DHCP_CLIENT_PORT, octets, packet.chaddr)
