"""The addresses by which clients name this server in option 54 (RFC 2131 section 4.1).

A server with several addresses accepts each of them, whichever listener a message arrives on: a client that got its
offer through one interface may send its REQUEST through another. The address of the partner is never one of them.
"""

from collections.abc import Iterable

from dhcpserver.config.classes.listener import Listener
from dhcpserver.service.query import Arrival, Query
from dhcpserver.wire import options4


class Identifiers:
    """The addresses of the listeners.

    A listener with an address in the configuration has that one. The address of a listener that has only an interface
    is known from the first packet that arrives there, so before any offer with it is sent.
    """

    __slots__ = ("_by_listener",)

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._by_listener = {
            index: int(each.address) for index, each in enumerate(listeners) if each.address is not None
        }

    def record(self, arrival: Arrival) -> None:
        """Remember the address of the listener on which a packet arrived, in place of a former one."""
        self._by_listener[arrival.listener] = arrival.address

    def named_by(self, query: Query) -> bool:
        """Return whether a message names this server: by one of its addresses, or as its relay demands (RFC 5107).

        The replies then have the address that the client named, unless the relay demands another one: a client can drop
        a reply with an identifier that it did not select.
        """
        named = query.packet.address(options4.SERVER_IDENTIFIER)
        if named == query.server_id:
            return True
        if not named or named not in self._by_listener.values():
            return False
        if not query.overridden:
            query.server_id = named
        return True
