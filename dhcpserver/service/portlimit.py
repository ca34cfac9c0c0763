"""Limits of what may come from one port in a minute: declines and new clients; and lease queries of one relay.

A port is a relay and its option 82, which has the circuit where the relay adds it; clients without a relay share one.
"""

from ipaddress import IPv4Address

from dhcpserver.contract import messages
from dhcpserver.leases.book import Book
from dhcpserver.service.notices import Notices
from dhcpserver.service.plan import Plan
from dhcpserver.service.query import Query

WINDOW = 60.0
"""Seconds."""
PORTS = 10_000
"""Ports that are counted; the one whose window is the oldest is forgotten first."""

LEASE_QUERIES = 6000
"""Lease queries of one relay in a minute. A relay that has lost its table can ask for 6000 clients at once, and sends
what is not answered again. The answers go to `giaddr`, so the limit is one of the answers to an address, too."""

Port = tuple[int, bytes | None]


class PortLimit:
    """At most `most` events of one port in a minute; 0 for no limit."""

    __slots__ = ("_ports", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._ports: dict[Port, tuple[float, int]] = {}

    def allows(self, port: Port, now: float) -> bool:
        """Count an event; return whether it is within the limit."""
        if not self.most:
            return True
        began, count = self._ports.get(port, (now, 0))
        if now - began >= WINDOW:
            began, count = now, 0
        if not count:
            self._ports.pop(port, None)
            if len(self._ports) >= PORTS:
                del self._ports[next(iter(self._ports))]
        self._ports[port] = began, count + 1
        return count < self.most

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._ports = {port: (began + step, count) for port, (began, count) in self._ports.items()}


def port_text(port: Port) -> str:
    """Return a port for people: the relay's address, and option 82 in hexadecimal."""
    relay, info = port
    where = f"relay {IPv4Address(relay)}" if relay else "the local link"
    return f"{where}, port {info.hex(':')}" if info else where


class PortLimits:
    """The limits of the configuration, with a log line when one is reached."""

    __slots__ = ("_book", "_declines", "_new_clients", "_notices", "_queries")

    def __init__(self, plan: Plan, book: Book, notices: Notices) -> None:
        self._book = book
        self._notices = notices
        self._declines = PortLimit(plan.decline_limit)
        self._new_clients = PortLimit(plan.new_client_limit)
        self._queries = PortLimit(LEASE_QUERIES)

    def too_many_new_clients(self, query: Query, now: float) -> bool:
        """Whether the message is of a client without any record here, and too many of those came from its port."""
        if not self._new_clients.most or self._book.offered_to(query.key) is not None:
            return False
        if next(iter(self._book.of_client(query.key)), None) is not None:
            return False
        port = query.packet.giaddr, query.relay_info
        if self._new_clients.allows(port, now):
            return False
        most = self._new_clients.most
        self._notices.tell(messages.NEW_CLIENTS_LIMITED, port, now, port=port_text(port), limit=most)
        return True

    def too_many_declines(self, query: Query, address: int, now: float) -> bool:
        """Whether too many addresses were declined from the client's port."""
        port = query.packet.giaddr, query.relay_info
        if self._declines.allows(port, now):
            return False
        limit, declined = self._declines.most, IPv4Address(address)
        self._notices.tell(messages.DECLINES_LIMITED, port, now, port=port_text(port), limit=limit, address=declined)
        return True

    def too_many_queries(self, relay: int, now: float) -> bool:
        """Whether too many lease queries came from a relay."""
        if self._queries.allows((relay, None), now):
            return False
        limit = self._queries.most
        self._notices.tell(messages.QUERIES_LIMITED, relay, now, relay=IPv4Address(relay), limit=limit)
        return True

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        for each in (self._declines, self._new_clients, self._queries):
            each.shift(step)
