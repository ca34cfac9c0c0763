"""The routes of `/api/v1/config`: the catalogue, the objects of the staged configuration, save, preview and sync.

A viewer may read; changes need the role expert (`api.access`). Edits are made at once; what takes long runs in a thread
(`runtime.configuration`).
"""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from dhcpserver.api.auth import Caller, caller_of
from dhcpserver.api.catalogue import catalogue, object_document
from dhcpserver.api.openapi import problems
from dhcpserver.api.problems import Problem
from dhcpserver.config.editing import names
from dhcpserver.config.editing.difference import difference
from dhcpserver.config.editing.edits import Draft, Edit
from dhcpserver.config.editing.errors import ConflictError, EditError, NotThereError
from dhcpserver.config.registry import CLASSES
from dhcpserver.config.sync.change import Change, Document
from dhcpserver.contract import messages
from dhcpserver.contract.configuration import (
    LONGEST_OBJECT_NAME,
    LONGEST_VERSION,
    CatalogueDocument,
    CreateRequest,
    EditRequest,
    ObjectDocument,
    ObjectPage,
)
from dhcpserver.contract.requests import ResultAnswer
from dhcpserver.limits import PAGE_ITEMS
from dhcpserver.runtime.configuration import Copies
from dhcpserver.runtime.server import Server

_TOP = [each.name for each in CLASSES.values() if not each.parent]
_Class = Annotated[str, Path(description="A class of objects.", json_schema_extra={"enum": _TOP})]
_Name = Annotated[
    str, Path(max_length=LONGEST_OBJECT_NAME, description="The name of an object; `-` in a class with one object.")
]
_Who = Annotated[Caller, Depends(caller_of)]
SHOWN_CHANGES = 5
"""Changes in one line of the log; of more there is the number."""


def configuration_routes(server: Server) -> APIRouter:
    """Return the routes of the catalogue and of objects."""
    router = APIRouter(prefix="/api/v1/config")

    @router.get("/classes")
    async def classes() -> CatalogueDocument:
        return catalogue()

    @router.get("/objects/{of}", responses=problems(404, 422))
    async def list_objects(
        of: _Class,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS)] = 100,
    ) -> ObjectPage:
        found = _Edit(server, of).objects()
        page = tuple(object_document(names.class_of(of), raw) for raw in found[after : after + limit])
        return ObjectPage(objects=page, next=after + limit if after + limit < len(found) else None)

    @router.get("/objects/{of}/{name}", responses=problems(404, 422))
    async def one_object(of: _Class, name: _Name) -> ObjectDocument:
        with _Edit(server, of) as draft:
            return object_document(names.class_of(of), draft.get(of, name))

    @router.post("/objects/{of}", status_code=201, responses=problems(404, 409, 422))
    async def create_object(of: _Class, body: CreateRequest, caller: _Who) -> ObjectDocument:
        with _Edit(server, of, caller) as draft:
            return object_document(names.class_of(of), draft.create(of, body.name, body.values))

    @router.patch("/objects/{of}/{name}", responses=problems(404, 409, 422))
    async def edit_object(of: _Class, name: _Name, body: EditRequest, caller: _Who) -> ObjectDocument:
        edit = Edit(body.set, body.unset, body.add, body.remove, body.version)
        with _Edit(server, of, caller) as draft:
            return object_document(names.class_of(of), draft.edit(of, name, edit))

    @router.delete("/objects/{of}/{name}", responses=problems(404, 409, 422))
    async def delete_object(
        of: _Class, name: _Name, caller: _Who, version: Annotated[str | None, Query(max_length=LONGEST_VERSION)] = None
    ) -> ResultAnswer:
        with _Edit(server, of, caller) as draft:
            draft.delete(of, name, version)
        return ResultAnswer(result="deleted")

    return router


class _Edit:
    """A use of the staged copy: turns its errors into problems, and logs what it changes."""

    def __init__(self, server: Server, of: str, caller: Caller | None = None) -> None:
        self._server = server
        self._of = of
        self._caller = caller
        self._copies: Copies = server.copies
        self._before: Document = {}

    def objects(self) -> list[Document]:
        """Return the objects of the class."""
        with self as draft:
            return draft.objects(self._of)

    def __enter__(self) -> Draft:
        self._copies.refresh()
        self._before = self._copies.draft.document
        return self._copies.draft

    def __exit__(self, _: object, error: object, __: object) -> None:
        if isinstance(error, EditError):
            raise _problem(error) from error
        if error is None and self._caller is not None:
            changes = difference(self._before, self._copies.draft.document)
            if changes:
                log_changes(self._server, messages.EDITED, self._caller, changes)


def log_changes(
    server: Server,
    message: messages.Message,
    caller: Caller,
    changes: Iterable[Change],
    by: str = "",
    **more: str,
) -> None:
    """Write a line with the user and the changes. `by`: the person, where a console has a login of its own."""
    lines = [each.edit for each in changes]
    text = "; ".join(lines[:SHOWN_CHANGES]) or "no changes"
    if len(lines) > SHOWN_CHANGES:
        text += f"; and {len(lines) - SHOWN_CHANGES} more"
    who = f"{by} (as {caller.name} from {caller.address})" if by else f"{caller.name} from {caller.address}"
    server.write_log(message, operator=who, changes=text, **{name: each or "none given" for name, each in more.items()})


def _problem(error: EditError) -> Problem:
    status = 404 if isinstance(error, NotThereError) else 409 if isinstance(error, ConflictError) else 422
    errors = [{"field": each.attribute or "name", "seen": each.seen, "expected": each.text} for each in error.faults]
    return Problem(status, str(error), errors)
