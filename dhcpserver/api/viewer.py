"""The routes that read: status, log, leases and configuration. They need the role `viewer`.

Answers with many objects are dictionaries that are sent as they are (`_json`); OpenAPI has their models, and the tests
validate the dictionaries by them.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic_core import to_json

from dhcpserver.api import leases
from dhcpserver.api.addresses import ADDRESS, AddressInPath, read_address
from dhcpserver.api.auth import Caller, caller_of
from dhcpserver.api.leasehistory import history
from dhcpserver.api.openapi import problems
from dhcpserver.api.problems import Problem
from dhcpserver.api.status import status_document
from dhcpserver.config.secrecy import without_secrets
from dhcpserver.contract.leases import LeaseDocument, LeaseHistory, LeasePage
from dhcpserver.contract.log import LogLine, LogPage
from dhcpserver.contract.requests import SessionDocument, ShownDate
from dhcpserver.contract.status import StatusDocument
from dhcpserver.leases.keys import text_of
from dhcpserver.limits import PAGE_ITEMS
from dhcpserver.runtime.server import Server

LONGEST_FOLLOW_SECONDS = 25.0


def viewer_routes(server: Server) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/session")
    async def session(caller: Annotated[Caller, Depends(caller_of)]) -> SessionDocument:
        return SessionDocument(user=caller.name, role=caller.role)

    @router.get("/status", response_model=StatusDocument)
    async def status(since: Annotated[int, Query(ge=0)] = 0) -> Response:
        return _json(status_document(server, since))

    @router.get("/log")
    async def log(
        after: Annotated[int | None, Query(ge=0)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS)] = 200,
        follow: Annotated[float, Query(ge=0, le=LONGEST_FOLLOW_SECONDS)] = 0.0,
    ) -> LogPage:
        lines, following = server.log.page(after, limit)
        if not lines and follow:
            await server.log.wait(follow)
            lines, following = server.log.page(after, limit)
        return LogPage(lines=tuple(LogLine(cursor=cursor, text=text) for cursor, text in lines), next=following)

    @router.get("/leases", response_model=LeasePage, responses=problems(404, 422))
    async def list_leases(
        scope: str | None = None,
        client: str | None = None,
        after: Annotated[str | None, Query(json_schema_extra=ADDRESS)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS)] = 100,
    ) -> Response:
        if client is not None and scope is None:
            return _of_client(server, client, after)
        if scope is None or client is not None:
            error = {"field": "scope", "seen": scope, "expected": "either a scope or a client"}
            raise Problem(422, "the request must name either a scope or a client", [error])
        pool = server.core.book.pools.get(scope)
        if pool is None:
            raise Problem(404, f"there is no scope or prefix {scope!r}")
        start = 0 if after is None else read_address(after)
        return _page(*leases.page(server.core.book, pool, start, limit, server.core.is_main))

    @router.get("/leases/{address:lease}", response_model=LeaseDocument, responses=problems(404, 422))
    async def one_lease(address: AddressInPath) -> Response:
        lease = server.core.book.get(read_address(address))
        if lease is None:
            raise Problem(404, f"{address} has no lease, and never had one")
        return _json(leases.lease_document(server.core.book, lease, server.core.is_main))

    @router.get("/lease-history", response_model=LeaseHistory, responses=problems(409, 422))
    def lease_history(
        address: Annotated[str, Query(json_schema_extra=ADDRESS)], at: Annotated[ShownDate | None, Query()] = None
    ) -> Response:
        """Who had an address at a time (now, if `at` is left out). Not async: it reads files, in a thread."""
        found = text_of(read_address(address))
        moment = server.now() if at is None else at.timestamp()
        settings = server.configuration.server
        if "json" not in settings.lease_log:
            raise Problem(409, 'the server writes no lease log: set lease-log = ["json"] in [server]')
        return _json(history(server.data.logs, found, moment, settings.lease_log_count))

    @router.get("/config")
    async def config() -> dict[str, Any]:
        return without_secrets(server.configuration)

    return router


def _json(content: dict[str, Any]) -> Response:
    """Return a response with the content. pydantic's encoder takes half the time of the standard library's."""
    return Response(to_json(content), media_type="application/json")


def _page(found: list[dict[str, Any]], following: int | None) -> Response:
    return _json({"leases": found, "next": leases.page_cursor(following)})


def _of_client(server: Server, text: str, after: str | None) -> Response:
    """Return the leases of a client that an index has; with `after` those found by going through the addresses."""
    try:
        client = leases.read_client(text)
    except leases.ClientError as error:
        raise Problem(422, str(error), [{"field": "client", "seen": text, "expected": leases.CLIENT_FORMS}]) from error
    book, main = server.core.book, server.core.is_main
    if after is None:
        return _page(*leases.of_client(book, client, main))
    return _page(*leases.scan(book, client, read_address(after), main))
