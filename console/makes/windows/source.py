"""A Windows DHCP server as a source: the page of windows_exporter."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from console.errors import Refused, Unanswered
from console.makes.documents import Misfits
from console.makes.http import BoundedHttp
from console.makes.source import Identity, LogRecord, Polled, Source, UnpolledSource
from console.makes.windows.profile import WINDOWS
from console.makes.windows.settings import WindowsServer
from console.makes.windows.status import Reading, config_objects, counted_changes, pair_facts, read
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile, unpolled
from console.model.traffic import CountedChanges

if TYPE_CHECKING:
    import httpx

REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "the user or the password is wrong",
    HTTPStatus.FORBIDDEN: "this user may not do that",
    HTTPStatus.NOT_FOUND: "there are no metrics at this path: set metrics_path",
}


class WindowsSource:
    """One server. It keeps the counters of the last poll, to see changes of state."""

    def __init__(
        self,
        http: BoundedHttp,
        server: str,
        path: str = "/metrics",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._server = server
        self._path = path
        self._clock = clock
        self._counted: CountedChanges | None = None

    @property
    def profile(self) -> MakeProfile:
        return WINDOWS

    def can(self) -> frozenset[Can]:
        return WINDOWS.can

    async def user_role(self) -> str | None:
        return None

    async def identify(self) -> Identity:
        await self._read(Misfits())
        return Identity(None, None, {}, None)

    async def poll(self) -> Polled:
        misfits = Misfits()
        reading = await self._read(misfits)
        self._counted = counted_changes(reading.values, self._counted, self._clock()) or self._counted
        scopes = {name: scope.counts for name, scope in reading.scopes.items()}
        facts = pair_facts(self._server, reading, self._counted, misfits)
        return Polled(facts, {"values": reading.values, "scopes": scopes})

    async def _read(self, misfits: Misfits) -> Reading:
        answer: httpx.Response = await self._http.ask("GET", self._path)
        if not answer.is_success:
            words = REFUSALS.get(HTTPStatus(answer.status_code), f"HTTP status {answer.status_code}")
            raise Refused(answer.status_code, f"{words} ({self._http.api})")
        return read(answer.content.decode("utf-8", "replace"), misfits)

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        raise Refused(501, "windows_exporter has no leases: use Get-DhcpServerv4Lease")

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        for _ in ():
            yield ()
        raise Refused(501, "windows_exporter has no leases: use Get-DhcpServerv4Lease")

    async def config(self) -> Sequence[ConfigObject]:
        return tuple(config_objects((await self._read(Misfits())).scopes))

    async def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        for _ in ():
            yield ()
        raise Unanswered("windows_exporter sends no log: set log to its file, where this host has it")

    async def act(self, request: ActionRequest) -> Receipt:
        raise Unanswered(f"{self._server} is Windows DHCP: the console has no {request.action} for it, use PowerShell")

    async def close(self) -> None:
        await self._http.close()


def open_windows(server: WindowsServer) -> Source:
    """The source of a configured server. Raises ConfigError."""
    if server.api is None:
        return UnpolledSource(unpolled(WINDOWS), server.name)
    password = server.password()
    credentials = None if server.user is None or password is None else (server.user, password)
    http = BoundedHttp(server.api, server.api, credentials, tls=server.tls)
    return WindowsSource(http, server.name, server.metrics_path)
