"""Reads the leases of both servers of a pair, one scope at a time, and joins them by address."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from console.errors import SourceError
from console.insight.leases.joined import Clock, JoinedLease, join
from console.makes.source import Source
from console.model.leases import LeaseFacts

LISTED = ("dhcp4", "dhcp6-na", "dhcp6-pd")
"""Families whose leases a server gives in pages."""


@dataclass(slots=True)
class LeaseList:
    """Reads the leases of one pair.

    `clocks`: by server that answered. `missing` has what could not be read and why, one text each.
    """

    pair: str
    servers: Mapping[str, Source]
    clocks: dict[str, Clock] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    _scopes: dict[str, frozenset[str]] = field(default_factory=dict)

    async def begin(self) -> list[str]:
        """Poll both servers; the names of the scopes that one of them has."""
        await asyncio.gather(*(self._poll(name, source) for name, source in self.servers.items()))
        return sorted({scope for scopes in self._scopes.values() for scope in scopes})

    async def _poll(self, name: str, source: Source) -> None:
        try:
            facts = (await source.poll()).facts
        except SourceError as error:
            self.missing.append(f"{self.pair} {name}: no leases: {error}")
            return
        self.clocks[name] = Clock(facts.at, facts.contact_lost_at)
        if facts.pools is None:
            self.missing.append(f"{self.pair} {name}: no leases: it reports no scopes")
            return
        self._scopes[name] = frozenset(pool.name for pool in facts.pools if pool.family in LISTED)
        others = [pool.name for pool in facts.pools if pool.family not in LISTED]
        if others:
            self.missing.append(f"{self.pair} {name}: its leases of {', '.join(others)} cannot be listed")

    async def read(self, scopes: list[str]) -> AsyncIterator[list[JoinedLease]]:
        """The joined leases of each scope."""
        for scope in scopes:
            names = list(self.servers)
            read = await asyncio.gather(*(self._scope(name, scope) for name in names))
            # A large scope takes a while: not in the event loop.
            yield await asyncio.to_thread(join, self.pair, dict(zip(names, read, strict=True)))

    async def _scope(self, name: str, scope: str) -> list[LeaseFacts] | None:
        """All leases of a scope at a server; None where they could not all be read."""
        if name not in self._scopes:
            return None
        if scope not in self._scopes[name]:
            self.missing.append(f"{self.pair} {name}: it has no scope {scope}")
            return None
        found: list[LeaseFacts] = []
        try:
            async for page in self.servers[name].lease_pages(scope):
                found += page
        except SourceError as error:
            self.missing.append(f"{self.pair} {name}: the leases of {scope} could not all be read: {error}")
            return None
        return found
