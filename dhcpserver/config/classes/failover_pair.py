"""The failover pair (Table 1; R-042 to R-057)."""

from typing import Annotated

from pydantic import Field, SecretStr

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Address4, Address6, Name, Percent, Port, Seconds
from dhcpserver.limits import FAILOVER_PORT

_TUNING = SyncRow.SERVER_FAILOVER


class FailoverPair(Attributes):
    """A main and a backup server that share their scopes.

    The link between two machines must be protected by TLS or by a message digest with a shared secret. `allow-plain`
    permits a link without protection, on a network that no other machine can reach.
    """

    name: Annotated[Name, About("its name, the same on both servers")]
    main: Annotated[Name, About("the main server", refers_to="cluster", rule="R-042")]
    backup: Annotated[Name, About("the backup server", refers_to="cluster", rule="R-043")]
    scopetemplate: Annotated[
        Name | None,
        About(
            "attributes of scopes that are created here", Visibility.ADVANCED, refers_to="scope-template", rule="R-044"
        ),
    ] = None
    failover: Annotated[bool, About("failover is on", sync=_TUNING, rule="R-045")] = True
    mclt: Annotated[
        Seconds,
        Field(ge=1, le=604_800),
        About(
            "the maximum client lead time: how far a lease may end after the end that the partner has; equal on both",
            sync=_TUNING,
            rule="R-046",
        ),
    ] = 3600
    backup_pct: Annotated[
        Percent, About("the backup's percentage of the available addresses", sync=_TUNING, rule="R-047")
    ] = 50
    dynamic_bootp_backup_pct: Annotated[
        Percent, About("the same for scopes with dynamic BOOTP; 0: as backup-pct", sync=_TUNING, rule="R-048")
    ] = 0
    load_balancing: Annotated[
        bool,
        About(
            "each server serves half of the clients (RFC 3074), and both shares are 50 %", sync=_TUNING, rule="R-050"
        ),
    ] = False
    use_safe_period: Annotated[
        bool, About("PARTNER-DOWN is entered after the safe period without contact", sync=_TUNING, rule="R-052")
    ] = True
    safe_period: Annotated[Seconds, About("its length", sync=_TUNING, rule="R-051")] = 14_400
    safe_period_strict: Annotated[
        bool,
        About("after it, wait for MCLT before the partner's addresses are used", Visibility.ADVANCED, sync=_TUNING),
    ] = False
    main_server: Annotated[
        Address4 | None,
        About("the main's address, instead of its cluster's; 0.0.0.0: no IPv4", Visibility.ADVANCED, rule="R-053"),
    ] = None
    backup_server: Annotated[
        Address4 | None,
        About("the backup's address, instead of its cluster's; 0.0.0.0: no IPv4", Visibility.ADVANCED, rule="R-054"),
    ] = None
    main_ip6address: Annotated[
        Address6 | None,
        About("the main's IPv6 address, instead of its cluster's; `::`: no IPv6", Visibility.ADVANCED, rule="R-055"),
    ] = None
    backup_ip6address: Annotated[
        Address6 | None,
        About("the backup's IPv6 address, instead of its cluster's; `::`: no IPv6", Visibility.ADVANCED, rule="R-056"),
    ] = None
    main_port: Annotated[Port | None, About("the main's port, if the two differ", Visibility.EXPERT)] = None
    backup_port: Annotated[Port | None, About("the backup's port, if the two differ", Visibility.EXPERT)] = None
    port: Annotated[Port, About("the TCP port of the link", Visibility.EXPERT)] = FAILOVER_PORT
    max_unacked_bndupd: Annotated[
        int | None,
        Field(ge=1, le=100_000),
        About(
            "binding updates that the partner may send without an acknowledgement; unset: by max-dhcp-requests",
            Visibility.EXPERT,
            _TUNING,
        ),
    ] = None
    rebalancing_delta_pct: Annotated[
        Percent,
        About("the deviation of a share, in percent of it, at which addresses are moved", Visibility.EXPERT, _TUNING),
    ] = 10
    keepalive_time: Annotated[
        Seconds,
        Field(ge=1, le=600),
        About("silence of the partner after which the connection counts as lost", Visibility.EXPERT, _TUNING),
    ] = 60
    connect_retry: Annotated[
        Seconds, Field(ge=1, le=600), About("time between attempts to connect", Visibility.EXPERT, _TUNING)
    ] = 5
    startup_time: Annotated[
        Seconds,
        Field(ge=1, le=300),
        About("how long a started server waits for its partner", Visibility.EXPERT, _TUNING),
    ] = 10
    startup_wait: Annotated[
        bool, About("a started server waits for its partner without end", Visibility.EXPERT, _TUNING)
    ] = False
    shared_secret: Annotated[
        SecretStr | None, Field(min_length=16), About("the secret of the message digest, the same on both servers")
    ] = None
    tls: Annotated[bool, About("the link uses TLS, and nothing else is accepted")] = False
    tls_certificate: Annotated[str | None, About("file with this server's certificate")] = None
    tls_key: Annotated[str | None, About("file with its key")] = None
    tls_ca: Annotated[str | None, About("file with the authorities that the partner's certificate must be of")] = None
    allow_plain: Annotated[bool, About("a link to another machine without protection")] = False
