"""An ISC dhcpd as a source: OMAPI, and the files of the server that this host has."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence

from console.errors import Refused, Unanswered, Unreadable
from console.makes.documents import Misfits
from console.makes.isc.client import OmapiClient
from console.makes.isc.files import DhcpdFiles
from console.makes.isc.leasefile import LeaseEntry
from console.makes.isc.leases import asked, fits, from_entry, from_object
from console.makes.isc.omapi import Message
from console.makes.isc.pools import Places
from console.makes.isc.profile import ISC
from console.makes.isc.settings import IscServer, split_endpoint
from console.makes.isc.status import pair_facts
from console.makes.isc.words import PARTNER_DOWN, ROLES
from console.makes.source import Identity, LogRecord, Polled, Source, UnpolledSource
from console.model.action_names import ActionName, ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile, unpolled

LEASES_PER_PAGE = 1000
NO_POOL = "no pool under failover"
"""The scope of a lease of whose address no range under failover is known."""


class IscSource:
    """One dhcpd with one failover peer, over a client that is this source's alone."""

    def __init__(
        self, client: OmapiClient, server: str, peer: str, files: DhcpdFiles, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._server = server
        self._peer = peer
        self._files = files
        self._clock = clock

    @property
    def profile(self) -> MakeProfile:
        return ISC

    def can(self) -> frozenset[Can]:
        return ISC.can

    async def user_role(self) -> str | None:
        return None

    async def identify(self) -> Identity:
        facts = (await self.poll()).facts
        return Identity(None, None, {self._peer: facts.role}, None)

    async def poll(self) -> Polled:
        state = await self._state()
        misfits = Misfits()
        hierarchy = None if state is None else state.values.get("hierarchy")
        role = ROLES.get(-1 if hierarchy is None else int.from_bytes(hierarchy), "")
        pools = await asyncio.to_thread(self._files.pools, role, self._clock(), misfits)
        facts = pair_facts(self._server, self._peer, state, pools, misfits)
        assert state is not None
        raw = {name: value.hex() for name, value in state.values.items() if not name.endswith("-address")}
        return Polled(facts, {"failover-state": raw})

    async def _state(self) -> Message | None:
        return await self._client.open("failover-state", name=self._peer.encode())

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        """From the leases file, which has every lease of a client; else by OMAPI, which finds one."""
        if self._files.has_leases:
            entries = await self._entries()
            found = [entry for entry in entries.values() if fits(entry, query)]
            places = Places(self._files.subnets)
            return [from_entry(entry, places.name(entry.address) or NO_POOL) for entry in found]
        wanted = asked(query)
        if wanted is None:
            raise Refused(400, f"OMAPI finds no lease by {query.words}: search by address, hardware or client id")
        answer = await self._client.open("lease", **wanted)
        lease = None if answer is None else from_object(answer.values, NO_POOL)
        return [] if lease is None else [lease]

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        if not self._files.has_leases:
            raise Refused(501, "OMAPI cannot list leases: set leases_file, where this host has it")
        places = Places(self._files.subnets)
        entries = (await self._entries()).values()
        found = [from_entry(entry, scope) for entry in entries if places.name(entry.address) == scope]
        found.sort(key=lambda lease: tuple(map(int, lease.address.split("."))))
        for begin in range(0, len(found), LEASES_PER_PAGE):
            yield found[begin : begin + LEASES_PER_PAGE]

    async def config(self) -> Sequence[ConfigObject]:
        raise Unanswered("ISC dhcpd does not send its configuration")

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        for _ in ():
            yield ()
        raise Unanswered("ISC dhcpd does not send its log: set log to its file, where this host has it")

    async def act(self, request: ActionRequest) -> Receipt:
        """Set Partner Down: dhcpd counts MCLT from the moment at which it enters the state, and takes no date."""
        if request.action is not ActionName.SET_PARTNER_DOWN:
            raise Unanswered(f"{self._server} is ISC dhcpd: the console has no {request.action} for it")
        state = await self._state()
        if state is None:
            raise Refused(404, f'the server has no failover peer "{self._peer}"')
        await self._client.update(state.handle, {"local-state": PARTNER_DOWN.to_bytes(4)})
        return Receipt()

    async def close(self) -> None:
        await self._client.close()

    async def _entries(self) -> dict[str, LeaseEntry]:
        try:
            return await asyncio.to_thread(self._files.entries)
        except OSError as error:
            raise Unreadable(f"the leases file cannot be read: {error.filename}: {error.strerror}") from error


def open_isc(server: IscServer, pair: str) -> Source:
    """The source of a configured server. Raises ConfigError."""
    if server.omapi is None:
        return UnpolledSource(unpolled(ISC), server.name)
    host, port = split_endpoint(server.omapi)
    client = OmapiClient(host, port, server.key())
    files = DhcpdFiles(server.leases_file, server.config_file, server.log)
    return IscSource(client, server.name, server.failover_peer or pair, files)
