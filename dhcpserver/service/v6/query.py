"""A DHCPv6 message with what every decision about it needs, and the reply to it."""

from typing import NamedTuple

from dhcpserver.leases.lease import NO_NAMES, client_key
from dhcpserver.limits import MAXIMUM_RELAY_DATA
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.profile import PLAIN
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.clientnames import ClientNames
from dhcpserver.wire.dhcp6 import Message, relay_data
from dhcpserver.wire.dhcp6duid import hardware_of
from dhcpserver.wire.dhcp6ia import IA

_ETHERNET = 1


class Arrival6(NamedTuple):
    """Where a message arrived.

    Attributes:
        listener: the number of the listener.
        source: the address that it came from, an unsigned integer.
        source_port: the port that it came from.
        scope_id: the number of the interface, for an answer to a link-local address.
        multicast: whether it was sent to a multicast address.
        link: the name of the listener's link, empty without one.
        address: a global address of the interface, which selects the link of its clients; 0 for none.
    """

    listener: int
    source: int
    source_port: int
    scope_id: int = 0
    multicast: bool = True
    link: str = ""
    address: int = 0


class Reply6(NamedTuple):
    """A datagram to send by a listener."""

    octets: bytes
    listener: int
    address: int
    port: int
    scope_id: int


class Query6:
    """One message of a client.

    Attributes:
        duid: of the client; empty for an INFORMATION-REQUEST without one.
        hardware: its Ethernet address, from the relay or from its DUID; empty if neither has one.
        relay_info: what its relays added, for the lease (RFC 5007 section 4.1.2.4); None without relays.
        sent_names: the name that it sent.
        profile: how the client is treated.
        guidance: what was found outside of the server.
    """

    __slots__ = ("arrival", "duid", "guidance", "hardware", "message", "profile", "relay_info", "sent_names")

    def __init__(self, message: Message, arrival: Arrival6, guidance: Guidance = NO_GUIDANCE) -> None:
        self.guidance = guidance
        self.profile = PLAIN
        self.message = message
        self.arrival = arrival
        self.duid = message.client_id or b""
        self.hardware = _hardware(message, self.duid)
        found = relay_data(message, arrival.source)
        octets = None if found is None else found.peer_address.to_bytes(16, "big") + found.message
        self.relay_info = octets if octets is None or len(octets) <= MAXIMUM_RELAY_DATA else None
        self.sent_names = _names(message.fqdn)

    @property
    def names(self) -> ClientNames:
        """The name of the client: that of its profile, or the one that it sent."""
        name = self.profile.host_name
        return ClientNames(host_name=name) if name else self.sent_names

    def key(self, ia: IA) -> bytes:
        """Return the client's key in the book for one of its identity associations."""
        return client_key(self.duid, b"", association(ia))


def association(ia: IA) -> bytes:
    """Return the kind and the IAID as a lease has them."""
    return bytes((ia.kind,)) + ia.iaid.to_bytes(4, "big")


def _hardware(message: Message, duid: bytes) -> bytes:
    relayed = message.hardware_address
    if relayed is not None and relayed.type == _ETHERNET:
        return relayed.address
    found = hardware_of(duid)
    return found[1] if found is not None and found[0] == _ETHERNET else b""


def _names(name: dhcp6values.Fqdn | None) -> ClientNames:
    if name is None or not name.labels:
        return NO_NAMES
    text = ".".join(label.decode("ascii", "replace") for label in name.labels)
    clean = "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd")
    return ClientNames("", clean[:252]) if clean else NO_NAMES
