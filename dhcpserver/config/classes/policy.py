"""Policies: lease times, and the options that clients get, of both families."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Address4, Name, OptionKey, Seconds, boot_name, zone_name

_OPTIONS, _BOOT = SyncRow.POLICY_OPTIONS, SyncRow.POLICY_BOOT


class Policy6(Attributes):
    """What a policy has for DHCPv6."""

    valid_lifetime: Annotated[
        Seconds, Field(ge=1), About("the valid lifetime of addresses and prefixes; failover can limit it")
    ] = 1_209_600
    preferred_lifetime: Annotated[Seconds, Field(ge=1), About("their preferred lifetime")] = 604_800
    allow_non_temporary_addresses: Annotated[bool, About("clients get addresses (IA_NA)")] = True
    allow_temporary_addresses: Annotated[bool, About("clients get temporary addresses (IA_TA)")] = True
    allow_rapid_commit: Annotated[bool, About("SOLICIT with Rapid Commit gets a REPLY; without a partner only")] = False
    server_unicast: Annotated[
        bool, About("clients may send to the server's address directly, past their relays (option 12)")
    ] = False
    reconfigure: Annotated[bool, About("clients that accept RECONFIGURE get a key for it")] = False
    reconfigure_on_reload: Annotated[
        bool, About("they are asked to renew when a reload has changed the options of their prefix")
    ] = False
    default_prefix_length: Annotated[int, Field(ge=1, le=128), About("the length of prefixes that are delegated")] = 64
    v6_options: Annotated[Options, About("options of DHCPv6, by name or number", sync=_OPTIONS)] = Field(
        default_factory=dict
    )
    v6_reply_options: Annotated[
        tuple[OptionKey, ...], About("options that are sent without a request too", sync=_OPTIONS)
    ] = ()


class Policy(Policy6):
    """Lease times, and the options that clients get."""

    name: Annotated[Name, About("its name; scopes without a policy use `default`")]
    dhcp_lease_time: Annotated[Seconds, Field(ge=1), About("the lease time of DHCPv4; failover can limit it")] = 604_800
    grace_period: Annotated[Seconds, About("how long an ended lease is kept for its client")] = 300
    offer_timeout: Annotated[
        Seconds, Field(ge=1, le=3600), About("how long an offered address is kept for its client")
    ] = 120
    unavailable_timeout: Annotated[Seconds, About("how long a declined or contested address is not used")] = 86_400
    allow_lease_time_override: Annotated[bool, About("clients may request a shorter lease (option 51)")] = False
    min_lease_time: Annotated[
        Seconds | None, Field(ge=1), About("the shortest time that they may request; unset: any")
    ] = None
    max_lease_time: Annotated[
        Seconds | None, Field(ge=1), About("the longest time that they may request; unset: dhcp-lease-time")
    ] = None
    renewal_jitter: Annotated[
        int,
        Field(ge=0, le=25),
        About("percent of the lease over which renewals are spread", Visibility.ADVANCED),
    ] = 0
    withdrawn_leases: Annotated[
        Literal["nak", "expire"],
        About(
            "what a client gets at its renewal whose address was taken away by the configuration: a NAK, or the rest "
            "of its lease",
            Visibility.ADVANCED,
        ),
    ] = "nak"
    routers: Annotated[tuple[Address4, ...], About("option 3", sync=_OPTIONS)] = ()
    domain_name_servers: Annotated[tuple[Address4, ...], About("option 6", sync=_OPTIONS)] = ()
    domain_name: Annotated[str | None, Field(min_length=1), About("option 15", sync=_OPTIONS)] = None
    options: Annotated[Options, About("options of DHCPv4, by name or number", sync=_OPTIONS)] = Field(
        default_factory=dict
    )
    vendor_options: Annotated[
        dict[str, Options], About("options of a vendor-option-space, by its name", sync=_OPTIONS)
    ] = Field(default_factory=dict)
    v4_bootp_reply_options: Annotated[tuple[OptionKey, ...], About("options that BOOTP clients get", sync=_OPTIONS)] = (
        1,
        3,
        6,
        12,
        15,
    )
    v4_reply_options: Annotated[
        tuple[OptionKey, ...], About("options that are sent without a request too", sync=_OPTIONS)
    ] = ()
    v4_rapid_commit: Annotated[bool, About("DISCOVER with Rapid Commit gets an ACK; without a partner only")] = False
    ping_clients: Annotated[bool, About("an address is probed before it is offered")] = False
    ping_timeout: Annotated[int, Field(ge=10, le=10_000), About("milliseconds to wait for its answer")] = 300
    forward_dnsupdate: Annotated[
        Name | None, About("who gets the records of names (A, AAAA)", refers_to="dns-update-config")
    ] = None
    reverse_dnsupdate: Annotated[
        Name | None, About("who gets the records of addresses (PTR)", refers_to="dns-update-config")
    ] = None
    forward_zone_name: Annotated[
        str | None, AfterValidator(zone_name), About("the zone of names, instead of that of the dns-update-config")
    ] = None
    packet_siaddr: Annotated[Address4 | None, About("the next server of the boot (siaddr)", sync=_BOOT)] = None
    packet_server_name: Annotated[str, boot_name(63), About("its name (sname)", sync=_BOOT)] = ""
    packet_file_name: Annotated[str, boot_name(127), About("the boot file (file)", sync=_BOOT)] = ""
