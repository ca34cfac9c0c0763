"""Links, prefixes and reservations of DHCPv6 (R-089, R-090)."""

from ipaddress import IPv6Network
from typing import Annotated, Literal

from pydantic import Field

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.classes.thresholds import FREE_ADDRESS_HIGH, FREE_ADDRESS_LOW
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Address6, Duid, Name, Percent, SelectionTag, Subnet6

Algorithm = Literal["client-request", "reservation", "extension", "interface-identifier", "random", "best-fit"]
"""A way to choose an address or prefix for a client."""


class Reservation6(Attributes):
    """One address or one delegated prefix for one client, which is known by its DUID."""

    duid: Annotated[Duid, About("the client's DUID, in hexadecimal")]
    ip6address: Annotated[Address6 | None, About("the address")] = None
    prefix: Annotated[Subnet6 | None, About("the delegated prefix")] = None
    options: Annotated[Options, About("options before those of prefix and policy")] = Field(default_factory=dict)


class Link(Attributes):
    """A link: clients on it get addresses and prefixes from all its prefixes."""

    name: Annotated[Name, About("its name")]


class Prefix(Attributes):
    """Addresses for the clients of a link, prefixes to delegate, or only options."""

    name: Annotated[Name, About("its name")]
    address: Annotated[Subnet6, About("the prefix")]
    range: Annotated[Subnet6 | None, About("the part of it that leases come from; unset: all")] = None
    link: Annotated[Name | None, About("its link; a prefix without one is a link of its own", refers_to="link")] = None
    dhcp_type: Annotated[
        Literal["dhcp", "prefix-delegation", "stateless", "infrastructure"],
        About("what is leased: addresses, prefixes, nothing but options, or nothing: it selects the link of relays"),
    ] = "dhcp"
    policy: Annotated[Name, About("its policy", refers_to="policy")] = "default"
    vpn: Annotated[Name | None, About("the VPN of its clients; unset: none", refers_to="vpn")] = None
    allocation_algorithms: Annotated[
        tuple[Algorithm, ...], About("how an address or a prefix is chosen, in this order")
    ] = ("reservation", "extension", "random", "best-fit")
    max_leases: Annotated[int, Field(ge=1, le=4_194_304), About("leases at a time, without the reserved ones")] = 65_536
    deactivated: Annotated[bool, About("no client gets or renews a lease")] = False
    ignore_declines: Annotated[bool, About("a declined address is used again", Visibility.ADVANCED)] = False
    restrict_to_reservations: Annotated[bool, About("only clients with a reservation get a lease")] = False
    reservations: Annotated[
        tuple[Reservation6, ...],
        About("addresses and prefixes for certain clients", sync=SyncRow.RESERVATIONS),
    ] = ()
    options: Annotated[Options, About("options before those of the policy")] = Field(default_factory=dict)
    selection_tags: Annotated[tuple[SelectionTag, ...], About("tags that clients select it by")] = ()
    free_address_low: Annotated[Percent, About("percent of free leases for the low threshold")] = FREE_ADDRESS_LOW
    free_address_high: Annotated[Percent, About("percent of free leases for the high threshold")] = FREE_ADDRESS_HIGH

    @property
    def leased_from(self) -> IPv6Network:
        """The part that leases come from."""
        return self.range or self.address

    @property
    def link_key(self) -> tuple[str, str]:
        """What prefixes of the same link have in common."""
        return ("link", self.link) if self.link is not None else ("prefix", self.name)
