"""The objects of DHCPv6: links, prefixes, reservations, listeners, and what a policy has for it.

The attributes and their defaults are those of the product's documentation (R-089, R-090).
"""

from ipaddress import IPv6Network
from typing import Annotated, Literal

from pydantic import Field

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.values import (
    Address6,
    Duid,
    Name,
    OptionKey,
    Percent,
    Port,
    Seconds,
    Subnet6,
)
from dhcpserver.limits import DHCP6_SERVER_PORT

Algorithm = Literal["client-request", "reservation", "interface-identifier", "random", "best-fit"]
"""A way to choose an address or prefix for a client. `extension` is refused: there are no extensions yet."""


class Policy6(Attributes):
    """What a policy has for DHCPv6.

    `valid_lifetime`, `preferred_lifetime`: desired; failover can limit both. `default_prefix_length`: of the prefixes
    that are delegated. `v6_reply_options`: sent without a request too. `server_unicast`: clients get the address of the
    server (option 12), and may send to it directly, past their relays. `reconfigure`: clients that accept RECONFIGURE
    get a key for it; `reconfigure_on_reload`: they are asked when a reload has changed the options of their prefix.
    """

    valid_lifetime: Annotated[Seconds, Field(ge=1)] = 1_209_600
    preferred_lifetime: Annotated[Seconds, Field(ge=1)] = 604_800
    allow_non_temporary_addresses: bool = True
    allow_temporary_addresses: bool = True
    allow_rapid_commit: bool = False
    server_unicast: bool = False
    reconfigure: bool = False
    reconfigure_on_reload: bool = False
    default_prefix_length: Annotated[int, Field(ge=1, le=128)] = 64
    v6_options: Options = Field(default_factory=dict)
    v6_reply_options: tuple[OptionKey, ...] = ()


class Reservation6(Attributes):
    """One address or one delegated prefix for one client, which is known by its DUID (hexadecimal)."""

    duid: Duid
    ip6address: Address6 | None = None
    prefix: Subnet6 | None = None
    options: Options = Field(default_factory=dict)


class Link(Attributes):
    """A link: clients on it get addresses and prefixes from all its prefixes."""

    name: Name


class Prefix(Attributes):
    """Addresses for the clients of a link (`dhcp`), prefixes to delegate, or only options (`stateless`).

    `address`: the prefix. `range`: a part of it that leases come from. `link`: prefixes without one are links of their
    own. `max_leases`: how many leases there can be at a time, without the reserved ones. `restrict_to_reservations`:
    only clients with a reservation get a lease. `infrastructure`: routers and servers have addresses of it; it selects
    the link, and nothing is leased.
    """

    name: Name
    address: Subnet6
    range: Subnet6 | None = None
    link: Name | None = None
    dhcp_type: Literal["dhcp", "prefix-delegation", "stateless", "infrastructure"] = "dhcp"
    policy: Name = "default"
    allocation_algorithms: tuple[Algorithm, ...] = ("reservation", "random", "best-fit")
    max_leases: Annotated[int, Field(ge=1, le=4_194_304)] = 65_536
    deactivated: bool = False
    ignore_declines: bool = False
    restrict_to_reservations: bool = False
    reservations: tuple[Reservation6, ...] = ()
    options: Options = Field(default_factory=dict)
    free_address_low: Percent = 20
    free_address_high: Percent = 25

    @property
    def leased_from(self) -> IPv6Network:
        """The part that leases come from."""
        return self.range or self.address

    @property
    def link_key(self) -> tuple[str, str]:
        """What prefixes of the same link have in common."""
        return ("link", self.link) if self.link is not None else ("prefix", self.name)


class Listener6(Attributes):
    """Where DHCPv6 packets arrive: an interface, for clients on its link and relays, or an address, for relays.

    `link`: the link of the interface; without it, a prefix with an address of the interface selects it.
    """

    address: Address6 | None = None
    interface: str | None = None
    port: Port = DHCP6_SERVER_PORT
    link: Name | None = None
