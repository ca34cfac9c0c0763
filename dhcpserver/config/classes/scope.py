"""Scopes and their reservations."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.classes.thresholds import FREE_ADDRESS_HIGH, FREE_ADDRESS_LOW
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import (
    Address4,
    AddressRange,
    ClientId,
    Hardware,
    Name,
    Percent,
    RelayOctets,
    SelectionTag,
    Subnet4,
)

_PORT = "the port of the client, as its relay names it in option 82"


class Reservation(Attributes):
    """One address for one client: by hardware address, by client identifier, or by its port at a relay."""

    ipaddr: Annotated[Address4, About("the address")]
    mac: Annotated[Hardware | None, About("the hardware address of the client")] = None
    client_id: Annotated[ClientId | None, About("its client identifier (option 61), in hexadecimal")] = None
    circuit_id: Annotated[RelayOctets | None, About(f"{_PORT}: sub-option 1")] = None
    remote_id: Annotated[RelayOctets | None, About(f"{_PORT}: sub-option 2")] = None
    options: Annotated[Options, About("options before those of scope and policy")] = Field(default_factory=dict)
    vendor_options: Annotated[dict[str, Options], About("the same for a vendor-option-space")] = Field(
        default_factory=dict
    )

    @property
    def for_port(self) -> bool:
        """Whether the address is for whichever client is at a port of a relay."""
        return self.circuit_id is not None or self.remote_id is not None


class Scope(Attributes):
    """The addresses of one subnet."""

    name: Annotated[Name, About("its name")]
    subnet: Annotated[Subnet4, About("the subnet")]
    ranges: Annotated[tuple[AddressRange, ...], About('addresses for clients, each "FIRST-LAST" or one address')] = ()
    policy: Annotated[Name, About("its policy", refers_to="policy")] = "default"
    vpn: Annotated[Name | None, About("the VPN of its clients; unset: none", refers_to="vpn")] = None
    primary_subnet: Annotated[
        Subnet4 | None,
        About("the subnet of another scope whose link this scope is on too, as a secondary subnet"),
    ] = None
    relay_subnets: Annotated[
        tuple[Subnet4, ...], About("further networks of relay addresses whose clients get its addresses")
    ] = ()
    reservations: Annotated[
        tuple[Reservation, ...], About("addresses for certain clients", sync=SyncRow.RESERVATIONS)
    ] = ()
    options: Annotated[Options, About("options before those of the policy")] = Field(default_factory=dict)
    vendor_options: Annotated[dict[str, Options], About("the same for a vendor-option-space")] = Field(
        default_factory=dict
    )
    allocate_first_available: Annotated[bool, About("the lowest free address is given first", rule="R-201")] = False
    backup_pct: Annotated[
        Percent | None,
        About("the backup's percentage here, instead of the pair's; 0: none", rule="R-047"),
    ] = None
    failover_backup_allocation_boundary: Annotated[
        Address4 | None,
        About(
            "with allocate-first-available: the main gives addresses below it first, the backup from it on; unset or "
            "0.0.0.0: the middle",
            Visibility.ADVANCED,
            rule="R-202",
        ),
    ] = None
    deactivated: Annotated[bool, About("no client gets or renews a lease")] = False
    dhcp: Annotated[bool, About("DHCP clients are served")] = True
    authoritative: Annotated[bool, About("a client with an address that does not belong to this link gets a NAK")] = (
        True
    )
    subnet_selection: Annotated[
        bool,
        About("a client on this link may choose another network by option 118 (RFC 3011)", Visibility.ADVANCED),
    ] = False
    bootp: Annotated[bool, About("BOOTP clients with a reservation are served")] = False
    dynamic_bootp: Annotated[bool, About("BOOTP clients without one too, with leases that never end")] = False
    ignore_declines: Annotated[bool, About("a declined address is used again", Visibility.ADVANCED)] = False
    free_address_low: Annotated[
        Percent, About("percent of free addresses at which the trap free-address-low is sent")
    ] = FREE_ADDRESS_LOW
    free_address_high: Annotated[Percent, About("percent at which free-address-high is sent after it")] = (
        FREE_ADDRESS_HIGH
    )
    free_address_config: Annotated[
        Name | None, About("thresholds that several scopes share, instead of the two", refers_to="addr-trap")
    ] = None
    selection_tags: Annotated[tuple[SelectionTag, ...], About("tags that thresholds and clients select it by")] = ()

    @property
    def network(self) -> IPv4Network:
        """The primary subnet of the link. Scopes with the same one share their clients."""
        return self.primary_subnet or self.subnet
