"""Where packets arrive, for each family and for bulk lease queries."""

from typing import Annotated

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Address, Address4, Address6, Name, Port
from dhcpserver.limits import DHCP6_SERVER_PORT, DHCP_SERVER_PORT


class Listener(Attributes):
    """Where DHCP packets arrive: an address (relayed packets) or an interface (clients on the link too)."""

    address: Annotated[Address4 | None, About("an address of this server, for relayed packets")] = None
    interface: Annotated[str | None, About("an interface, for clients on its link and for relays")] = None
    port: Annotated[Port, About("the UDP port")] = DHCP_SERVER_PORT
    trust_relay_info: Annotated[
        bool,
        About("option 82 counts without a relay's address too: a switch inserts it and removes that of clients"),
    ] = False


class Listener6(Attributes):
    """Where DHCPv6 packets arrive: an interface, for clients on its link and relays, or an address, for relays."""

    address: Annotated[Address6 | None, About("an address of this server, for relayed messages")] = None
    interface: Annotated[str | None, About("an interface, for clients on its link and for relays")] = None
    port: Annotated[Port, About("the UDP port")] = DHCP6_SERVER_PORT
    link: Annotated[
        Name | None,
        About("the link of the interface; without it, that of a prefix with an address of it", refers_to="link"),
    ] = None


class LeasequeryListener(Attributes):
    """Where bulk lease queries arrive by TCP: those of DHCPv4 at an IPv4 address, of DHCPv6 at an IPv6 address."""

    name: Annotated[Name | None, About("its name; one without a name is never synchronised")] = None
    address: Annotated[Address, About("an address of this server; its family is that of the leases", sync=SyncRow.OWN)]
    port: Annotated[Port | None, About("the TCP port; without it that of DHCP, 67 or 547")] = None

    @property
    def tcp_port(self) -> int:
        """The port; without one that of DHCP."""
        return self.port or (DHCP_SERVER_PORT if self.address.version == 4 else DHCP6_SERVER_PORT)
