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


@dataclass(frozen=True, slots=True)
class PairSettings:
    """One failover pair, seen from one of its servers. Durations are in seconds.

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
    mclt: int = 3600
    backup_pct: int = 50
    dynamic_bootp_backup_pct: int = 0
    load_balancing: bool = False
    use_safe_period: bool = True
    safe_period: int = 14400
    safe_period_strict: bool = False
    max_unacked: int = 100
    rebalancing_delta_pct: int = 10
    keepalive: int = 60
    connect_retry: float = 5.0
    startup_time: float = 10.0
    startup_wait: bool = False
    failover_recover: int = 0
    server_uid: bytes = bytes(16)
    version: str = "0.1.0"
    shared_secret: bytes = field(default=b"", repr=False)
    tls: bool = False
    config_digest: tuple[tuple[int, bytes], ...] = ()
    grace_period: int = 300
    pools: Mapping[str, PoolSettings] = field(default_factory=dict)
    local_name: str = ""
    partner_name: str = ""
    partner_address: IPv4Address | None = None
    partner_address6: IPv6Address | None = None

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
