"""A Kea server as a source."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from console.errors import NoSuchPair, Refused, Unanswered, Unreadable
from console.makes.kea.actions import COMMANDS, NOT_PAUSED, command_of, scopes_of
from console.makes.kea.client import KeaClient, UnknownCommand
from console.makes.kea.configuration import config_objects
from console.makes.kea.documents import objects
from console.makes.kea.leases import asked, lease_facts
from console.makes.kea.pools import result_set, subnets
from console.makes.kea.profile import KEA
from console.makes.kea.relationships import Relationship, relationships
from console.makes.kea.settings import KeaServer
from console.makes.kea.status import Configuration, chosen, clock_of, pair_facts
from console.makes.kea.words import ROLES
from console.makes.source import Identity, LogRecord, Polled
from console.model.action_names import ActionName, ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile

LEASES_PER_PAGE = 1000
STATISTICS = {"dhcp4": "stat-lease4-get", "dhcp6": "stat-lease6-get"}
AGE_IN_SECONDS = 2.5
"""The age of a configuration has whole seconds, and an answer can be late: less does not mean a reload."""
READ_AGAIN_SECONDS = 60.0


class KeaSource:
    """One daemon with one of its relationships, over a client that is this source's alone.

    The configuration is read at the first poll and after every reload: the status has the age of the configuration in
    force, which then begins again.
    """

    def __init__(
        self,
        client: KeaClient,
        server: str,
        relationship: str | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._client = client
        self._server = server
        self._relationship = relationship
        self._configuration = Configuration()
        self._began: float | None = None

    @property
    def profile(self) -> MakeProfile:
        return KEA

    def can(self) -> frozenset[Can]:
        return KEA.can

    async def user_role(self) -> str | None:
        return None

    async def identify(self) -> Identity:
        """A relationship has no name: `pairs` has the partners by name, with the role of this server towards each."""
        status = await self._must("status-get")
        await self._follow_configuration(status)
        known = self._configuration.relationships
        if not known:
            raise NoSuchPair("the server has no high availability: it does not load the hook libdhcp_ha")
        roles = {
            each.partner.name: ROLES.get(each.me.role if each.me is not None else "", "")
            for each in known
            if each.partner is not None
        }
        return Identity(known[0].own, clock_of(status, await self._heartbeat()), roles, None)

    async def poll(self) -> Polled:
        status = await self._must("status-get")
        await self._follow_configuration(status)
        statistics = await self._statistics()
        heartbeat = None if _has_clock(status) else await self._heartbeat()
        facts = pair_facts(
            self._server,
            status,
            heartbeat,
            statistics,
            self._configuration,
            self._client.service,
            self._relationship,
        )
        return Polled(facts, {"status-get": status, "ha-heartbeat": heartbeat, "statistics": statistics})

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        command, arguments = asked(query, self._client.service)
        answer = await self._client.command(command, arguments)
        if answer is None:
            return []
        found = objects(answer, "leases") or [answer]
        return self._facts(found)

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        """All leases are read, since Kea has no pages of a subnet."""
        command = "lease4-get-page" if self._client.service == "dhcp4" else "lease6-get-page"
        after = "start"
        while True:
            answer = await self._client.command(command, {"from": after, "limit": LEASES_PER_PAGE})
            found = [] if answer is None else objects(answer, "leases")
            yield [each for each in self._facts(found) if each.scope == scope]
            last = found[-1].get("ip-address") if found else None
            if len(found) < LEASES_PER_PAGE:
                return
            if not isinstance(last, str) or last == after:
                raise Unreadable(f"the pages of the leases do not go on after {after}")
            after = last

    async def config(self) -> Sequence[ConfigObject]:
        return config_objects(await self._must("config-get"))

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        for _ in ():
            yield ()
        raise Unanswered("Kea does not send its log: set log to its file, where this host has it")

    async def act(self, request: ActionRequest) -> Receipt:
        if request.action not in COMMANDS:
            raise Unanswered(f"{self._server} is Kea: the console has no {request.action} for it")
        if not self._configuration.relationships:
            await self.poll()
        known = self._known()
        command = command_of(request, known, self._relationship)
        text = await self._client.change(command.name, command.arguments, command.seconds)
        if request.action is ActionName.CONTINUE and NOT_PAUSED in text:
            raise Refused(200, f"it is not paused ({text})")
        if request.action is ActionName.SET_SCOPES:
            return Receipt(await self._scopes_in_force(scopes_of(request.choice, known)))
        return Receipt(text)

    def _known(self) -> Relationship:
        """The relationship of the pair, as it is configured. Raises Refused."""
        for each in self._configuration.relationships:
            if self._relationship is None or (each.partner is not None and each.partner.name == self._relationship):
                return each
        raise Refused(200, f"{self._server} has no relationship for this pair in its configuration")

    async def _scopes_in_force(self, wanted: tuple[str, ...]) -> str:
        """What the status shows after the scopes were set: the command accepts what a change of state undoes."""
        status = await self._must("status-get")
        number = chosen(status, self._configuration, self._relationship)
        servers = objects(status, "high-availability")[number].get("ha-servers")
        local = servers.get("local") if isinstance(servers, Mapping) else None
        scopes = local.get("scopes") if isinstance(local, Mapping) else None
        if not isinstance(scopes, list) or {str(each) for each in scopes} != set(wanted):
            raise Refused(200, f"it accepted the scopes, and its status shows {scopes!r}")
        return f"its scopes are {', '.join(wanted) or 'none'}"

    async def close(self) -> None:
        await self._client.close()

    async def _must(self, command: str) -> dict[str, Any]:
        answer = await self._client.command(command)
        if answer is None:
            raise Refused(200, f"it has no answer to {command} ({self._client.api})")
        return answer

    async def _follow_configuration(self, status: Mapping[str, Any]) -> None:
        age, now = status.get("reload"), self._monotonic()
        began, endures = now, READ_AGAIN_SECONDS
        if isinstance(age, int) and not isinstance(age, bool) and 0 <= age < 2**32:
            began, endures = now - age, AGE_IN_SECONDS
        if self._began is not None and began <= self._began + endures:
            return
        raw = await self._must("config-get")
        self._configuration = Configuration(relationships(raw), subnets(raw, self._client.service))
        self._began = began

    async def _statistics(self) -> dict[str, Any] | None:
        """The counts of the subnets; without the hook libdhcp_stat_cmds from the statistics that every server has."""
        try:
            return await self._client.command(STATISTICS[self._client.service])
        except UnknownCommand:
            every = await self._client.command("statistic-get-all")
            return None if every is None else result_set(every, self._client.service)

    async def _heartbeat(self) -> dict[str, Any] | None:
        """The answer with the server's clock; None of a server without high availability."""
        try:
            return await self._client.command("ha-heartbeat")
        except UnknownCommand:
            return None

    def _facts(self, found: Sequence[Mapping[str, Any]]) -> list[LeaseFacts]:
        read = (lease_facts(each, self._configuration.subnets) for each in found)
        return [each for each in read if each is not None]


def open_daemon(server: KeaServer, api: str, service: str) -> KeaSource:
    """The source of one daemon of a configured server. Raises ConfigError."""
    password = server.password()
    credentials = None if server.user is None or password is None else (server.user, password)
    client = KeaClient(api, service, credentials, tls=server.tls)
    return KeaSource(client, server.name, server.relationship)


def _has_clock(status: Mapping[str, Any]) -> bool:
    """Whether the status has the clock of the server (Kea 2.4 and later)."""
    for each in objects(status, "high-availability"):
        servers = each.get("ha-servers")
        local = servers.get("local") if isinstance(servers, Mapping) else None
        if isinstance(local, Mapping) and "system-time" in local:
            return True
    return False
