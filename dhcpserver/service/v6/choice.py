"""Which address or prefix a client gets: by its reservation, from an extension, by its interface identifier, at random,
or the best fit.

Nothing is remembered for a SOLICIT. A random address follows from a secret of the server, the client and its identity
association, so the REQUEST leads to the address that was advertised, and any number of SOLICITs costs no memory. It is
random for everybody who does not have the secret (RFC 7943 has the idea).
"""

import hashlib
from collections.abc import Set
from typing import Final

from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import FreeSet, ParitySet
from dhcpserver.leases.keys import address6
from dhcpserver.leases.pool import UNIVERSAL, Pool6, PrefixPool
from dhcpserver.service.v6.plan import PrefixPlan

ATTEMPTS: Final = 16
"""Random addresses that are tried before the next free one is taken."""
_INTERFACE_BITS: Final = 64
_RESERVED_FIRST: Final = 0xFDFF_FFFF_FFFF_FF80
"""Interface identifiers from here are those of subnet anycast addresses (RFC 2526)."""


class Choice:
    """Chooses for one server.

    Attributes:
        new_from: when new clients get addresses and prefixes again, Unix seconds. After an operator has set the partner
            down before this server had all of its leases, IPv4 addresses are probed; these cannot be, so they wait.
    """

    __slots__ = ("_book", "_partnership", "_secret", "new_from")

    def __init__(self, book: Book, partnership: Partnership, secret: bytes) -> None:
        self._book = book
        self._partnership = partnership
        self._secret = secret
        self.new_from = 0.0

    def choose(
        self,
        plan: PrefixPlan,
        duid: bytes,
        key: bytes,
        wanted: int | None,
        hardware: bytes,
        now: float,
        offered: Set[int] = frozenset(),
        supplied: int | None = None,
    ) -> int | None:
        """Return the key of what the client gets from a prefix; None if there is nothing for it.

        `key`: the client's key in the book. `wanted`: what it asks for, None for nothing. `hardware`: its hardware
        address, as far as it is known; else empty. `offered`: what its other identity associations are offered in the
        same message. `supplied`: what an extension chose for it.
        """
        pool = plan.pool
        if pool is None:
            return None
        reserved = plan.reserved.get(duid)
        if reserved is not None:
            return reserved if reserved not in offered and self._usable(reserved, key, now) else None
        if plan.restricted or now < self.new_from:
            return None
        if wanted in offered:
            wanted = None
        if supplied in offered or not plan.by_extension:
            supplied = None
        if isinstance(pool, Pool6):
            return self._address(plan, pool, key, wanted, supplied, hardware, now, offered)
        if supplied is not None and any(supplied in free for free in self._partnership.sources(pool, now)):
            return supplied
        return self._prefix(plan, pool, key, wanted, now, offered)

    def _usable(self, wanted: int, key: bytes, now: float) -> bool:
        lease = self._book.get(wanted) or self._book.unrecorded(wanted)
        return lease is not None and self._partnership.may_give(lease, key, now)

    def _address(
        self,
        plan: PrefixPlan,
        pool: Pool6,
        key: bytes,
        wanted: int | None,
        supplied: int | None,
        hardware: bytes,
        now: float,
        offered: Set[int],
    ) -> int | None:
        sources = self._partnership.sources(pool, now)
        if not sources or not pool.left:
            return None
        own = pool.free if sources[0] is pool.free else pool.backup
        if plan.by_request and wanted is not None and wanted in own and not pool.for_both(wanted):
            return wanted
        if supplied is not None and pool.in_ranges(supplied):
            pool.supply(supplied)
            if self._usable(supplied, key, now):
                return supplied
        if plan.by_interface and len(hardware) == 6:
            made = address6(pool.network | modified_eui64(hardware))
            fits = pool.length <= _INTERFACE_BITS and pool.in_ranges(made) and made not in offered
            if fits and self._usable(made, key, now):
                return made
        if not plan.at_random:
            return None
        if pool.records - pool.identified >= pool.max_leases + len(pool.reserved):
            rested = own.longest_rested()
            return None if rested is None or rested in offered or pool.is_supplied(rested) else rested
        return self._random(pool, own, key, offered)

    def _random(self, pool: Pool6, own: ParitySet, key: bytes, offered: Set[int]) -> int | None:
        seed = hashlib.sha256(self._secret + pool.name.encode() + b"\0" + key).digest()
        first, last = pool.ranges[0]
        drawn = first
        for attempt in range(ATTEMPTS):
            octets = hashlib.sha256(seed + bytes((attempt,))).digest()
            drawn = first + int.from_bytes(octets[:16], "big") % (last - first + 1)
            drawn = drawn & ~1 | own.parity
            if pool.length <= _INTERFACE_BITS:
                drawn &= ~UNIVERSAL
                if drawn & ((1 << _INTERFACE_BITS) - 1) >= _RESERVED_FIRST:
                    continue
            if drawn in own and drawn not in offered and not pool.is_supplied(drawn):
                return drawn
        found = _lowest(own, drawn, 2, offered)
        return None if found is None or pool.for_both(found) else found

    def _prefix(
        self, plan: PrefixPlan, pool: PrefixPool, key: bytes, wanted: int | None, now: float, offered: Set[int]
    ) -> int | None:
        if not plan.at_random and not plan.by_request:
            return None
        for free in self._partnership.sources(pool, now):
            if plan.by_request and wanted is not None and wanted in free:
                return wanted
            if not plan.at_random:
                continue
            # Clients begin at different places, so that two that solicit at once are not offered the same prefix.
            seed = hashlib.sha256(self._secret + pool.name.encode() + b"\0" + key).digest()
            first, last = pool.ranges[0]
            begin = first + ((int.from_bytes(seed[:8], "big") % (((last - first) >> pool.shift) + 1)) << pool.shift)
            found = _lowest(free, begin, 1 << pool.shift, offered)
            if found is not None:
                return found
        return None


def _lowest(free: FreeSet, begin: int, step: int, offered: Set[int]) -> int | None:
    """Return the next free key from one on, and after the last one the lowest; those that are offered are left out."""
    for start in (begin, 0):
        found = free.lowest_from(start)
        while found is not None and found in offered:
            found = free.lowest_from(found + step)
        if found is not None:
            return found
    return None


def modified_eui64(hardware: bytes) -> int:
    """Return the interface identifier of an Ethernet address (RFC 4291 appendix A)."""
    octets = hardware[:3] + b"\xff\xfe" + hardware[3:]
    return int.from_bytes(octets, "big") ^ 1 << 57
