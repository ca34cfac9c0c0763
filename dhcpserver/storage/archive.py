"""Archives of a data directory, made and restored while its server is stopped (R-207 to R-209).

An archive is a compressed tar file. Its first member, MANIFEST, lists the others with their sizes and digests, so that
a damaged archive is recognised before anything is replaced. A restored store is older than what the partner has
received; the partner recognises that at the first contact, by the numbers of starts and changes, and sends what is
missing.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from dhcpserver.storage import directorylock
from dhcpserver.storage.errors import StoreError

MANIFEST = "pairwatch-archive.json"
FORMAT = 1
STATE = "state.json"
LEFT_OUT = (directorylock.NAME, "leases.db-shm")
"""The lock is of this host, and sqlite makes its shared memory itself."""
LARGEST_MANIFEST = 16 << 20
CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ArchiveError(Exception):
    """The archive cannot be made, read or restored; nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the data directory: its path within it, its size in octets, and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive has. `made`: when, in Unix seconds. `version`: of the program that made it. `uid`: the identity
    of the data directory."""

    made: float
    version: str
    uid: str
    entries: tuple[Entry, ...]

    @property
    def octets(self) -> int:
        """The size of all files together."""
        return sum(each.size for each in self.entries)


def create(directory: Path, file: Path, now: float, version: str) -> Manifest:
    """Archive a data directory into a new file that its owner alone can read. Raises ArchiveError.

    The file is complete and durable on return; an existing file is not replaced.
    """
    if file.exists():
        raise ArchiveError(f"{file} exists: name another file")
    if file.resolve().is_relative_to(directory.resolve()):
        raise ArchiveError(f"{file} is in the data directory: name a file outside")
    uid = _uid(directory)
    with _stopped(directory), _fault(f"cannot write {file}"):
        names = sorted(_files(directory))
        manifest = Manifest(now, version, uid, tuple(_entry(directory, name) for name in names))
        unfinished = file.with_name(f".{file.name}.new")
        with _removed(unfinished):
            with _private(unfinished) as raw:
                _write(raw, directory, manifest)
                raw.flush()
                os.fsync(raw.fileno())
            if read(unfinished) != manifest:
                raise ArchiveError(f"{file} could not be read again: nothing was archived")
            unfinished.rename(file)
        _synchronise(file.parent)
    return manifest


def read(file: Path) -> Manifest:
    """The manifest of an archive, after all of its files were compared with it. Raises ArchiveError."""
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        for entry, content in _contents(archive, manifest, file):
            for _ in _checked(content, entry, file):
                pass
    return manifest


def restore(file: Path, directory: Path, now: float, *, replaces: bool) -> tuple[Manifest, Path | None]:
    """Make the data directory what it was when the archive was made. Raises ArchiveError; then nothing is changed.

    A directory with files is refused, unless `replaces`: then it is renamed, and the new name is returned.
    """
    former: Path | None = None
    with _fault(f"cannot restore {directory}"):
        directory.parent.mkdir(parents=True, exist_ok=True)
        used = directory.exists() and any(each.name not in LEFT_OUT for each in directory.iterdir())
        if used and not replaces:
            raise ArchiveError(f"{directory} is not empty: move it away, or have it renamed with --replace")
        unfinished = directory.with_name(f".{directory.name}.restored")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        with _removed(unfinished), _stopped(directory) if directory.exists() else nullcontext():
            manifest = _extract(file, unfinished)
            if used:
                former = _free_name(directory, now)
                directory.rename(former)
            elif directory.exists():
                shutil.rmtree(directory)
            unfinished.rename(directory)
            _synchronise(directory.parent)
    return manifest, former


def _extract(file: Path, target: Path) -> Manifest:
    target.mkdir(mode=0o700)
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        for entry, content in _contents(archive, manifest, file):
            path = target / entry.name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _private(path) as written:
                for part in _checked(content, entry, file):
                    written.write(part)
                written.flush()
                os.fsync(written.fileno())
    for folder in [target, *(each for each in target.rglob("*") if each.is_dir())]:
        _synchronise(folder)
    return manifest


def _uid(directory: Path) -> str:
    """The identity in the failover state; empty if that cannot be read."""
    try:
        uid = json.loads((directory / STATE).read_bytes()).get("uid")
    except FileNotFoundError:
        raise ArchiveError(f"{directory} is no data directory: it has no {STATE}") from None
    except OSError as error:
        raise ArchiveError(f"cannot read {directory / STATE}: {error.strerror}") from error
    except (ValueError, AttributeError, RecursionError):
        return ""
    return uid if isinstance(uid, str) else ""


def _files(directory: Path) -> Iterator[str]:
    """The regular files of the directory, as paths within it, without what is left out."""
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and not path.is_symlink() and name not in LEFT_OUT:
            yield name


def _entry(directory: Path, name: str) -> Entry:
    digest, size = hashlib.sha256(), 0
    with (directory / name).open("rb") as content:
        while part := content.read(CHUNK):
            digest.update(part)
            size += len(part)
    return Entry(name, size, digest.hexdigest())


def _write(raw: BinaryIO, directory: Path, manifest: Manifest) -> None:
    document = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps(document, indent=1).encode()
    with (
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=int(manifest.made)) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.addfile(_member(MANIFEST, len(text), manifest.made), io.BytesIO(text))
        for entry in manifest.entries:
            with (directory / entry.name).open("rb") as content:
                archive.addfile(_member(entry.name, entry.size, manifest.made), content)


def _member(name: str, size: int, made: float) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(made), 0o600
    return member


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r|gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(f"{file} is damaged, or no archive: {error}") from error
    except OSError as error:
        raise ArchiveError(f"cannot read {file}: {error.strerror or error}") from error


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > LARGEST_MANIFEST:
        raise ArchiveError(f"{file} is no archive of a data directory: it does not begin with {MANIFEST}")
    content = archive.extractfile(member)
    assert content is not None
    try:
        document = json.loads(content.read())
        if document["format"] != FORMAT:
            raise ArchiveError(f"{file} has format {document['format']}: this version reads {FORMAT}")
        return _manifest_of(document)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{file} has a {MANIFEST} that cannot be read: {error}") from error


def _manifest_of(document: dict[str, Any]) -> Manifest:
    """Raises KeyError, TypeError and ValueError."""
    entries = []
    for each in document["entries"]:
        name, size, digest = each["name"], each["size"], each["sha256"]
        parts = PurePosixPath(name).parts
        if not parts or name != "/".join(parts) or parts[0] == "/" or ".." in parts or name in LEFT_OUT:
            raise ValueError(f"{name!r} is not the name of a file of a data directory")
        if not isinstance(size, int) or size < 0 or not _DIGEST.fullmatch(digest):
            raise ValueError(f"{name} has no size or no digest")
        entries.append(Entry(name, size, digest))
    names = [each.name for each in entries]
    if len(set(names)) != len(names) or STATE not in names:
        raise ValueError(f"a name is there twice, or {STATE} is missing")
    made, version, uid = document["made"], document["version"], document["uid"]
    if not isinstance(made, int | float) or not isinstance(version, str) or not isinstance(uid, str):
        raise ValueError("the time, the version or the identity is missing")
    return Manifest(float(made), version, uid, tuple(entries))


def _contents(archive: tarfile.TarFile, manifest: Manifest, file: Path) -> Iterator[tuple[Entry, IO[bytes]]]:
    """The files in the order of the manifest. Raises ArchiveError for others, or others in between."""
    for entry in manifest.entries:
        member = archive.next()
        if member is None or not member.isreg() or (member.name, member.size) != (entry.name, entry.size):
            raise ArchiveError(f"{file} is damaged: {entry.name} is not where it should be")
        content = archive.extractfile(member)
        assert content is not None
        yield entry, content
    if archive.next() is not None:
        raise ArchiveError(f"{file} is damaged: it has more than its {MANIFEST} lists")


def _checked(content: IO[bytes], entry: Entry, file: Path) -> Iterator[bytes]:
    """The content in parts. Raises ArchiveError at the end if it is not what the manifest has."""
    digest, size = hashlib.sha256(), 0
    while part := content.read(CHUNK):
        digest.update(part)
        size += len(part)
        yield part
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise ArchiveError(f"{file} is damaged: {entry.name} is not as it was archived")


def _free_name(directory: Path, now: float) -> Path:
    name = directory.with_name(f"{directory.name}.before-{int(now)}")
    return name if not name.exists() else name.with_name(f"{name.name}-{os.getpid()}")


@contextmanager
def _stopped(directory: Path) -> Iterator[None]:
    """Keep a server from starting. Raises ArchiveError while one runs."""
    try:
        lock = directorylock.take(directory)
    except StoreError as error:
        raise ArchiveError(f"{error}: stop the server first") from error
    with lock:
        yield


@contextmanager
def _fault(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{what}: {error.strerror or error}") from error


@contextmanager
def _removed(unfinished: Path) -> Iterator[None]:
    """Remove an unfinished file or directory, whatever happens."""
    try:
        yield
    finally:
        if unfinished.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
        else:
            unfinished.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
