"""What an operator sets for a failover pair, as the endpoint needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from dhcpserver.leases.pool import Pool


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What a scope sets for failover.

    Attributes:
        backup_pct: the backup's share of the available addresses; None to take the pair's. 0 is a share.
        boundary: addresses below it go to the backup first, from the top down; 0 for halfway.
        allocate_first_available: clients get the lowest address.
        dynamic_bootp: addresses are given for ever to BOOTP clients, so the partner's are never used.
        deactivated: nothing is given, so that nothing is shared out either.
        grace_period: how long an ended lease waits for its client; None to take the pair's.
    """

    backup_pct: int | None = None
    boundary: int = 0
    allocate_first_available: bool = False
    dynamic_bootp: bool = False
    deactivated: bool = False
    grace_period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSettings:
    """One failover pair, seen from one of its servers. Durations are in seconds. The configuration has the defaults.

    Attributes:
        name: the pair's name, and the relationship's on the wire.
        main: whether this server is the main.
        mclt: maximum client lead time; the same on both.
        backup_pct, dynamic_bootp_backup_pct: the backup's share; the second for dynamic BOOTP scopes unless it is 0.
        use_safe_period, safe_period: whether, and after how long without contact, PARTNER-DOWN comes by itself.
        safe_period_strict: count MCLT from that moment, not from the last contact.
        max_unacked: how many unacknowledged updates this server accepts.
        rebalancing_delta_pct: by how much of the available addresses a pool may be out of balance.
        keepalive: silence after which the connection is dead.
        connect_retry: between attempts to connect.
        startup_time: how long to wait for the partner in STARTUP; `startup_wait`: for ever.
        failover_recover: when the restored lease data was saved, Unix seconds; 0 for none.
        server_uid: sixteen octets that are new with every fresh data directory.
        shared_secret: keys the message digest of every frame; empty for none.
        tls: refuse a connection that TLS does not protect.
        config_digest: pairs of configuration class and a hash over it.
        grace_period: how long an ended lease waits for its client, in scopes that do not say.
        pools: settings of scopes by name; defaults for those not in it.
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
        """What a scope sets."""
        return self.pools.get(pool.name, _DEFAULTS)

    def grace(self, pool: Pool) -> int:
        """How long an ended lease of a scope waits for its client."""
        own = self.pool(pool).grace_period
        return self.grace_period if own is None else own

    def share_pct(self, pool: Pool) -> int:
        """The backup's share of a scope in percent (R-047, R-048, R-111, R-112, R-251; C-25)."""
        if self.load_balancing:
            return 50
        scope = self.pool(pool)
        if scope.backup_pct is not None:
            return scope.backup_pct
        if scope.dynamic_bootp and self.dynamic_bootp_backup_pct:
            return self.dynamic_bootp_backup_pct
        return self.backup_pct


_DEFAULTS = PoolSettings()
