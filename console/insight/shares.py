"""The shares of free addresses, and what a rebalance would move: the arithmetic of the server (R-110 to R-112).

Every function returns None where a pool lacks a number that it needs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from console.insight.wording import plural
from console.model.facts import PairFacts, PoolFacts

Number = Literal["leased", "unavailable", "total", "new_clients_15m", "renewals"]


@dataclass(frozen=True, slots=True)
class Move:
    """Addresses of a pool that move to the backup; negative: to the main. `nouns`: what they are, one and several."""

    pool: str
    addresses: int
    nouns: tuple[str, str] = ("address", "addresses")


def total_of(facts: PairFacts, name: Number) -> int | None:
    """The sum of a number over all pools."""
    return None if facts.pools is None else _sum(getattr(pool, name) for pool in facts.pools)


def _sum(values: Iterable[int | None]) -> int | None:
    values = list(values)
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def own(pool: PoolFacts) -> int | None:
    """The free addresses that the server can lease to new clients: its share, or all of a pool without shares."""
    return pool.available if pool.undivided is None else pool.undivided


def own_free(facts: PairFacts) -> str | None:
    """What the server can lease to new clients: `475 free addresses`; with several kinds of pool a number for each."""
    return None if facts.pools is None else _counted(facts.pools, own)


def partner_free(facts: PairFacts) -> str | None:
    """What is in the partner's shares, in the same words. A pool without shares has none."""
    if facts.pools is None:
        return None
    shared = _shared(facts.pools)
    return _counted(shared, lambda pool: pool.other_available) if shared or not facts.pools else None


def partner_addresses(facts: PairFacts) -> int | None:
    """The number of addresses in the partner's shares, without prefixes."""
    if facts.pools is None:
        return None
    shared = [pool for pool in _shared(facts.pools) if _noun(pool) is not PREFIX]
    return _sum(pool.other_available for pool in shared) if shared or not facts.pools else None


def shared_addresses(facts: PairFacts) -> tuple[int | None, int | None]:
    """The free addresses and all addresses of the pools with shares, without prefixes; None without such a pool."""
    shared = [pool for pool in _shared(facts.pools or ()) if _noun(pool) is not PREFIX]
    if not shared and facts.pools != ():
        return None, None
    return _sum(pool.available for pool in shared), _sum(pool.total for pool in shared)


def _shared(pools: Iterable[PoolFacts]) -> list[PoolFacts]:
    return [pool for pool in pools if pool.undivided is None]


ADDRESS, IPV4, IPV6 = ("address", "addresses"), ("IPv4 address", "IPv4 addresses"), ("IPv6 address", "IPv6 addresses")
PREFIX = ("prefix", "prefixes")
NOUNS = {"dhcp4": IPV4, "v4": IPV4, "dhcp6-na": IPV6, "dhcp6-ta": IPV6, "v6": IPV6, "dhcp6-pd": PREFIX}
"""What a pool of each family has, one and several."""


def _noun(pool: PoolFacts) -> tuple[str, str]:
    return NOUNS.get(pool.family, ADDRESS)


def nouns(pool: PoolFacts) -> tuple[str, str]:
    """What a pool has where its family needs no mention, one and several."""
    return PREFIX if _noun(pool) is PREFIX else ADDRESS


def _counted(pools: Iterable[PoolFacts], count: Callable[[PoolFacts], int | None]) -> str | None:
    """`475 free IPv4 addresses, 511 prefixes`; without the family where there is one kind of address."""
    found: dict[tuple[str, str], int] = {}
    for pool in pools:
        number = count(pool)
        if number is None:
            return None
        found[_noun(pool)] = found.get(_noun(pool), 0) + number
    if len(found) < 2:
        noun, number = next(iter(found.items()), (ADDRESS, 0))
        one, many = PREFIX if noun is PREFIX else ADDRESS
        return plural(number, f"free {one}", f"free {many}")
    (first, number), *others = found.items()
    words = [plural(number, *(f"free {each}" for each in first))]
    return ", ".join([*words, *(plural(number, *noun) for noun, number in others)])


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
    for pool in _shared(facts.pools):
        both, backup = free(pool), pool.other_available if facts.role == "main" else pool.available
        if both is None or backup is None or pool.backup_pct is None:
            return None
        wanted = both * int(pool.backup_pct) // 100
        if abs(wanted - backup) > 1:
            found.append(Move(pool.name, wanted - backup, nouns(pool)))
    return tuple(found)
