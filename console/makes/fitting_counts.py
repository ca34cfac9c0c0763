"""Whether the counts of a pool can be true together."""

from collections.abc import Iterable
from dataclasses import replace

from console.makes.documents import Misfits
from console.model.facts import PoolFacts


def checked_counts(pool: PoolFacts, misfits: Misfits) -> PoolFacts:
    """The pool; without its counts of addresses if they are more together than the pool has."""
    parts = (
        pool.available,
        pool.other_available,
        pool.leased,
        pool.offered,
        pool.pending_available,
        pool.unavailable,
    )
    counted = sum(each for each in parts if each is not None)
    if pool.total is None or counted <= pool.total:
        return pool
    misfits.append(f"pool {pool.name} has {pool.total} addresses and counts {counted}")
    return replace(
        pool,
        total=None,
        available=None,
        other_available=None,
        leased=None,
        offered=None,
        pending_available=None,
        unavailable=None,
    )


def without_addresses(pools: Iterable[PoolFacts]) -> bool:
    """Whether no pool has an address, as far as the counts are known; also without any pool."""
    return all(pool.total == 0 for pool in pools)
