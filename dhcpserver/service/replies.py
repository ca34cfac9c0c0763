"""Replies to DHCPv4 clients: which options, in which order, and where the reply goes (RFC 2131 section 4.1, table 3).

The options that depend only on the scope and on the client's parameter request list are packed once and cached. What
differs from client to client (message type, times, echoes) is added to them.

A reply is at most as long as the client accepts (option 57) and as the link carries. Option 82 does not count for the
client, because the relay removes it. It is always echoed (RFC 3046), and so is option 61 (RFC 6842).
"""

import struct

from dhcpserver.limits import DHCP_CLIENT_PORT
from dhcpserver.service.fitting import OVERLOAD_LENGTH, Fitted, fit
from dhcpserver.service.optionset import OptionSet, Part
from dhcpserver.service.plan import PoolPlan
from dhcpserver.service.query import Destination, Query, Reply
from dhcpserver.service.renewal import SHORTEST_SECONDS, renewal_times
from dhcpserver.wire import options4
from dhcpserver.wire.clientnames import NO_RECORDS, Records, answer_fqdn
from dhcpserver.wire.dhcp4 import BOOTREPLY, BROADCAST_FLAG, Packet, encode_reply, encode_with
from dhcpserver.wire.options4 import MessageType

_HEADER_LENGTH = 241
"""Octets of a message beside its options: the fixed fields, the magic cookie and END."""
_IP_AND_UDP = 28
_MINIMUM_ACCEPTED = 576
"""Every client accepts a message of this length, IP and UDP headers included (RFC 2131 section 2)."""
_SHORT = _MINIMUM_ACCEPTED - _IP_AND_UDP - _HEADER_LENGTH
"""Octets of options that fit for every client."""

_VENDOR_AREA = 64 - len(b"\x63\x82\x53\x63") - len(b"\xff")
"""Octets for options in a BOOTP message (RFC 951)."""
_LARGEST = 1200
"""Octets for options in an answer to a relay, which accepts longer messages than a client."""

_LEASE_TIME = struct.Struct("!BBI")
_TIMES = struct.Struct("!BBIBBIBBI")
_TYPE_AND_SERVER = struct.Struct("!BBBBBI")


def offer(query: Query, plan: PoolPlan, address: int, seconds: int) -> Reply:
    """Return a DHCPOFFER; ciaddr is 0."""
    return _grant(query, plan, MessageType.OFFER, 0, address, seconds)


def ack(query: Query, plan: PoolPlan, address: int, seconds: int, *, rapid: bool = False) -> Reply:
    """Return a DHCPACK to a REQUEST, or with `rapid` to a DISCOVER with rapid commit; ciaddr is the request's."""
    return _grant(query, plan, MessageType.ACK, query.packet.ciaddr, address, seconds, rapid=rapid)


def _grant(
    query: Query, plan: PoolPlan, kind: MessageType, ciaddr: int, address: int, seconds: int, *, rapid: bool = False
) -> Reply:
    given = _given(query, plan, address)
    head = _TYPE_AND_SERVER.pack(53, 1, kind, 54, 4, query.server_id)
    if seconds < SHORTEST_SECONDS:
        head += _LEASE_TIME.pack(51, 4, seconds)
    else:
        t1, t2 = renewal_times(seconds, plan.renewal_jitter, query.key)
        head += _TIMES.pack(51, 4, seconds, 58, 4, t1, 59, 4, t2)
    if rapid:
        head += _RAPID_COMMIT
    packed, boot, missing = _options(query, plan, head, given, address)
    packet = query.packet
    octets = encode_reply(packet, ciaddr, address, plan.siaddr, packet.flags, packed, boot)
    if ciaddr and packet.chaddr and query.direct and not packet.giaddr and _on_its_link(query, plan, address):
        # To the client's own hardware address: the kernel's ARP entry may be that of another machine.
        return Reply(query.listener, Destination.LINK, address, DHCP_CLIENT_PORT, octets, packet.chaddr, missing)
    return _send(query, octets, address, missing)


def _given(query: Query, plan: PoolPlan, address: int) -> OptionSet:
    """Return the options of a client that gets an address."""
    given = plan.options_of(address, query.key, query.hardware, query.packet.options)
    guidance, name = query.guidance, query.profile.host_name
    if not guidance.changes_options and not name:
        return given
    options = {**given.options, options4.HOST_NAME: name.encode()} if name else given.options
    return OptionSet(dict(guidance.adjusted(options)), (*given.always, *guidance.options))


def _on_its_link(query: Query, plan: PoolPlan, address: int) -> bool:
    """Whether a client with this address is on the link of the listener. Other renewals arrive through a router."""
    return plan.pool.on_network(address) and plan.pool.on_network(query.arrival.address)


_RAPID_COMMIT = bytes((options4.RAPID_COMMIT, 0))


def _records(query: Query, plan: PoolPlan, address: int) -> Records:
    """Return the DNS records of a client that gets an address; none without one."""
    dns = plan.dns
    if dns is None or not address:
        return NO_RECORDS
    name = dns.name(query.names(), address, query.client_id, family=4)
    return Records(bool(dns.forward), bool(dns.reverse), name)


def _options(query: Query, plan: PoolPlan, head: bytes, given: OptionSet, address: int) -> Fitted:
    """Return the options of a reply that starts with `head` and ends with the echoes; `address`: 0 for none."""
    sent = query.packet.options
    requested = sent.get(options4.PARAMETER_REQUEST_LIST) or None
    fqdn = sent.get(options4.CLIENT_FQDN)
    own: list[Part] = []
    if fqdn is not None:
        domain, host = (given.options.get(code) for code in (options4.DOMAIN_NAME, options4.HOST_NAME))
        answer = answer_fqdn(fqdn, domain, host, _records(query, plan, address))
        if answer is not None:
            own.append((options4.CLIENT_FQDN, answer))
    packed = head + given.tail(requested) + (options4.pack(own) if own else b"") + query.echo
    if len(packed) <= _SHORT:
        return Fitted(packed, plan.boot, ())
    room = _room(query) - len(head) - len(query.echo)
    if room < 0:
        # The echoes are obligatory and longer than the client accepts. The rest is in `file` and `sname`.
        room = OVERLOAD_LENGTH
    fitted = fit([*given.parts(requested), *own], room, overload=plan.boot is None)
    return Fitted(head + fitted.packed + query.echo, fitted.boot or plan.boot, fitted.missing)


def _room(query: Query) -> int:
    """Return the octets for all options: as the client accepts them without option 82, and as the link carries."""
    size = query.packet.options.get(options4.MAXIMUM_MESSAGE_SIZE, b"")
    accepted = max(int.from_bytes(size, "big") if len(size) == 2 else 0, _MINIMUM_ACCEPTED)
    if query.packet.giaddr and query.relay_info is not None:
        accepted += len(options4.pack([(options4.RELAY_AGENT_INFORMATION, query.relay_info)]))
    return min(accepted, query.arrival.mtu) - _IP_AND_UDP - _HEADER_LENGTH


def inform(query: Query, plan: PoolPlan) -> Reply:
    """Return a DHCPACK to an INFORM: options only, no address and no times (RFC 2131 section 4.3.5).

    It goes to the client's address, and without any by broadcast: nothing answers to a hardware address alone.
    """
    packet, address = query.packet, query.own_address
    given = _given(query, plan, address)
    head = _TYPE_AND_SERVER.pack(53, 1, MessageType.ACK, 54, 4, query.server_id)
    packed, boot, missing = _options(query, plan, head, given, 0)
    octets = encode_reply(packet, packet.ciaddr, 0, plan.siaddr, packet.flags, packed, boot)
    if packet.giaddr and not address:
        return Reply(query.listener, Destination.ADDRESS, packet.giaddr, query.relay_port, octets, b"", missing)
    how = Destination.ADDRESS if address else Destination.BROADCAST
    return Reply(query.listener, how, address or 0xFFFFFFFF, DHCP_CLIENT_PORT, octets, b"", missing)


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
        return Reply(query.listener, Destination.ADDRESS, packet.giaddr, query.relay_port, octets, b"")
    return Reply(query.listener, Destination.BROADCAST, 0xFFFFFFFF, DHCP_CLIENT_PORT, octets, b"")


def bootp(query: Query, plan: PoolPlan, address: int) -> Reply:
    """Return a BOOTREPLY: no DHCP options, and the vendor area with the options of the policy (RFC 1534 section 2).

    Option 82 follows the vendor area; the relay removes it.
    """
    packet = query.packet
    given = plan.options_of(address, query.key, query.hardware, packet.options).options
    parts = [(code, given[code]) for code in plan.bootp_options if code in given]
    packed, _, missing = fit(parts, _VENDOR_AREA, overload=False)
    if packet.giaddr and query.relay_info is not None:
        packed += options4.pack([(options4.RELAY_AGENT_INFORMATION, query.relay_info)])
    octets = encode_reply(packet, packet.ciaddr, address, plan.siaddr, packet.flags, packed, plan.boot)
    return _send(query, octets, address, missing)


def lease_query_answer(
    query: Query, kind: MessageType, address: int, hardware: bytes, parts: list[Part] | None = None
) -> Reply:
    """Return an answer to DHCPLEASEQUERY, sent to giaddr: ciaddr and chaddr name the lease (RFC 4388 section 6.4)."""
    request = query.packet
    head = _TYPE_AND_SERVER.pack(53, 1, kind, 54, 4, query.server_id)
    about = Packet(
        BOOTREPLY, hardware[0] if hardware else 0, max(len(hardware) - 1, 0), 0, request.xid, 0, request.flags,
        address, 0, 0, request.giaddr, hardware[1:], {},
    )  # fmt: skip
    packed, _, missing = fit(parts or [], _LARGEST - len(head), overload=False)
    octets = encode_with(about, head + packed)
    return Reply(query.listener, Destination.ADDRESS, request.giaddr, query.relay_port, octets, b"", missing)


def _send(query: Query, octets: bytes, address: int, missing: tuple[int, ...]) -> Reply:
    """Return the reply with the destination of an OFFER or ACK (RFC 2131 section 4.1)."""
    packet = query.packet
    if packet.giaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.giaddr, query.relay_port, octets, b"", missing)
    if packet.ciaddr:
        return Reply(query.listener, Destination.ADDRESS, packet.ciaddr, DHCP_CLIENT_PORT, octets, b"", missing)
    if packet.flags & BROADCAST_FLAG or not query.direct or not packet.chaddr:
        return Reply(query.listener, Destination.BROADCAST, 0xFFFFFFFF, DHCP_CLIENT_PORT, octets, b"", missing)
    return Reply(query.listener, Destination.LINK, address, DHCP_CLIENT_PORT, octets, packet.chaddr, missing)
