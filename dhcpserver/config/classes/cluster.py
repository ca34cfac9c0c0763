"""Machines with a server."""

from typing import Annotated

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About
from dhcpserver.config.values import Address4, Address6, Name


class Cluster(Attributes):
    """A machine with a server: its name and its addresses. The failover pair names two of them."""

    name: Annotated[Name, About("its name")]
    ipaddr: Annotated[Address4 | None, About("its IPv4 address for the partner")] = None
    ip6address: Annotated[Address6 | None, About("its IPv6 address for the partner")] = None
