"""The settings of a failover pair, as the endpoint needs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from dhcpserver.leases.keys import Kind
from dhcpserver.leases.pool import Pool


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """The failover settings of a scope.

    Attributes:
        backup_pct: the backup's percentage of the available addresses; None for the pair's. 0 is a valid percentage.
        boundary: addresses below it go to the backup first, from the highest down; 0 for halfway.
        allocate_first_available: clients get the lowest address.
        dynamic_bootp: BOOTP clients get addresses for ever, so the partner's addresses are never used.
        deactivated: no address is leased, so none is moved either.
        grace_period: seconds that an ended lease is reserved for its client; None for the pair's.
    """

    backup_pct: int | None = None
    boundary: int = 0
    allocate_first_available: bool = False
    dynamic_bootp: bool = False
    deactivated: bool = False
    grace_period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSettings:
    """One failover pair, from the view of one of its servers. Durations: seconds. Defaults: the configuration.

    Attributes:
        name: the pair's name, and the relationship's on the wire.
        main: whether this server is the main.
        mclt: maximum client lead time; equal on both servers.
        backup_pct: the backup's percentage of the available addresses.
        dynamic_bootp_backup_pct: the same for dynamic BOOTP scopes; 0 for `backup_pct`.
        use_safe_period, safe_period: whether, and after which time without contact, PARTNER-DOWN is entered
            automatically. These are the values at the start; `state.safeperiod` has the present ones.
        safe_period_strict: whether MCLT then counts from that moment, not from the last contact.
        max_unacked: how many updates this server accepts without acknowledgement.
        rebalancing_delta_pct: how much a pool may be out of balance, in percent of the available addresses.
        keepalive: the silence after which the connection is closed.
        connect_retry: between attempts to connect.
        startup_time: how long STARTUP waits for the partner; with `startup_wait`, for ever.
        failover_recover: when the restored lease data was saved, Unix seconds; 0 for none.
        server_uid: sixteen octets that are new with every new data directory.
        shared_secret: the key of the message digest of every frame; empty for no digest.
        tls: whether a connection without TLS is refused.
        config_digest: pairs of configuration class and a hash of its contents.
        grace_period: seconds that an ended lease is reserved for its client, in scopes without their own.
        kinds: what this server leases; the kinds that the partner leases too are exchanged.
        longest_lease: the longest lease time of the policies; the partner's are believed up to it.
        pools: settings of scopes by name; scopes that are not in it have the defaults.
        local_name, partner_name, partner_address, partner_address6: for texts and notifications.
    """

    name: str
    main: bool
    mclt: int
    backup_pct: int
    dynamic_bootp_backup_pct: int
    load_balancing: bool
    use_safe_period: bool
    safe_period: int
    safe_period_strict: bool
    max_unacked: int
    rebalancing_delta_pct: int
    keepalive: int
    connect_retry: float
    startup_time: float
    startup_wait: bool
    failover_recover: int
    server_uid: bytes
    version: str
    shared_secret: bytes = field(repr=False)
    tls: bool
    config_digest: tuple[tuple[int, bytes], ...]
    grace_period: int
    longest_lease: int
    kinds: frozenset[Kind] = frozenset({Kind.ADDRESS4})
    pools: Mapping[str, PoolSettings]
    local_name: str
    partner_name: str
    partner_address: IPv4Address | None
    partner_address6: IPv6Address | None

    @property
    def role(self) -> str:
        """`main` or `backup`."""
        return "main" if self.main else "backup"

    def pool(self, pool: Pool) -> PoolSettings:
        """Return the settings of a scope."""
        return self.pools.get(pool.name, _DEFAULTS)

    def grace(self, pool: Pool) -> int:
        """Return for how many seconds an ended lease of a scope is reserved for its client."""
        own = self.pool(pool).grace_period
        return self.grace_period if own is None else own

    def share_pct(self, pool: Pool) -> int:
        """Return the backup's percentage of a scope or prefix (R-047, R-048, R-110 to R-112, R-251; C-01, C-25)."""
        if self.load_balancing or pool.kind is Kind.PREFIX:
            return 50
        scope = self.pool(pool)
        if scope.backup_pct is not None:
            return scope.backup_pct
        if scope.dynamic_bootp and self.dynamic_bootp_backup_pct:
            return self.dynamic_bootp_backup_pct
        return self.backup_pct


_DEFAULTS = PoolSettings()
