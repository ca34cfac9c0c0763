"""The routes of the copies of the configuration: what is staged, save, discard, preview, and synchronisation."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dhcpserver.api.auth import Caller, caller_of
from dhcpserver.api.configuration import log_changes
from dhcpserver.api.openapi import problems
from dhcpserver.api.problems import Problem
from dhcpserver.config.editing.faults import Fault
from dhcpserver.config.sync.change import Action, Change, Document
from dhcpserver.config.sync.plan import Plan, StaleReportError
from dhcpserver.config.syncrows import Operation
from dhcpserver.contract import messages
from dhcpserver.contract.configuration import (
    Copy,
    FaultDocument,
    LossDocument,
    PreviewDocument,
    SavedDocument,
    StagedDocument,
    SyncReport,
    SyncRequest,
    WholeDocument,
)
from dhcpserver.runtime.configuration import FaultsError
from dhcpserver.runtime.server import Server
from dhcpserver.storage.configfile import FileChangedError
from dhcpserver.storage.errors import StoreError

_Who = Annotated[Caller, Depends(caller_of)]


def copies_routes(server: Server) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1/config")
    _add_routes(router, server)
    _add_sync(router, server)
    return router


def _add_routes(router: APIRouter, server: Server) -> None:
    @router.get("/staged")
    async def staged() -> StagedDocument:
        server.copies.refresh()
        found = await server.copies.staged()
        return StagedDocument(
            changes=_lines(found.changes),
            faults=_faults(found.faults),
            version=found.version,
            saved=not found.changes,
            running=not server.reload_pending,
            file_changed=server.copies.file_changed,
        )

    @router.post("/discard")
    async def discard(caller: _Who) -> SavedDocument:
        changes = await server.copies.discard()
        if changes:
            log_changes(server, messages.DISCARDED, caller, changes)
        return SavedDocument(changes=_lines(changes), version=(await server.copies.staged()).version)

    @router.post("/save", responses=problems(409, 422, 503))
    async def save(caller: _Who) -> SavedDocument:
        try:
            found = await server.copies.save()
        except FaultsError as error:
            raise faulty("the staged configuration has faults, and was not saved", error) from error
        except FileChangedError as error:
            raise Problem(409, str(error)) from error
        except StoreError as error:
            raise Problem(503, f"not saved: {error}") from error
        if found.changes:
            log_changes(server, messages.SAVED, caller, found.changes)
        return SavedDocument(changes=_lines(found.changes), version=found.version)

    @router.post("/preview", responses=problems(422))
    async def preview(copy: Annotated[Copy, Query()] = Copy.STAGED) -> PreviewDocument:
        server.copies.refresh()
        found = await server.copies.preview(_copy(server, copy), list(server.core.book.leases.values()))
        losses = tuple(
            LossDocument(of=each.of, name=each.name, leases=each.leases, active=each.active) for each in found.losses
        )
        return PreviewDocument(changes=_lines(found.changes), faults=_faults(found.faults), losses=losses)


def _add_sync(router: APIRouter, server: Server) -> None:
    @router.get("/document", responses=problems(403, 422))
    async def document(copy: Annotated[Copy, Query()] = Copy.SAVED) -> WholeDocument:
        server.copies.refresh()
        found = _copy(server, copy)
        return WholeDocument(document=found, version=await server.copies.version(found))

    @router.post("/sync", responses=problems(409, 422))
    async def sync(body: SyncRequest, caller: _Who) -> SyncReport:
        server.copies.refresh()
        try:
            made = await server.copies.sync(body.source, Operation(body.operation), body.apply, body.target)
        except StaleReportError as error:
            raise Problem(409, str(error)) from error
        except FaultsError as error:
            raise faulty("nothing was changed", error) from error
        report = _report(made, body.apply)
        if body.apply:
            server.write_log(
                messages.SYNCHRONISED,
                operation=report.operation,
                direction=_direction(server),
                operator=f"{caller.name} from {caller.address}",
                added=report.counts["add"],
                replaced=report.counts["replace"],
                removed=report.counts["remove"],
                target=server.configuration.server.name,
            )
        return report


def _copy(server: Server, copy: Copy) -> Document:
    found = {Copy.STAGED: server.copies.draft.document, Copy.SAVED: server.copies.saved}
    return found.get(copy, server.copies.running)


def _report(made: Plan, applied: bool) -> SyncReport:
    return SyncReport(
        operation=made.operation.value,
        changes=tuple(each.text for each in made.changes),
        notes=made.notes,
        counts={action.value: made.counts()[action] for action in Action},
        target=made.target.hex(),
        applied=applied,
    )


def _direction(server: Server) -> str:
    """Return the direction of a synchronisation whose target is this server."""
    name = server.configuration.server.name
    pair = next(iter(server.configuration.failover_pair), None)
    return "backup-to-main" if pair is not None and pair.main == name else "main-to-backup"


def _lines(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(each.edit for each in changes)


def _faults(found: Iterable[Fault]) -> tuple[FaultDocument, ...]:
    return tuple(FaultDocument(of=each.of, name=each.name, attribute=each.attribute, text=each.text) for each in found)


def faulty(what: str, error: FaultsError) -> Problem:
    """Return the problem with each fault of a configuration."""
    errors = [{"field": _place(each), "seen": None, "expected": each.text} for each in error.faults]
    return Problem(422, f"{what}: {error}", errors)


def _place(fault: Fault) -> str:
    return ": ".join(part for part in (f"{fault.of} {fault.name}".strip(), fault.attribute) if part)
