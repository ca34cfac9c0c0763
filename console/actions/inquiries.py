"""An operator's questions to both servers of a pair: a lease, the configurations. The answers are observations."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.errors import SourceError
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.observations import ConfigAnswer, LeaseAnswer
from console.state.store import PictureStore

if TYPE_CHECKING:
    from console.actions.lease_lists import LeaseList
    from console.settings.clients import Clients


class Inquiries:
    """Asks the servers of every pair that can be asked; none can in a replay."""

    def __init__(self, store: PictureStore, clients: "Mapping[str, Clients]") -> None:
        """`clients`: by the name of the pair, then of the server."""
        self._store = store
        self._clients = clients

    def can_ask(self, pair: str) -> bool:
        """Whether the pair has a server that can be asked."""
        return pair in self._clients

    def lease_list(self, pair: str) -> "LeaseList | None":
        """Reads all leases of a pair; None for one that has no server that can be asked."""
        from console.actions.lease_lists import LeaseList

        servers = self._clients.get(pair)
        return LeaseList(pair, servers) if servers else None

    async def lease(self, pair: str, query: LeaseQuery) -> None:
        """Ask each server for a lease; observe each answer, or why there is none."""
        servers = self._clients.get(pair, {})
        await asyncio.gather(*(self._lease(pair, name, query) for name in servers))

    async def _lease(self, pair: str, server: str, query: LeaseQuery) -> None:
        leases: tuple[LeaseFacts, ...] = ()
        error = None
        try:
            leases = tuple(await self._clients[pair][server].leases(query))
        except SourceError as problem:
            error = str(problem)
        self._store.observe(LeaseAnswer(self._store.clock(), pair, server, query.words, leases, error))

    async def configurations(self, pair: str) -> list[str]:
        """Ask each server for its configuration; observe each answer. The names of the servers that gave none."""
        failed = []
        for name, source in self._clients.get(pair, {}).items():
            objects: tuple[ConfigObject, ...] = ()
            error = None
            try:
                objects = tuple(await source.config())
            except SourceError as problem:
                error = str(problem)
                failed.append(name)
            self._store.observe(ConfigAnswer(self._store.clock(), pair, name, objects, error))
        return failed
