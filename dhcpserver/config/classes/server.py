"""The DHCP server itself."""

from typing import Annotated, Literal

from pydantic import Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Name, Seconds, Subnet4, Subnet6

LogSetting = Literal[
    "default", "client-detail", "failover-detail", "missing-options", "no-failover-activity", "no-failover-conflict"
]
"""The settings that change the log. Settings of the product without an effect here are refused."""

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

    name: Annotated[Name, About("the cluster that is this server", sync=SyncRow.OWN, refers_to="cluster")]
    log_settings: Annotated[
        tuple[LogSetting, ...], About("what the log has in addition, or not; failover-detail: every binding update")
    ] = ("default", "failover-detail")
    log_file_size: Annotated[int, Field(ge=10_000), About("octets of the log before it is rotated")] = 10_000_000
    log_file_count: Annotated[int, Field(ge=1, le=999), About("rotated logs that are kept")] = 10
    max_dhcp_requests: Annotated[
        int,
        Field(ge=1, le=100_000),
        About("packets of clients that may wait to be handled", sync=SyncRow.SERVER_FAILOVER),
    ] = 500
    traps_enabled: Annotated[tuple[TrapFlag, ...], About("the kinds of traps that are sent")] = ("all",)
    failover_recover: Annotated[
        Seconds,
        About(
            "when this server failed, in Unix seconds, after its data were restored from a copy; 0: they were not",
            sync=SyncRow.OWN,
            rule="R-196",
        ),
    ] = 0
    lease_log: Annotated[
        tuple[Literal["json", "lines"], ...], About("the forms of the log of who had which address when")
    ] = ()
    lease_log_size: Annotated[int, Field(ge=10_000), About("octets of a lease log before it is rotated")] = 50_000_000
    lease_log_count: Annotated[int, Field(ge=1, le=99), About("rotated lease logs that are kept")] = 20
    decline_limit: Annotated[
        int, Field(ge=0, le=100_000), About("declines of one relay port in a minute; more are ignored; 0: no limit")
    ] = 10
    new_client_limit: Annotated[
        int, Field(ge=0, le=1_000_000), About("new clients of one relay port in a minute; 0: no limit")
    ] = 0
    client_class: Annotated[
        bool, About("clients and client-classes count", sync=SyncRow.SERVER_CLIENT_CLASS, rule="R-077")
    ] = False
    client_cache_count: Annotated[
        int,
        Field(ge=1, le=1_000_000),
        About("clients of LDAP servers that are remembered at most", sync=SyncRow.SERVER_CLIENT_CLASS),
    ] = 1000
    client_cache_ttl: Annotated[
        Seconds, About("for how long they are remembered", sync=SyncRow.SERVER_CLIENT_CLASS)
    ] = 10
    trim_host_name: Annotated[
        bool,
        About("a name of a client is cut at its first dot for DNS", sync=SyncRow.SERVER_HOST_NAMES, rule="R-078"),
    ] = True
    update_dns_for_bootp: Annotated[
        bool, About("BOOTP clients have DNS records too", sync=SyncRow.SERVER_DNS, rule="R-079")
    ] = True
    dns_timeout: Annotated[
        int,
        Field(ge=100, le=600_000),
        About("milliseconds to wait for a DNS server", sync=SyncRow.SERVER_DNS, rule="R-079"),
    ] = 60_000
    leasequery: Annotated[bool, About("lease queries are answered")] = False
    leasequery_relays: Annotated[
        tuple[Subnet4, ...],
        About("networks whose relays may send DHCPv4 lease queries; empty: all", visibility=Visibility.ADVANCED),
    ] = ()
    leasequery_relays6: Annotated[
        tuple[Subnet6, ...],
        About("networks whose relays may send DHCPv6 lease queries; empty: none", visibility=Visibility.ADVANCED),
    ] = ()
