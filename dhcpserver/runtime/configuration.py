"""The three copies of the configuration while a server runs: staged, saved and running.

They outlive a reload, so that edits that are not saved yet stay. Documents are never changed in place, so what takes
long (checking, comparing, writing) is done in a thread while packets are handled.
"""

import asyncio
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dhcpserver.config.document import read
from dhcpserver.config.editing.difference import difference
from dhcpserver.config.editing.edits import Draft
from dhcpserver.config.editing.errors import EditError
from dhcpserver.config.editing.faults import Fault, faults
from dhcpserver.config.editing.layout import rewritten
from dhcpserver.config.editing.names import has_tables
from dhcpserver.config.objects import Configuration
from dhcpserver.config.sync import plan
from dhcpserver.config.sync.change import Change, Document
from dhcpserver.config.sync.plan import Plan, StaleReportError, fingerprint
from dhcpserver.config.syncrows import Operation
from dhcpserver.leases.lease import Lease
from dhcpserver.service.losses import Loss, losses
from dhcpserver.storage import configfile
from dhcpserver.storage.configfile import FileChangedError
from dhcpserver.storage.errors import StoreError


class FaultsError(Exception):
    """A configuration has faults, so it is not saved or taken over."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, found[:20])))
        self.faults = found


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged copy against the saved one; `version` is a digest of the staged one."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reload would do."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    losses: tuple[Loss, ...]


class Copies:
    """The copies of one server.

    Attributes:
        path: the file.
        draft: the staged copy.
        saved: the document that the file had when the staged copy was made from it.
        running: the document that the server was started with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.saved: Document = {}
        self.running: Document = {}
        self.draft = Draft(self.saved)
        self._text = self._in_file = ""
        self._stat: tuple[int, int, int] | None = None
        self._lock = asyncio.Lock()
        self._writing = False
        self._usable = True
        self._computed: tuple[Document, Document, Staged] | None = None

    def start(self, text: str) -> None:
        """Note the text of the file that the server is started with."""
        self.refresh()
        self.running = self.saved if text == self._text else tomllib.loads(text)

    def refresh(self) -> None:
        """Follow a file that was changed by hand, unless edits are staged."""
        stat = self._file_stat()
        if stat == self._stat or self._writing:
            return
        self._stat = stat
        self._usable = False
        try:
            self._in_file = configfile.read(self.path)
            document = tomllib.loads(self._in_file)
        except (StoreError, tomllib.TOMLDecodeError):
            return
        self._usable = has_tables(document)
        if self._usable and self._in_file != self._text and self.draft.document == self.saved:
            self._text, self.saved = self._in_file, document
            self.draft.replace(document)

    def _file_stat(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    @property
    def file_changed(self) -> bool:
        """Whether the file is not the one that the staged copy was made from."""
        return self._in_file != self._text

    async def staged(self) -> Staged:
        """Return the state of the staged copy."""
        async with self._lock:
            return await self._staged()

    async def _staged(self) -> Staged:
        one, two = self.saved, self.draft.document
        if self._computed is None or self._computed[0] is not one or self._computed[1] is not two:
            self._computed = (one, two, await asyncio.to_thread(_compare, one, two))
        return self._computed[2]

    async def discard(self) -> tuple[Change, ...]:
        """Drop what is staged: continue with what the file has. Return what was dropped."""
        async with self._lock:
            dropped = difference(self.saved, self.draft.document)
            self.draft.replace(self.saved)
            self._stat = None
            self.refresh()
            return dropped

    async def save(self) -> Staged:
        """Write the staged copy. Return what it changed. Raises FaultsError, FileChangedError and StoreError."""
        async with self._lock:
            self._check_file()
            document, staged = self.draft.document, await self._staged()
            if staged.faults:
                raise FaultsError(staged.faults)
            await self._write(document)
            return staged

    async def change(self, edit: Callable[[Draft], object]) -> Staged:
        """Save one edit at once. Other staged edits stay staged, and get it too. Return what it changed.

        Raises EditError, FaultsError, FileChangedError and StoreError; then nothing is changed.
        """
        async with self._lock:
            self._check_file()
            before = self.saved
            own = Draft(before)
            edit(own)
            found = await asyncio.to_thread(_compare, before, own.document)
            if found.faults:
                raise FaultsError(found.faults)
            await self._write(own.document)
            if self.draft.document == before:
                self.draft.replace(own.document)
            else:
                with suppress(EditError):  # What it changes was deleted in the staged copy.
                    edit(self.draft)
            return found

    def _check_file(self) -> None:
        """Raise FileChangedError if the file is not the one that the copies were made from."""
        self.refresh()
        if self.file_changed:
            remedy = "discard the staged changes, and make them again" if self._usable else "correct the file first"
            raise FileChangedError(f"{self.path} was changed by hand after the staged copy was made from it: {remedy}")

    async def _write(self, document: Document) -> None:
        """Write a document without faults to the file, unless that has it."""
        if document == self.saved:
            return
        self._writing = True
        try:
            text = await asyncio.to_thread(_write, self.path, self._text, self.saved, document)
        finally:
            self._writing = False
        self._text = self._in_file = text
        self._stat = self._file_stat()
        self.saved = document

    async def preview(self, document: Document, leases: Sequence[Lease]) -> Preview:
        """Return what a reload with a document would do. `leases`: those of the server."""
        async with self._lock:
            return await asyncio.to_thread(_preview, self.running, document, leases)

    async def sync(self, source: Document, operation: Operation, apply: bool, target: str | None) -> Plan:
        """Return the report of a synchronisation; with `apply` its result is staged.

        Raises FaultsError for a source or a result with faults, and StaleReportError if `target` is not the digest of
        the staged copy.
        """
        async with self._lock:
            document = self.draft.document
            made, result = await asyncio.to_thread(_sync, source, document, operation, apply, target)
            if result is not None:
                if self.draft.document is not document:
                    raise StaleReportError("the configuration has changed since the report: make a new one")
                self.draft.replace(result)
            return made

    async def version(self, document: Document) -> str:
        """Return the digest of a document."""
        return (await asyncio.to_thread(fingerprint, document)).hex()


def _compare(one: Document, two: Document) -> Staged:
    return Staged(difference(one, two), faults(two), fingerprint(two).hex())


def _write(path: Path, former: str, before: Document, after: Document) -> str:
    text = rewritten(former, before, after)
    read(text)
    configfile.replace(path, former, text)
    return text


def _preview(running: Document, document: Document, leases: Sequence[Lease]) -> Preview:
    changes, found = difference(running, document), faults(document)
    lost = () if found else losses(leases, Configuration.model_validate(document))
    return Preview(changes, found, lost)


def _sync(
    source: Document, document: Document, operation: Operation, apply: bool, target: str | None
) -> tuple[Plan, Document | None]:
    for each in (source, document):
        found = faults(each)
        if found:
            raise FaultsError(found)
    made = plan.plan(source, document, operation)
    if target is not None and target != made.target.hex():
        raise StaleReportError("the configuration has changed since the report: make a new one")
    if not apply:
        return made, None
    result = plan.apply(made, document)
    found = faults(result)
    if found:
        raise FaultsError(found)
    return made, result
