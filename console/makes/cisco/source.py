"""A Cisco server as a source."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from console.errors import Refused, SourceError, Unanswered
from console.makes.cisco.client import CiscoClient, Object, object_name
from console.makes.cisco.leases import lease_facts
from console.makes.cisco.profile import CISCO
from console.makes.cisco.settings import CiscoServer
from console.makes.cisco.status import config_objects, pair_facts
from console.makes.cisco.values import text
from console.makes.source import Identity, LogRecord, Polled, Source, UnpolledSource
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import Concern, ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile, unpolled

COUNTED_EACH_POLL = 10
"""Scopes whose counts one poll reads, in turn: each is a request of its own."""
SCOPES_READ_AGAIN_POLLS = 60


class CiscoSource:
    """One server with one of its failover pairs, over a client that is this source's alone."""

    def __init__(self, client: CiscoClient, server: CiscoServer, pair: str) -> None:
        self._client = client
        self._server = server
        self._pair = server.failover_pair or pair
        self._polls = 0
        self._scopes: dict[str, Object | None] = {}
        self._next = 0

    @property
    def profile(self) -> MakeProfile:
        return CISCO

    def can(self) -> frozenset[Can]:
        return CISCO.can

    async def user_role(self) -> str | None:
        return None

    async def identify(self) -> Identity:
        version = await self._client.version()
        pairs = {name: "" async for page in self._client.objects("CCMFailoverPair") for name in _names(page)}
        return Identity(version or None, None, pairs, None)

    async def poll(self) -> Polled:
        pair = await self._client.object(f"resource/CCMFailoverPair/{object_name(self._pair)}")
        related = await self._optional(self._server.related_path)
        if pair is not None:
            await self._count_scopes()
        facts = pair_facts(self._server.name, self._pair, pair, related, self._scopes, self._server.keys)
        return Polled(facts, {"pair": pair, "related": related, "scopes": dict(self._scopes)})

    async def _count_scopes(self) -> None:
        """Read the names of the scopes now and then, and at each poll the counts of the next few."""
        if self._polls % SCOPES_READ_AGAIN_POLLS == 0:
            names = [name async for page in self._client.objects("Scope") for name in _names(page)]
            self._scopes = {name: self._scopes.get(name) for name in names}
        self._polls += 1
        names = list(self._scopes)
        for _ in range(min(COUNTED_EACH_POLL, len(names))):
            name = names[self._next % len(names)]
            self._next += 1
            path = self._server.utilization_path.replace("{scope}", object_name(name))
            self._scopes[name] = await self._optional(path)

    async def _optional(self, path: str) -> Object | None:
        """The object of a path that is not public; None where the server has none there."""
        try:
            return await self._client.object(path)
        except Unanswered:
            raise
        except SourceError:
            return None

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        if not query.by_address:
            raise Refused(501, "the console finds a lease of this make by its address only")
        found = await self._client.object(f"resource/Lease/{object_name(query.words)}")
        lease = None if found is None else lease_facts(found)
        return [] if lease is None else [lease]

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        async for page in self._client.objects(f"Lease?scopeName={object_name(scope)}"):
            found = (lease_facts(each) for each in page)
            yield [each for each in found if each is not None and each.scope in ("", scope)]

    async def config(self) -> Sequence[ConfigObject]:
        found: list[ConfigObject] = []
        for kind, concern in (("Scope", Concern.SCOPE), ("Policy", Concern.SERVICE)):
            objects: list[Any] = [each async for page in self._client.objects(kind) for each in page]
            found += config_objects(kind, concern, objects)
        return found

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        for _ in ():
            yield ()
        raise Unanswered("Cisco does not send its log: set log to its file, where this host has it")

    async def act(self, request: ActionRequest) -> Receipt:
        raise Unanswered(f"{self._server.name} is Cisco Network Registrar: the console has no {request.action} for it")

    async def close(self) -> None:
        await self._client.close()


def _names(page: Sequence[Object]) -> list[str]:
    return [name for each in page if (name := text(each, "name")) is not None]


def open_cisco(server: CiscoServer, pair: str) -> Source:
    """The source of a configured server. Raises ConfigError."""
    if server.api is None:
        return UnpolledSource(unpolled(CISCO), server.name)
    password = server.password()
    credentials = None if server.user is None or password is None else (server.user, password)
    client = CiscoClient(server.api, server.base_path, credentials, tls=server.tls)
    return CiscoSource(client, server, pair)
