"""An operator's questions to both servers of a pair: a lease, the configurations. The answers are observations."""

import asyncio
from collections.abc import Mapping
from typing import Any

from console.errors import Refused, Unanswered
from console.insight.lookup import Lookup
from console.model.observations import ConfigAnswer, LeaseAnswer
from console.settings.clients import Clients
from console.state.store import PictureStore


class Inquiries:
    """Asks the servers of every pair that can be asked; none can in a replay."""

    def __init__(self, store: PictureStore, clients: Mapping[str, Clients]) -> None:
        """`clients`: by the name of the pair, then of the server."""
        self._store = store
        self._clients = clients

    def can_ask(self, pair: str) -> bool:
        """Whether the pair has a server that can be asked."""
        return bool(self._clients.get(pair))

    async def lease(self, pair: str, lookup: Lookup) -> None:
        """Ask each server for a lease; observe each answer, or why there is none."""
        servers = self._clients.get(pair, {})
        await asyncio.gather(*(self._lease(pair, name, lookup) for name in servers))

    async def _lease(self, pair: str, server: str, lookup: Lookup) -> None:
        client = self._clients[pair][server]
        leases: list[dict[str, Any]] = []
        error = None
        try:
            leases = await (client.lease(lookup.words) if lookup.by_address else client.leases_of(lookup.words))
        except (Unanswered, Refused) as problem:
            error = str(problem)
        self._store.observe(LeaseAnswer(self._store.clock(), pair, server, lookup.words, leases, error))

    async def configurations(self, pair: str) -> list[str]:
        """Ask each server for its configuration; observe each answer. The names of the servers that gave none."""
        failed = []
        for name, client in self._clients.get(pair, {}).items():
            config: Mapping[str, Any] = {}
            error = None
            try:
                config = await client.config()
            except (Unanswered, Refused) as problem:
                error = str(problem)
                failed.append(name)
            self._store.observe(ConfigAnswer(self._store.clock(), pair, name, config, error))
        return failed
