"""The configuration as typed objects. The attributes and their defaults are those of the product's documentation.

In the file, attributes have hyphens (`backup-pct`). An unknown attribute is an error, so that a misspelt one does not
silently mean the default. This module is the only place of the defaults.

A secret is an attribute of the type SecretStr: by that alone, no message, answer or `repr` shows its value
(`config.secrecy`).
"""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from dhcpserver.config.attributes import Attributes, Options
from dhcpserver.config.objects6 import Link, Listener6, Policy6, Prefix
from dhcpserver.config.values import (
    Address,
    Address4,
    Address6,
    AddressRange,
    ClientId,
    Hardware,
    Name,
    OptionKey,
    OptionName,
    Percent,
    Port,
    RelayOctets,
    Seconds,
    SelectionTag,
    Subnet4,
    Subnet6,
    boot_name,
)
from dhcpserver.limits import DHCP6_SERVER_PORT, DHCP_SERVER_PORT, FAILOVER_PORT
from snmp.security.access import AuthProtocol, PrivProtocol
from snmp.send.recipient import DEFAULT_COMMUNITY, DEFAULT_PORT, DEFAULT_RETRIES, DEFAULT_TIMEOUT_SECONDS

LogSetting = Literal[
    "default", "client-detail", "failover-detail", "missing-options", "no-failover-activity", "no-failover-conflict"
]
"""The settings that change the log. Settings of the product without an effect here are refused."""

FREE_ADDRESS_LOW, FREE_ADDRESS_HIGH = 20, 25
"""Default thresholds in percent, of a scope and of an `addr-trap`."""

TrapFlag = Literal[
    "all",
    "server-start",
    "server-stop",
    "free-address-low",
    "free-address-high",
    "other-server-down",
    "other-server-up",
    "other-server-not-responding",
    "other-server-responding",
    "duplicate-address",
    "address-conflict",
    "failover-config-error",
    "failover-config-mismatch",
]


class Server(Attributes):
    """The DHCP server itself; one in a configuration."""

    name: Name
    log_settings: tuple[LogSetting, ...] = ("default", "failover-detail")
    log_file_size: Annotated[int, Field(ge=10_000)] = 10_000_000
    log_file_count: Annotated[int, Field(ge=1, le=999)] = 10
    max_dhcp_requests: Annotated[int, Field(ge=1, le=100_000)] = 500
    traps_enabled: tuple[TrapFlag, ...] = ("all",)
    failover_recover: Seconds = 0
    lease_log: tuple[Literal["json", "lines"], ...] = ()
    lease_log_size: Annotated[int, Field(ge=10_000)] = 50_000_000
    lease_log_count: Annotated[int, Field(ge=1, le=99)] = 20
    decline_limit: Annotated[int, Field(ge=0, le=100_000)] = 10
    new_client_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    leasequery: bool = False
    leasequery_relays: tuple[Subnet4, ...] = ()
    leasequery_relays6: tuple[Subnet6, ...] = ()


class Listener(Attributes):
    """Where DHCP packets arrive: an address (relayed packets) or an interface (clients on the link too).

    `trust_relay_info`: option 82 counts without a relay's address too, because a switch there inserts it and removes
    that of clients.
    """

    address: Address4 | None = None
    interface: str | None = None
    port: Port = DHCP_SERVER_PORT
    trust_relay_info: bool = False


class LeasequeryListener(Attributes):
    """Where bulk lease queries arrive by TCP: those of DHCPv4 at an IPv4 address, of DHCPv6 at an IPv6 address."""

    address: Address
    port: Port | None = None

    @property
    def tcp_port(self) -> int:
        """The port; without one that of DHCP."""
        return self.port or (DHCP_SERVER_PORT if self.address.version == 4 else DHCP6_SERVER_PORT)


class Api(Attributes):
    """The HTTP API. It requires TLS or `allow-plain` on any address that is not loopback."""

    address: str = "127.0.0.1"
    port: Port = 8067
    certificate: str | None = None
    key: str | None = None
    allow_plain: bool = False


class User(Attributes):
    """A user of the API, with a password (scrypt; `python -m dhcpserver.main --hash-password`) or a token's SHA-256."""

    name: Name
    role: Literal["viewer", "operator", "expert"] = "viewer"
    password: SecretStr | None = None
    token: SecretStr | None = None


class Cluster(Attributes):
    """A machine with a server: its name and its addresses."""

    name: Name
    ipaddr: Address4 | None = None
    ip6address: Address6 | None = None


class FailoverPair(Attributes):
    """A main and a backup server that share their scopes (Table 1; R-042 to R-057).

    The link between two machines must be protected by TLS or by a message digest with a shared secret. `allow-plain`
    permits a link without protection, on a network that no other machine can reach.
    """

    name: Name
    main: Name
    backup: Name
    failover: bool = True
    mclt: Annotated[Seconds, Field(ge=1, le=604_800)] = 3600
    backup_pct: Percent = 50
    dynamic_bootp_backup_pct: Percent = 0
    load_balancing: bool = False
    use_safe_period: bool = True
    safe_period: Seconds = 14_400
    safe_period_strict: bool = False
    main_server: Address4 | None = None
    backup_server: Address4 | None = None
    main_ip6address: Address6 | None = None
    backup_ip6address: Address6 | None = None
    main_port: Port | None = None
    backup_port: Port | None = None
    port: Port = FAILOVER_PORT
    max_unacked_bndupd: Annotated[int, Field(ge=1, le=100_000)] | None = None
    rebalancing_delta_pct: Percent = 10
    keepalive_time: Annotated[Seconds, Field(ge=1, le=600)] = 60
    connect_retry: Annotated[Seconds, Field(ge=1, le=600)] = 5
    startup_time: Annotated[Seconds, Field(ge=1, le=300)] = 10
    startup_wait: bool = False
    shared_secret: Annotated[SecretStr, Field(min_length=16)] | None = None
    tls: bool = False
    tls_certificate: str | None = None
    tls_key: str | None = None
    tls_ca: str | None = None
    allow_plain: bool = False


class Policy(Policy6):
    """Lease times, and the options that clients get.

    `min_lease_time` and `max_lease_time` bound what clients request with `allow_lease_time_override`; without them, a
    client may request any shorter time. `renewal_jitter`: percent of the lease over which renewals are spread.
    `ping_clients`: an address is probed before it is offered; `ping_timeout`: milliseconds to wait for an answer.
    `withdrawn_leases`: what a client gets at its next renewal whose address was reserved for another client, or taken
    out of the ranges: a NAK, or the rest of its lease without an extension.
    """

    name: Name
    dhcp_lease_time: Annotated[Seconds, Field(ge=1)] = 604_800
    grace_period: Seconds = 300
    offer_timeout: Annotated[Seconds, Field(ge=1, le=3600)] = 120
    unavailable_timeout: Seconds = 86_400
    allow_lease_time_override: bool = False
    min_lease_time: Annotated[Seconds, Field(ge=1)] | None = None
    max_lease_time: Annotated[Seconds, Field(ge=1)] | None = None
    renewal_jitter: Annotated[int, Field(ge=0, le=25)] = 0
    withdrawn_leases: Literal["nak", "expire"] = "nak"
    routers: tuple[Address4, ...] = ()
    domain_name_servers: tuple[Address4, ...] = ()
    domain_name: Annotated[str, Field(min_length=1)] | None = None
    options: Options = Field(default_factory=dict)
    vendor_options: dict[str, Options] = Field(default_factory=dict)
    v4_bootp_reply_options: tuple[OptionKey, ...] = (1, 3, 6, 12, 15)
    v4_reply_options: tuple[OptionKey, ...] = ()
    v4_rapid_commit: bool = False
    ping_clients: bool = False
    ping_timeout: Annotated[int, Field(ge=10, le=10_000)] = 300
    packet_siaddr: Address4 | None = None
    packet_server_name: Annotated[str, boot_name(63)] = ""
    packet_file_name: Annotated[str, boot_name(127)] = ""


class OwnOption(Attributes):
    """The definition of an option that the registry does not have, or of a sub-option of a vendor."""

    code: Annotated[int, Field(ge=1, le=254)]
    name: OptionName
    type: str
    repeat: bool = False


class VendorOptionSpace(Attributes):
    """Sub-options of a vendor: in option 43 for clients of a vendor class, or in option 125 by enterprise number.

    A vendor class that ends with `*` is the beginning of option 60.
    """

    name: OptionName
    vendor_class: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    enterprise: Annotated[int, Field(ge=0, le=0xFFFFFFFF)] | None = None
    definitions: tuple[OwnOption, ...] = ()


class Reservation(Attributes):
    """One address for one client: by hardware address, by client identifier (hexadecimal), or by its port.

    `circuit_id`, `remote_id`: the port, as the relay names it in option 82; both, or one of them.
    """

    ipaddr: Address4
    mac: Hardware | None = None
    client_id: ClientId | None = None
    circuit_id: RelayOctets | None = None
    remote_id: RelayOctets | None = None
    options: Options = Field(default_factory=dict)
    vendor_options: dict[str, Options] = Field(default_factory=dict)

    @property
    def for_port(self) -> bool:
        """Whether the address is for whichever client is at a port of a relay."""
        return self.circuit_id is not None or self.remote_id is not None


class Scope(Attributes):
    """The addresses of one subnet. `relay-subnets` are further giaddr networks that get addresses from it.

    `primary_subnet`: the subnet of another scope, whose link this scope is on too as a secondary subnet.
    `authoritative`: a client with an address that does not belong to this link gets a NAK.
    `subnet_selection`: a client on this link, without a relay, may choose another network by option 118 (RFC 3011).
    """

    name: Name
    subnet: Subnet4
    ranges: tuple[AddressRange, ...] = ()
    policy: Name = "default"
    primary_subnet: Subnet4 | None = None
    relay_subnets: tuple[Subnet4, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    options: Options = Field(default_factory=dict)
    vendor_options: dict[str, Options] = Field(default_factory=dict)
    allocate_first_available: bool = False
    backup_pct: Percent | None = None
    failover_backup_allocation_boundary: Address4 | None = None
    deactivated: bool = False
    dhcp: bool = True
    authoritative: bool = True
    subnet_selection: bool = False
    bootp: bool = False
    dynamic_bootp: bool = False
    ignore_declines: bool = False
    free_address_low: Percent = FREE_ADDRESS_LOW
    free_address_high: Percent = FREE_ADDRESS_HIGH
    free_address_config: Name | None = None
    selection_tags: tuple[SelectionTag, ...] = ()

    @property
    def network(self) -> IPv4Network:
        """The primary subnet of the link. Scopes with the same one share their clients."""
        return self.primary_subnet or self.subnet


class AddrTrap(Attributes):
    """Free-address thresholds of all scopes whose `free-address-config` names it.

    `mode` is what is counted together: one scope, the scopes of one network, or those with equal selection tags.
    """

    name: Name
    enable: bool = True
    low_threshold: Percent = FREE_ADDRESS_LOW
    high_threshold: Percent = FREE_ADDRESS_HIGH
    mode: Literal["scope", "network", "selection-tags"] = "scope"


class TrapRecipient(Attributes):
    """A recipient of traps: by SNMPv1 or SNMPv2c with a community, or by SNMPv3 with a user; `inform`: acknowledged."""

    name: Name
    ip_addr: Annotated[str, Field(min_length=1, max_length=253)]
    port_number: Port = DEFAULT_PORT
    community: Annotated[SecretStr, Field(min_length=1, max_length=255)] = SecretStr(DEFAULT_COMMUNITY)
    version: Literal["v1", "v2c", "v3"] = "v2c"
    inform: bool = False
    timeout: Annotated[float, Field(ge=0.1, le=300)] = DEFAULT_TIMEOUT_SECONDS
    retries: Annotated[int, Field(ge=0, le=20)] = DEFAULT_RETRIES
    user: str | None = None
    auth_protocol: AuthProtocol | None = None
    auth_key: SecretStr = SecretStr("")
    priv_protocol: PrivProtocol | None = None
    priv_key: SecretStr = SecretStr("")


class LeaseEvents(Attributes):
    """Receivers of lease events, beside the lease log: webhooks (HTTP POST of JSON) and syslog (RFC 5424).

    `webhook_secret`: the value of the header `webhook_header` in each request. `ca`: the file with the certificates
    that HTTPS and TLS trust; without it those of the system. `queue`: events that wait for a receiver at most; then
    the oldest are dropped. `batch`: events sent together at most. `allow_plain`: HTTP without TLS to another machine.
    """

    webhooks: tuple[Annotated[str, Field(max_length=2000)], ...] = ()
    webhook_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")] = "Authorization"
    webhook_secret: SecretStr = SecretStr("")
    allow_plain: bool = False
    syslog: tuple[Annotated[str, Field(max_length=300)], ...] = ()
    syslog_facility: Literal[
        "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"
    ] = "daemon"
    ca: str | None = None
    queue: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    batch: Annotated[int, Field(ge=1, le=1000)] = 100


class Configuration(Attributes):
    """The contents of a server's `config.toml`."""

    server: Server
    listener: tuple[Listener, ...] = ()
    api: Api = Api()
    user: tuple[User, ...] = ()
    cluster: tuple[Cluster, ...] = ()
    failover_pair: tuple[FailoverPair, ...] = Field(default=(), max_length=1)
    option_definition: tuple[OwnOption, ...] = ()
    vendor_option_space: tuple[VendorOptionSpace, ...] = ()
    policy: tuple[Policy, ...] = ()
    scope: tuple[Scope, ...] = ()
    addr_trap: tuple[AddrTrap, ...] = ()
    trap_recipient: tuple[TrapRecipient, ...] = ()
    lease_events: LeaseEvents = LeaseEvents()
    leasequery_listener: tuple[LeasequeryListener, ...] = ()
    listener6: tuple[Listener6, ...] = ()
    link: tuple[Link, ...] = ()
    prefix: tuple[Prefix, ...] = ()
