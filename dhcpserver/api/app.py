"""The HTTP API: routes over one running server.

It lives on the same loop as the packets, between turns; every request is bounded work.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dhcpserver import VERSION
from dhcpserver.api import leases, metrics, problems
from dhcpserver.api.auth import Authenticator, Caller
from dhcpserver.api.problems import Problem
from dhcpserver.api.status import StatusDocument, status_document
from dhcpserver.api.times import shown
from dhcpserver.failover.errors import DateError, OperatorError, StillRecovering
from dhcpserver.failover.states import State
from dhcpserver.runtime.server import NotServingError, Server
from dhcpserver.service.turn import Command, ForceAvailable, Rebalance, SetPartnerDown, SetSafePeriod, UseSafePeriod

LOG_LINES_PER_PAGE = 1000
LONGEST_FOLLOW = 25.0
LONGEST_SAFE_PERIOD = 31 * 86400

Reload = Callable[[], Awaitable[None]]
Leave = Callable[[bool], None]
"""Ends the process; the argument is whether it is for long."""


class StopRequest(BaseModel):
    """How long the server will be away: `long` lets the partner take over at once, `short` lets it wait."""

    model_config = ConfigDict(extra="forbid")

    absence: Literal["short", "long"] = "short"


class SafePeriodRequest(BaseModel):
    """Whether PARTNER-DOWN comes by itself after the safe period; holds until the next start."""

    model_config = ConfigDict(extra="forbid")

    use: bool


class SafePeriodLength(BaseModel):
    """How long without contact until PARTNER-DOWN comes by itself; holds until the next start."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[int, Field(ge=1, le=LONGEST_SAFE_PERIOD)]


class PartnerDownRequest(BaseModel):
    """What an operator says when setting the partner down; `date` None means when contact was lost."""

    model_config = ConfigDict(extra="forbid")

    date: AwareDatetime | None = None
    expert: bool = False
    operator: str = ""
    reason: str = ""


def create_app(server: Server, reload: Reload, leave: Leave) -> FastAPI:
    """The application. `reload` reads the configuration again, as SIGHUP does; ValueError says what is wrong in it.

    `leave` ends the process as SIGTERM does.
    """
    app = FastAPI(
        title="Pairwatch DHCP failover server",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    users = Authenticator(server.configuration.user)
    app.include_router(_open(server))
    app.include_router(_reading(server, users))
    app.include_router(_acting(server, users, reload, leave))
    return app


def _open(server: Server) -> APIRouter:
    """What needs no login."""
    router = APIRouter()

    @router.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> Response:
        reason = server.not_serving_reason
        return PlainTextResponse(reason or "serving", 503 if reason else 200)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics_page() -> Response:
        return Response(metrics.text(server), media_type=metrics.CONTENT_TYPE)

    return router


def _reading(server: Server, users: Authenticator) -> APIRouter:
    """What a viewer may do."""
    viewer = users.at_least("viewer")
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(viewer)])

    @router.get("/session")
    async def session(caller: Annotated[Caller, Depends(viewer)]) -> dict[str, str]:
        return {"user": caller.name, "role": caller.role}

    @router.get("/status", response_model=StatusDocument)
    async def status(since: Annotated[int, Query(ge=0)] = 0) -> Response:
        return JSONResponse(status_document(server, since))

    @router.get("/log")
    async def log(
        after: Annotated[int | None, Query(ge=0)] = None,
        limit: Annotated[int, Query(ge=1, le=LOG_LINES_PER_PAGE)] = 200,
        follow: Annotated[float, Query(ge=0, le=LONGEST_FOLLOW)] = 0.0,
    ) -> dict[str, Any]:
        lines, following = server.log.page(after, limit)
        if not lines and follow:
            await server.log.wait(follow)
            lines, following = server.log.page(after, limit)
        return {"lines": [{"cursor": cursor, "text": text} for cursor, text in lines], "next": following}

    @router.get("/leases")
    async def list_leases(
        scope: str | None = None,
        client: str | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=leases.MOST_PER_PAGE)] = 100,
    ) -> dict[str, Any]:
        if (scope is None) == (client is None):
            wrong = {"field": "scope", "seen": scope, "expected": "either a scope or a client"}
            raise Problem(422, "either a scope or a client is to be named", [wrong])
        if client is not None:
            return _of_client(server, client, after)
        assert scope is not None
        pool = server.core.book.pools.get(scope)
        if pool is None:
            raise Problem(404, f"there is no scope {scope!r}")
        found, following = leases.page(server.core.book, pool, _address(after or "0.0.0.0"), limit, server.core.is_main)
        return _page(found, following)

    @router.get("/leases/{address}")
    async def one_lease(address: str) -> dict[str, Any]:
        lease = server.core.book.get(_address(address))
        if lease is None:
            raise Problem(404, f"{address} has no lease, and never had one")
        return leases.lease_document(server.core.book, lease, server.core.is_main)

    @router.get("/config")
    async def config() -> dict[str, Any]:
        document = server.configuration.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for user in document.get("user", ()):
            user.pop("password", None)
            user.pop("token", None)
        for recipient in document.get("trap-recipient", ()):
            for secret in ("community", "auth-key", "priv-key"):
                recipient.pop(secret, None)
        return document

    return router


def _page(found: list[dict[str, Any]], following: int | None) -> dict[str, Any]:
    return {"leases": found, "next": None if following is None else str(IPv4Address(following))}


def _of_client(server: Server, text: str, after: str | None) -> dict[str, Any]:
    """The leases of a client: those that an index finds, and with `after` those that a look at the addresses finds."""
    try:
        client = leases.read_client(text)
    except leases.ClientError as error:
        wrong = {"field": "client", "seen": text, "expected": leases.CLIENT_WORDS}
        raise Problem(422, str(error), [wrong]) from error
    book, main = server.core.book, server.core.is_main
    if after is None:
        return _page(*leases.of_client(book, client, main))
    return _page(*leases.scan(book, client, _address(after), main))


def _acting(server: Server, users: Authenticator, reload: Reload, leave: Leave) -> APIRouter:
    """What an operator may do."""
    operator = users.at_least("operator")
    router = APIRouter(prefix="/api/v1")

    @router.post("/pairs/{name}/set-partner-down")
    async def set_partner_down(
        name: str, wanted: PartnerDownRequest, request: Request, caller: Annotated[Caller, Depends(operator)]
    ) -> dict[str, Any]:
        endpoint = server.core.endpoint
        if endpoint is None or server.core.pair_name != name:
            raise Problem(404, f"this server has no failover pair {name!r}")
        if wanted.expert and caller.role != "expert":
            raise Problem(403, f"{caller.name} is {caller.role}; an earlier date needs expert")
        date = None if wanted.date is None else _seconds(wanted.date)
        who = f"{wanted.operator or caller.name} (as {caller.name} from {caller.address})"
        await _command(
            server, SetPartnerDown(name, date, wanted.expert, f"{who}: {wanted.reason or 'no reason given'}")
        )
        view = endpoint.view(server.now())
        return {
            "pair": name,
            "state": view.state.value,
            "partner_down_time": shown(view.partner_down_time),
            "partner_pool_usable_at": shown(view.partner_pool_usable_at),
        }

    @router.post("/reload", dependencies=[Depends(operator)])
    async def reload_configuration(force: bool = False) -> dict[str, str]:
        endpoint = server.core.endpoint
        if endpoint is not None and endpoint.state is State.RECOVER and not force:
            raise Problem(409, str(StillRecovering()))
        try:
            await reload()
        except ValueError as error:
            raise Problem(422, str(error)) from error
        return {"result": "reloading"}

    @router.post("/stop")
    async def stop(wanted: StopRequest, caller: Annotated[Caller, Depends(operator)], force: bool = False) -> Answer:
        endpoint = server.core.endpoint
        if endpoint is not None and endpoint.state is State.RECOVER and not force:
            raise Problem(409, str(StillRecovering()))
        server.say("Info", 18206, f"Stopped for {wanted.absence} by {_who(caller)}.")
        leave(wanted.absence == "long")
        return {"result": "stopping"}

    @router.post("/pairs/{name}/use-safe-period")
    async def use_safe_period(
        name: str, wanted: SafePeriodRequest, caller: Annotated[Caller, Depends(operator)]
    ) -> dict[str, Any]:
        await _command(server, UseSafePeriod(name, wanted.use, _who(caller)))
        return {"pair": name, "use_safe_period": wanted.use}

    @router.post("/pairs/{name}/safe-period")
    async def set_safe_period(
        name: str, wanted: SafePeriodLength, caller: Annotated[Caller, Depends(operator)]
    ) -> dict[str, Any]:
        await _command(server, SetSafePeriod(name, wanted.seconds, _who(caller)))
        endpoint = server.core.endpoint
        ends = None if endpoint is None else endpoint.view(server.now()).safe_period_ends
        return {"pair": name, "safe_period": wanted.seconds, "safe_period_ends": shown(ends)}

    @router.post("/pairs/{name}/rebalance")
    async def rebalance(name: str, caller: Annotated[Caller, Depends(operator)]) -> Answer:
        await _command(server, Rebalance(name, _who(caller)))
        return {"result": "rebalancing"}

    @router.post("/leases/{address}/force-available")
    async def force_available(address: str, caller: Annotated[Caller, Depends(operator)]) -> Answer:
        await _command(server, ForceAvailable(_address(address), _who(caller)))
        return {"result": "the address can be used again"}

    return router


Answer = dict[str, str]


def _who(caller: Caller) -> str:
    return f"{caller.name} from {caller.address}"


async def _command(server: Server, command: Command) -> None:
    try:
        await server.submit(command)
    except DateError as error:
        date = command.date if isinstance(command, SetPartnerDown) else None
        raise Problem(422, str(error), [{"field": "date", "seen": shown(date), "expected": str(error)}]) from error
    except OperatorError as error:
        raise Problem(409, str(error)) from error
    except NotServingError as error:
        raise Problem(503, str(error)) from error


def _seconds(date: datetime) -> float:
    return date.timestamp()


def _address(text: str) -> int:
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        wrong = {"field": "address", "seen": text, "expected": "a.b.c.d"}
        raise Problem(422, f"{text!r} is not an IPv4 address", [wrong]) from None
