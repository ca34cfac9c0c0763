"""The shares of free addresses, and what a rebalance would move: the arithmetic of the server (R-110 to R-112).

Every function returns None where a pool lacks a number that it needs.
"""

from dataclasses import dataclass
from typing import Literal

from console.model.facts import PairFacts, PoolFacts

Number = Literal["available", "other_available", "leased", "unavailable", "total", "new_clients_15m", "renewals"]


@dataclass(frozen=True, slots=True)
class Move:
    """Addresses of a pool that move to the backup; negative: to the main."""

    pool: str
    addresses: int


def total_of(facts: PairFacts, name: Number) -> int | None:
    """The sum of a number over all pools."""
    if facts.pools is None:
        return None
    values: list[int | None] = [getattr(pool, name) for pool in facts.pools]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def own_free(facts: PairFacts) -> int | None:
    """The addresses that this server can lease to new clients, of all pools: its shares, and what is not divided."""
    if facts.pools is None:
        return None
    values = [pool.available if pool.undivided is None else pool.undivided for pool in facts.pools]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def free(pool: PoolFacts) -> int | None:
    """All free addresses of a pool, in the shares of both servers or undivided."""
    if pool.undivided is not None:
        return pool.undivided
    if pool.available is None or pool.other_available is None:
        return None
    return pool.available + pool.other_available


def moves(facts: PairFacts) -> tuple[Move, ...] | None:
    """The addresses that would move if the main balanced every scope as configured.

    The arithmetic of the server: the backup's percentage of the available addresses, rounded down. A difference of one
    address is ignored.
    """
    if facts.pools is None or facts.role not in ("main", "backup"):
        return None
    found = []
    for pool in facts.pools:
        both, backup = free(pool), pool.other_available if facts.role == "main" else pool.available
        if both is None or backup is None or pool.backup_pct is None:
            return None
        wanted = both * int(pool.backup_pct) // 100
        if abs(wanted - backup) > 1:
            found.append(Move(pool.name, wanted - backup))
    return tuple(found)
