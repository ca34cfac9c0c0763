"""The routes that change the relationship of the pair in one act: failover on or off, and the roles.

Each saves one edit of the configuration and reloads. Edits that others have staged stay staged.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from dhcpserver.api.auth import Caller, caller_of
from dhcpserver.api.configuration import log_changes
from dhcpserver.api.copies import faulty
from dhcpserver.api.openapi import problems
from dhcpserver.api.operator import Reload, check_not_recovering
from dhcpserver.api.problems import Problem
from dhcpserver.config.editing.edits import Draft, Edit
from dhcpserver.config.editing.errors import EditError, NotThereError
from dhcpserver.contract import messages
from dhcpserver.contract.requests import FailoverRequest, ResultAnswer, RoleRequest
from dhcpserver.contract.words import PairRole
from dhcpserver.runtime.configuration import FaultsError
from dhcpserver.runtime.server import Server
from dhcpserver.storage.configfile import FileChangedError
from dhcpserver.storage.errors import StoreError

_Who = Annotated[Caller, Depends(caller_of)]
CLASS = "failover-pair"


def relationship_routes(server: Server, reload: Reload) -> APIRouter:
    """Return the routes. Below /api/v1/config a change needs the role expert."""
    router = APIRouter(prefix="/api/v1/config/pairs")

    async def changed(
        edit: Callable[[Draft], object], caller: Caller, body: FailoverRequest | RoleRequest, force: bool
    ) -> ResultAnswer:
        check_not_recovering(server, force)
        try:
            found = await server.copies.change(edit)
        except EditError as error:
            raise Problem(404 if isinstance(error, NotThereError) else 422, str(error)) from error
        except FaultsError as error:
            raise faulty("nothing was changed", error) from error
        except FileChangedError as error:
            raise Problem(409, str(error)) from error
        except StoreError as error:
            raise Problem(503, f"nothing was changed: {error}") from error
        if not found.changes:
            return ResultAnswer(result="nothing to change")
        log_changes(server, messages.RELATED, caller, found.changes, by=body.operator, reason=body.reason)
        try:
            await reload()
        except ValueError as error:
            raise Problem(422, f"saved, but not in use: {error}") from error
        return ResultAnswer(result="reloading")

    @router.post("/{name}/failover", responses=problems(404, 409, 422, 503))
    async def failover(name: str, body: FailoverRequest, caller: _Who, force: bool = False) -> ResultAnswer:
        return await changed(lambda draft: draft.edit(CLASS, name, Edit({"failover": body.use})), caller, body, force)

    @router.post("/{name}/role", responses=problems(404, 409, 422, 503))
    async def role(name: str, body: RoleRequest, caller: _Who, force: bool = False) -> ResultAnswer:
        return await changed(lambda draft: _give_role(server, draft, name, body.role), caller, body, force)

    return router


def _give_role(server: Server, draft: Draft, name: str, role: PairRole) -> None:
    """Exchange main and backup, unless this server has the role. Raises EditError."""
    pair = draft.get(CLASS, name)
    own = server.configuration.server.name
    if pair.get("main" if role is PairRole.MAIN else "backup") != own:
        draft.edit(CLASS, name, Edit({"main": pair.get("backup"), "backup": pair.get("main")}))
