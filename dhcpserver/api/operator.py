"""The routes that change something.

By their method they need the role `operator` (`api.access`); some requests need the role `expert`.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from dhcpserver.api.addresses import AddressInPath, read_address
from dhcpserver.api.auth import Caller, caller_of
from dhcpserver.api.openapi import problems
from dhcpserver.api.problems import Problem
from dhcpserver.contract import messages
from dhcpserver.contract.fields import rfc3339
from dhcpserver.contract.requests import (
    PartnerDownAnswer,
    PartnerDownRequest,
    ReconfigureRequest,
    ResultAnswer,
    SafePeriodAnswer,
    SafePeriodRequest,
    StopRequest,
    UseSafePeriodAnswer,
    UseSafePeriodRequest,
)
from dhcpserver.contract.words import Absence, Reconfiguring, UserRole
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.errors import DateError, OperatorError, StillRecovering
from dhcpserver.failover.states import State
from dhcpserver.runtime.server import Server
from dhcpserver.runtime.tickets import NotServingError
from dhcpserver.service.turn import (
    Command,
    ForceAvailable,
    Rebalance,
    Reconfigure,
    SetPartnerDown,
    SetSafePeriod,
    UseSafePeriod,
)
from dhcpserver.wire.dhcp6options import MessageType6

Reload = Callable[[], Awaitable[None]]
"""Reads the configuration again. Raises ValueError for a wrong configuration."""
Leave = Callable[[bool], None]
"""Ends the process; the argument is whether it stays away for long, so that the partner takes over."""


def operator_routes(server: Server, reload: Reload, leave: Leave) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1")
    _add_process_routes(router, server, reload, leave)
    _add_pair_routes(router, server)
    return router


_KINDS = {
    Reconfiguring.RENEW: MessageType6.RENEW,
    Reconfiguring.REBIND: MessageType6.REBIND,
    Reconfiguring.INFORMATION_REQUEST: MessageType6.INFORMATION_REQUEST,
}


def _add_process_routes(router: APIRouter, server: Server, reload: Reload, leave: Leave) -> None:
    @router.post("/reload", responses=problems(409, 422))
    async def reload_configuration(force: bool = False) -> ResultAnswer:
        check_not_recovering(server, force)
        try:
            await reload()
        except ValueError as error:
            raise Problem(422, str(error)) from error
        return ResultAnswer(result="reloading")

    @router.post("/stop", responses=problems(409, 422))
    async def stop(
        body: StopRequest, caller: Annotated[Caller, Depends(caller_of)], force: bool = False
    ) -> ResultAnswer:
        check_not_recovering(server, force)
        server.write_log(messages.STOPPED_BY_OPERATOR, absence=body.absence.value, operator=_shown(caller))
        leave(body.absence is Absence.LONG)
        return ResultAnswer(result="stopping")

    @router.post("/leases/{address:lease}/force-available", responses=problems(409, 422, 503))
    async def force_available(address: AddressInPath, caller: Annotated[Caller, Depends(caller_of)]) -> ResultAnswer:
        await _submit(server, ForceAvailable(read_address(address), _shown(caller)))
        return ResultAnswer(result="the address can be used again")

    @router.post("/leases/{address:lease}/reconfigure", responses=problems(409, 422, 503))
    async def reconfigure_client(
        address: AddressInPath, body: ReconfigureRequest, caller: Annotated[Caller, Depends(caller_of)]
    ) -> ResultAnswer:
        await _submit(server, Reconfigure(read_address(address), _KINDS[body.message], _shown(caller)))
        return ResultAnswer(result="the client is asked")

    @router.post("/prefixes/{name}/reconfigure", responses=problems(404, 409, 422, 503))
    async def reconfigure_prefix(
        name: str, body: ReconfigureRequest, caller: Annotated[Caller, Depends(caller_of)]
    ) -> ResultAnswer:
        if name not in server.core.plan6.prefixes:
            raise Problem(404, f"there is no prefix {name!r}")
        await _submit(server, Reconfigure(name, _KINDS[body.message], _shown(caller)))
        return ResultAnswer(result="the clients are asked")


def _add_pair_routes(router: APIRouter, server: Server) -> None:
    @router.post("/pairs/{name}/set-partner-down", responses=problems(404, 409, 422, 503))
    async def set_partner_down(
        name: str, body: PartnerDownRequest, caller: Annotated[Caller, Depends(caller_of)]
    ) -> PartnerDownAnswer:
        endpoint = _endpoint(server, name)
        if body.expert and caller.role != UserRole.EXPERT:
            raise Problem(403, f"an earlier date needs the role expert; {caller.name} has the role {caller.role}")
        date = None if body.date is None else body.date.timestamp()
        operator_name = f"{body.operator or caller.name} (as {caller.name} from {caller.address})"
        reason = f"{operator_name}: {body.reason or 'no reason given'}"
        await _submit(server, SetPartnerDown(name, date, body.expert, reason))
        view = endpoint.view(server.now())
        return PartnerDownAnswer(
            pair=name,
            state=view.state.value,
            partner_down_time=view.partner_down_time,
            partner_pool_usable_at=view.partner_pool_usable_at,
        )

    @router.post("/pairs/{name}/use-safe-period", responses=problems(404, 409, 422, 503))
    async def use_safe_period(
        name: str, body: UseSafePeriodRequest, caller: Annotated[Caller, Depends(caller_of)]
    ) -> UseSafePeriodAnswer:
        _endpoint(server, name)
        await _submit(server, UseSafePeriod(name, body.use, _shown(caller)))
        return UseSafePeriodAnswer(pair=name, use_safe_period=body.use)

    @router.post("/pairs/{name}/safe-period", response_model=SafePeriodAnswer, responses=problems(404, 409, 422, 503))
    async def set_safe_period(
        name: str, body: SafePeriodRequest, caller: Annotated[Caller, Depends(caller_of)]
    ) -> Response:
        endpoint = _endpoint(server, name)
        await _submit(server, SetSafePeriod(name, body.seconds, _shown(caller)))
        ends = endpoint.view(server.now()).safe_period_ends
        # Not as a model, which would write the whole number of seconds with a decimal point.
        return JSONResponse({"pair": name, "safe_period": body.seconds, "safe_period_ends": rfc3339(ends)})

    @router.post("/pairs/{name}/rebalance", responses=problems(404, 409, 422, 503))
    async def rebalance(name: str, caller: Annotated[Caller, Depends(caller_of)]) -> ResultAnswer:
        _endpoint(server, name)
        await _submit(server, Rebalance(name, _shown(caller)))
        return ResultAnswer(result="rebalancing")


def _endpoint(server: Server, pair: str) -> Endpoint:
    """Return the endpoint of a pair. Raises Problem 404 if this server does not have it."""
    endpoint = server.core.endpoint
    if endpoint is None or server.core.pair_name != pair:
        raise Problem(404, f"this server has no failover pair {pair!r}")
    return endpoint


def check_not_recovering(server: Server, force: bool) -> None:
    """Raise Problem 409 in RECOVER, where an end would lose what the partner has sent so far, unless `force` is set."""
    endpoint = server.core.endpoint
    if endpoint is not None and endpoint.state is State.RECOVER and not force:
        raise Problem(409, str(StillRecovering()))


def _shown(caller: Caller) -> str:
    return f"{caller.name} from {caller.address}"


async def _submit(server: Server, command: Command) -> None:
    """Give a command to the core. Raises Problem when the core refuses it."""
    try:
        await server.submit(command)
    except DateError as error:
        date = command.date if isinstance(command, SetPartnerDown) else None
        raise Problem(422, str(error), [{"field": "date", "seen": rfc3339(date), "expected": str(error)}]) from error
    except OperatorError as error:
        raise Problem(409, str(error)) from error
    except NotServingError as error:
        raise Problem(503, str(error)) from error
