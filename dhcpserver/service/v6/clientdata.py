"""CLIENT_DATA: the bindings of one client as a lease query gets them (RFC 5007 section 4.1.2.2).

It has the client's DUID, its addresses and prefixes with the lifetimes that remain, how long ago its last transaction
was, and what the query requests beside: the data of its relays, and options that the server has for it. A server has
the bindings of its partner too, with the relay data, so either of them answers (R-203).
"""

from collections.abc import Iterable, Sequence

from dhcpserver.leases import keys
from dhcpserver.leases.lease import FOREVER, Lease, Status
from dhcpserver.service.v6.plan import Link6, Plan6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6 import Hop, read_relay_data
from dhcpserver.wire.dhcp6ia import IALease, pack_address, pack_prefix
from dhcpserver.wire.dhcp6options import pack_option
from dhcpserver.wire.errors import WireError

_SET_HERE = frozenset((o6.CLIENT_ID, o6.SERVER_ID, o6.CLT_TIME, o6.LQ_RELAY_DATA, o6.STATUS_CODE))
_PEER_OCTETS = 16


def is_bound(lease: Lease, now: float) -> bool:
    """Whether a lease is a binding of its client now: the lifetime that the client has is not over."""
    return lease.status is Status.ACTIVE and (lease.state_exp == FOREVER or lease.state_exp > now)


def client_data(plan: Plan6, leases: Sequence[Lease], requested: Iterable[int], now: float) -> bytes:
    """Return CLIENT_DATA of the bindings of one client on one link; there is at least one."""
    latest = max(leases, key=lambda lease: (lease.cltt, lease.address))
    duid = latest.client_id or b""
    packed = pack_option(o6.CLIENT_ID, duid)
    for lease in leases:
        given = IALease(
            keys.value_of(lease.address),
            _left(lease.preferred, now),
            _left(lease.state_exp, now),
            keys.length_of(lease.address),
        )
        packed += pack_prefix(given) if keys.kind_of(lease.address) is keys.Kind.PREFIX else pack_address(given)
    packed += pack_option(o6.CLT_TIME, max(0, int(now - latest.cltt)).to_bytes(4, "big"))
    options = plan.prefixes[latest.pool.name].options_of(duid)
    sent = set(_SET_HERE)
    for code in requested:
        if code == o6.LQ_RELAY_DATA and latest.relay_info is not None:
            packed += pack_option(o6.LQ_RELAY_DATA, latest.relay_info)
        elif code in options and code not in sent:
            packed += pack_option(code, options[code])
            sent.add(code)
    return pack_option(o6.CLIENT_DATA, packed)


def _left(end: int, now: float) -> int:
    return FOREVER if end == FOREVER else max(0, int(end - now))


def link_address(link: Link6) -> int:
    """Return an address by which a query can name a link: that of its first prefix."""
    plans = [plan for plan in link.prefixes if plan.type != "prefix-delegation"] or list(link.prefixes)
    return int(plans[0].network.network_address)


def pack_links(links: Iterable[Link6]) -> bytes:
    """Return the option that names the links of a client (RFC 5007 section 4.1.2.5)."""
    return pack_option(o6.LQ_CLIENT_LINK, dhcp6values.pack_addresses(link_address(link) for link in links))


def relays_of(lease: Lease) -> list[Hop]:
    """Return the relays of a lease's client, the one next to it first; none for a client without relays."""
    if lease.relay_info is None:
        return []
    try:
        return read_relay_data(lease.relay_info[_PEER_OCTETS:])
    except WireError:
        return []
