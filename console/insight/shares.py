"""How free addresses are shared out, and what a rebalance would move: the server's own arithmetic (R-110 to R-112)."""

from dataclasses import dataclass

from console.model.reports import Report


@dataclass(frozen=True, slots=True)
class Move:
    """Addresses of a pool that go to the backup; negative: back to the main."""

    pool: str
    addresses: int


def moves(report: Report) -> tuple[Move, ...]:
    """What would move if the main made every scope's shares what is configured, as this report stands.

    The server's own arithmetic: the backup's percentage of what is available, rounded down; a difference of one
    address is none.
    """
    found = []
    for pool in report.pools:
        backup = pool.other_available if report.role == "main" else pool.available
        wanted = (pool.available + pool.other_available) * int(pool.backup_pct) // 100
        if abs(wanted - backup) > 1:
            found.append(Move(pool.name, wanted - backup))
    return tuple(found)
