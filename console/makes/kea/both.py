"""The DHCPv4 and the DHCPv6 daemon of one host as one server.

Each daemon has its own state, contact and partner. The server shows the worse of both, with the name of the daemon
where their states differ; the pools, leases and configurations are those of both. An action is done by both, one after
the other; if only one did it, the answer has which.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from console.errors import Refused, SourceError
from console.makes.kea.profile import KEA
from console.makes.kea.settings import KeaServer
from console.makes.kea.source import KeaSource, open_daemon
from console.makes.source import Identity, LogRecord, Polled, Source
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.facts import PairFacts
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.phases import Phase
from console.model.profiles import Can, MakeProfile

WORST_FIRST = (
    Phase.UNKNOWN,
    Phase.TERMINATED,
    Phase.TAKEN_OVER,
    Phase.ALONE,
    Phase.PAUSED,
    Phase.STARTING,
    Phase.RETURNING,
    Phase.RETURN_WAIT,
    Phase.STANDBY,
    Phase.NORMAL,
)
"""Which of two phases a server shows: the one that needs an operator first."""
NAMES: Mapping[str, str] = {"dhcp4": "DHCPv4", "dhcp6": "DHCPv6"}


class BothDaemons:
    """One server of two daemons. A daemon that does not answer is an error of the server: half a server would look like
    a whole one."""

    def __init__(self, daemons: Mapping[str, KeaSource]) -> None:
        """`daemons`: the sources by their service."""
        self._daemons = daemons

    @property
    def profile(self) -> MakeProfile:
        return KEA

    def can(self) -> frozenset[Can]:
        return KEA.can

    async def user_role(self) -> str | None:
        return None

    async def identify(self) -> Identity:
        first, *_ = await asyncio.gather(*(each.identify() for each in self._daemons.values()))
        return first

    async def poll(self) -> Polled:
        answers = await asyncio.gather(*(self._poll(name) for name in self._daemons))
        found = dict(zip(self._daemons, answers, strict=True))
        raw = {name: dict(polled.raw) for name, polled in found.items()}
        return Polled(joined({name: polled.facts for name, polled in found.items()}), raw)

    async def _poll(self, service: str) -> Polled:
        try:
            return await self._daemons[service].poll()
        except SourceError as error:
            error.args = (f"{NAMES[service]}: {error}", *error.args[1:])
            raise

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        if query.by_address:
            return await self._daemons["dhcp6" if ":" in query.words else "dhcp4"].leases(query)
        found = await asyncio.gather(*(each.leases(query) for each in self._daemons.values()))
        return [*chain.from_iterable(found)]

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        async for page in self._daemons["dhcp6" if ":" in scope else "dhcp4"].lease_pages(scope):
            yield page

    async def config(self) -> Sequence[ConfigObject]:
        """The objects of both, those of DHCPv6 under names of their own."""
        found = await asyncio.gather(*(each.config() for each in self._daemons.values()))
        return [
            replace(each, kind=each.kind if service == "dhcp4" else f"{NAMES[service]} {each.kind}")
            for service, objects in zip(self._daemons, found, strict=True)
            for each in objects
        ]

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        async for records in next(iter(self._daemons.values())).log():
            yield records

    async def act(self, request: ActionRequest) -> Receipt:
        done: list[str] = []
        for service, daemon in self._daemons.items():
            try:
                receipt = await daemon.act(request)
            except SourceError as error:
                if not done:
                    raise
                raise Refused(409, f"{'; '.join(done)}; {NAMES[service]} did not: {error}") from error
            done.append(f"{NAMES[service]}: {receipt.text or 'done'}")
        return Receipt("; ".join(done))

    async def close(self) -> None:
        await asyncio.gather(*(each.close() for each in self._daemons.values()))


def joined(found: Mapping[str, PairFacts]) -> PairFacts:
    """The facts of the daemon whose phase is worse, with the pools and misfits of all."""
    worst = min(found, key=lambda name: _rank(found[name]))
    facts = found[worst]
    word = facts.word
    if len({each.word for each in found.values()}) > 1:
        word = f"{facts.word} ({NAMES[worst]})"
    pools = [each.pools for each in found.values()]
    return replace(
        facts,
        word=word,
        pools=None if any(each is None for each in pools) else tuple(chain.from_iterable(each or () for each in pools)),
        serves=_every([each.serves for each in found.values()]),
        contact=_every([each.contact for each in found.values()]),
        misfits=tuple(f"{NAMES[name]}: {text}" for name, each in found.items() for text in each.misfits),
    )


def _rank(facts: PairFacts) -> int:
    return WORST_FIRST.index(facts.phase) if facts.phase in WORST_FIRST else 0


def _every(values: Sequence[bool | None]) -> bool | None:
    """False if one is; None if one is not known; else True."""
    return False if False in values else None if None in values else True


def open_kea(server: KeaServer) -> Source:
    """The source of a configured server. Raises ConfigError."""
    if server.service != "both":
        return open_daemon(server, server.api, server.service)
    apis = {"dhcp4": server.api, "dhcp6": server.api6 or server.api}
    return BothDaemons({service: open_daemon(server, api, service) for service, api in apis.items()})
