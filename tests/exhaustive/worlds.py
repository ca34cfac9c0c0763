"""The worlds that are searched: a small one for each kind of fault, and larger ones for `make prove`."""

from collections.abc import Sequence
from dataclasses import replace

from dhcpserver.leases.keys import Kind
from tests.exhaustive.explore import Bounds, Search, search
from tests.exhaustive.prepared import PREPARED
from tests.exhaustive.small import Fault, Small

SAFE_PERIOD = Small(
    "safe period",
    addresses=1,
    clients=2,
    lease_time=60,
    releases=False,
    use_safe_period=True,
    faults=frozenset((Fault.CUT,)),
)
OLD_COPY = Small(
    "old copy", addresses=1, clients=2, releases=False, budget=2, faults=frozenset((Fault.CUT, Fault.OLD_COPY))
)
CRASHES = Small(
    "crashes", addresses=2, clients=2, releases=False, budget=2, faults=frozenset((Fault.CRASH, Fault.CRASH_IN_TURN))
)
PACKETS = Small(
    "packet by packet",
    addresses=2,
    clients=2,
    releases=False,
    packetwise=True,
    faults=frozenset((Fault.CUT, Fault.CRASH_IN_TURN)),
)
OPERATORS = Small(
    "operators",
    addresses=1,
    clients=2,
    budget=2,
    faults=frozenset((Fault.PARTNER_DOWN, Fault.CRASH, Fault.STOP)),
)
LINK = Small(
    "link",
    addresses=2,
    clients=3,
    budget=3,
    faults=frozenset((Fault.CUT, Fault.SILENCE, Fault.REPEAT)),
)
CLOCKS = Small("clocks", addresses=1, clients=2, releases=False, budget=2, faults=frozenset((Fault.CLOCK, Fault.CUT)))

CALM = Small("calm", addresses=1, clients=2, releases=False)
"""No faults. Its search ends: every state is reached."""
CALM_POOL = Small("calm pool", addresses=2, clients=1, releases=False)
CALM_PAIR = Small("calm pair", addresses=2, clients=2, releases=False)
SINGLE_CUT = Small("single cut", addresses=1, clients=1, releases=False, faults=frozenset((Fault.CUT, Fault.LOSS)))
CALM_PARITY = Small("calm parity", kind=Kind.ADDRESS6, addresses=2, clients=2, releases=False)
"""One odd and one even address: each client gets that of the server that it requests one from."""
CALM_PREFIX = Small("calm prefix", kind=Kind.PREFIX, addresses=2, clients=1, releases=False)
FINITE = (CALM, CALM_POOL, CALM_PAIR, SINGLE_CUT, CALM_PARITY, CALM_PREFIX)
"""Worlds whose search ends, or ends in `make prove`."""

PARITY = Small(
    "parity",
    kind=Kind.ADDRESS6,
    addresses=4,
    clients=2,
    budget=2,
    faults=frozenset((Fault.CUT, Fault.CRASH, Fault.CRASH_IN_TURN, Fault.PARTNER_DOWN)),
)
"""Two odd addresses and two even ones."""
DELEGATION = Small(
    "delegation",
    kind=Kind.PREFIX,
    addresses=2,
    clients=2,
    budget=2,
    faults=frozenset((Fault.CUT, Fault.CRASH, Fault.CRASH_IN_TURN, Fault.PARTNER_DOWN)),
)
"""Two prefixes, of which each server has one at first."""

WORLDS = (SAFE_PERIOD, OLD_COPY, CRASHES, PACKETS, OPERATORS, LINK, CLOCKS, PARITY, DELEGATION)


def larger(small: Small) -> Small:
    """Return the world with two addresses, three clients, releases and three faults."""
    addresses = max(small.addresses, 2)
    return replace(small, name=f"larger {small.name}", addresses=addresses, clients=3, releases=True, budget=3)


FOR_MUTANTS = (
    *(CALM, *PREPARED, CALM_PARITY, CALM_PREFIX, PARITY, DELEGATION),
    *(CRASHES, PACKETS, OPERATORS, LINK, OLD_COPY, SAFE_PERIOD),
)
"""In this order: those that begin where an error can show are first."""

NAMED = {small.name: small for each in WORLDS for small in (each, larger(each))} | {
    each.name: each for each in (*FINITE, *PREPARED)
}


def search_named(bounds: Bounds, name: str) -> Search:
    """Search a world by its name."""
    return search(NAMED[name], bounds)


def search_for_mutants(bounds: Bounds, names: Sequence[str] = ()) -> Search:
    """Search the worlds, or those that are named, until one has a violation; return the last search."""
    for small in [NAMED[name] for name in names] or FOR_MUTANTS:
        found = search(small, bounds)
        if found.violation:
            break
    return found
