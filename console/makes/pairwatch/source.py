"""A Pairwatch server as a source.

The documents of leases are loaded when leases are requested, which keeps the start fast.
"""

from collections.abc import AsyncIterator, Sequence

from console.errors import Unreadable
from console.makes.pairwatch.actions import posted
from console.makes.pairwatch.client import ServerClient
from console.makes.pairwatch.configuration import config_objects
from console.makes.pairwatch.cursors import place
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.settings import PairwatchServer
from console.makes.pairwatch.status import Translator, pairs_in
from console.makes.source import Identity, LogRecord, Polled
from console.makes.tls import TlsSettings
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile
from console.model.times import instant

PAST_LINES = 200
FOLLOW_SECONDS = 20.0
LINES_PER_ANSWER = 1000
LEASES_PER_PAGE = 1000


class PairwatchSource:
    """One server of one pair, over a client that is this source's alone."""

    def __init__(self, client: ServerClient, pair: str) -> None:
        self._client = client
        self._pair = pair
        self._translator = Translator()
        self._cursor: int | None = None

    @property
    def profile(self) -> MakeProfile:
        return PAIRWATCH

    def can(self) -> frozenset[Can]:
        return PAIRWATCH.can

    async def user_role(self) -> str | None:
        return await self._client.role()

    async def identify(self) -> Identity:
        role, raw = await self._client.role(), await self._client.status()
        server = raw.get("server")
        name = server.get("name") if isinstance(server, dict) else None
        try:
            clock = instant(raw.get("at"))
        except (TypeError, ValueError):
            clock = None
        return Identity(None if name is None else str(name), clock, pairs_in(raw), role)

    async def poll(self) -> Polled:
        raw = await self._client.status()
        return Polled(self._translator.facts(raw, self._pair), raw)

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        from console.makes.pairwatch.leases import lease_facts

        asked = self._client.lease(query.words) if query.by_address else self._client.leases_of(query.words)
        return [lease_facts(each) for each in await asked]

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        from console.makes.pairwatch.leases import lease_facts

        after: str | None = None
        while True:
            found, following = await self._client.lease_page(scope, after, LEASES_PER_PAGE)
            yield [lease_facts(each) for each in found]
            if following is None:
                return
            if after is not None and place(following) <= place(after):
                raise Unreadable(f"the pages of the leases of {scope} do not go on after {after}")
            after = following

    async def config(self) -> Sequence[ConfigObject]:
        return config_objects(await self._client.config())

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        """The first answer has earlier lines; later ones wait for new lines. A further call continues there."""
        if self._cursor is None:
            texts, self._cursor = await self._client.log(None, PAST_LINES, 0)
            yield [LogRecord(text, past=True) for text in texts]
        while True:
            texts, following = await self._client.log(self._cursor, LINES_PER_ANSWER, FOLLOW_SECONDS)
            if following < self._cursor:
                # A server with a new log counts from the start again: begin with it, or the cursor never comes.
                self._cursor, texts = 0, []
            else:
                self._cursor = following
            yield [LogRecord(text, past=False) for text in texts]

    async def act(self, request: ActionRequest) -> Receipt:
        path, body = posted(request)
        answer = await self._client.act(path, body)
        return Receipt(str(answer.get("result") or ""))

    async def close(self) -> None:
        await self._client.close()


def open_at(api: str, user: str, password: str, pair: str = "", tls: TlsSettings | None = None) -> PairwatchSource:
    """The source of a server that is in no configuration yet; without a pair it can be identified, not polled."""
    return PairwatchSource(ServerClient(api, user, password, tls=tls), pair)


def open_pairwatch(server: PairwatchServer, pair: str) -> PairwatchSource:
    """The source of a server of a pair. Raises ConfigError when its password or a certificate cannot be read."""
    return open_at(server.api, server.user, server.password(), pair, server.tls)
