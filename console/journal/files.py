"""Recordings as files: an incident to hand to someone else.

    {"pairwatch-recording": 1, ...}     what it is about (`About`), the first line
    {"kind": "poll-answer", ...}        then one observation a line, in the order in which they were folded

JSON lines, packed with gzip when the name ends in .gz. A journal's database file is read as well, and lines without
the first one. A file comes from somebody else: nothing in it is believed before it was looked at, and it is read within
bounds.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from console.errors import JournalError
from console.journal.store import Journal
from console.journal.upgrade import read_entry
from console.makes.registry import DEFAULT
from console.model.fitting import misfit
from console.model.observations import Observation, UnreadableObservation, as_json
from console.model.plain_text import may_be_dangerous, plain_values

SQLITE_MAGIC = b"SQLite format 3\x00"
GZIP_MAGIC = b"\x1f\x8b"
FORMAT = 1
MARK = "pairwatch-recording"
LONGEST_LINE = 32 << 20
LONGEST_HEAD = 1 << 20
"""Octets of a first line that is read by itself: a description is much shorter."""
LARGEST = 4 << 30
"""Octets of one line, and of all lines unpacked: beyond it a file is refused, whatever made it so large."""

WANTED = "name a recording that S or 'pairwatch incident' saved, or a journal.db"


class Readable(Protocol):
    """What is read of a file."""

    def readline(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class SavedServer:
    """A server of a pair, as it was configured where the recording was made."""

    name: str
    role: str
    make: str = DEFAULT
    polled: bool = True


@dataclass(frozen=True, slots=True)
class SavedPair:
    """A pair, as it was configured where the recording was made."""

    name: str
    environment: str
    servers: tuple[SavedServer, ...]


@dataclass(frozen=True, slots=True)
class About:
    """The description in the first line of a recording. Times: Unix seconds; `saved_by` is a person, `note` a text."""

    start: float
    end: float
    saved_at: float
    saved_by: str
    note: str
    pairs: tuple[SavedPair, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """A file's observations in their order. `about` is None where the file has none. `missing` has a line for what
    could not be read; a recording from which only a part can be read is still evidence."""

    observations: list[Observation]
    about: About | None = None
    missing: tuple[str, ...] = ()


def read_recording(path: Path) -> Recording:
    """Read the file: what can be read of it. Raises JournalError, with its first fault, if nothing can."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(SQLITE_MAGIC))
        if magic == SQLITE_MAGIC:
            return Recording(_database(path))
        if magic.startswith(GZIP_MAGIC):
            with gzip.open(path, "rb") as packed:
                return _lines(path, packed)
        with path.open("rb") as plain:
            return _lines(path, plain)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise JournalError(f"cannot read the recording {path}: {why}") from error


def read_about(path: Path) -> About | None:
    """The description of a recording, from its first line; None without one. Raises JournalError if the line cannot be
    read."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with gzip.open(path, "rb") if packed else path.open("rb") as lines:
            line = lines.readline(LONGEST_HEAD)
        values = json.loads(line)
        if may_be_dangerous(line):
            values = plain_values(values)
        if not isinstance(values, dict):
            raise ValueError(f"not a recording: {WANTED}")
        return _about(values) if MARK in values else None
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise JournalError(f"cannot read the recording {path}: {why}") from error
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{path}: not a recording: {error}") from error


def write_recording(path: Path, observations: Iterable[Observation], about: About | None = None) -> int:
    """Write a file with mode 0600, completely or not at all; return the number of observations. Raises JournalError.

    It is packed when its name ends in `.gz`. A file of that name is replaced.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw, _packing(path, raw) as file:
                if about is not None:
                    file.write(_line({MARK: FORMAT, **asdict(about)}))
                for observation in observations:
                    file.write(_line(as_json(observation)))
                    count += 1
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror or error}") from error
    return count


def _packing(path: Path, raw: IO[bytes]) -> IO[bytes]:
    return gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) if path.suffix == ".gz" else raw  # type: ignore[return-value]


def _line(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values).encode() + b"\n"


def _database(path: Path) -> list[Observation]:
    journal = Journal.open(f"sqlite:///{path}")
    try:
        return list(journal.read(float("-inf"), float("inf")))
    finally:
        journal.close()


def _lines(path: Path, file: Readable) -> Recording:
    found: list[Observation] = []
    about = None
    missing: list[str] = []
    number = 0
    try:
        for number, line in _bounded(path, file):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
                if may_be_dangerous(line):
                    values = plain_values(values)
                if not isinstance(values, dict):
                    raise ValueError("not a JSON object")
                if number == 1 and MARK in values:
                    about = _about(values)
                else:
                    found.append(_sound(read_entry(values)))
            except UnicodeDecodeError:
                missing.append(f"{path}:{number}: not text: {WANTED}")
            except (ValueError, UnreadableObservation, RecursionError) as error:
                missing.append(f"{path}:{number}: not an observation: {error}")
    except (OSError, EOFError, zlib.error) as error:
        if not found:
            raise
        missing.append(f"{path}: it is damaged or cut after line {number}: {getattr(error, 'strerror', None) or error}")
    if missing and not found:
        raise JournalError(missing[0])
    return Recording(found, about, tuple(missing))


def _bounded(path: Path, file: Readable) -> Iterator[tuple[int, bytes]]:
    number, total = 0, 0
    while line := file.readline(LONGEST_LINE):
        number, total = number + 1, total + len(line)
        if len(line) == LONGEST_LINE or total > LARGEST:
            raise JournalError(f"{path}:{number}: too large for a recording: was it made by pairwatch?")
        yield number, line


def _about(values: Mapping[str, Any]) -> About:
    if values[MARK] != FORMAT:
        raise ValueError(f"it has format {values[MARK]!r}, this version reads {FORMAT}")
    try:
        pairs = tuple(
            SavedPair(
                str(pair["name"]),
                str(pair["environment"]),
                tuple(
                    SavedServer(
                        str(each["name"]),
                        str(each["role"]),
                        str(each.get("make", DEFAULT)),
                        each.get("polled") is not False,
                    )
                    for each in pair["servers"]
                ),
            )
            for pair in values["pairs"]
        )
        start, end, saved_at = (float(values[name]) for name in ("start", "end", "saved_at"))
        return About(start, end, saved_at, str(values["saved_by"]), str(values["note"]), pairs)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"its first line lacks or garbles {wrong}") from wrong


def _sound(observation: Observation) -> Observation:
    """The observation, if each field has its type. Raises UnreadableObservation."""
    wrong = misfit(observation)
    if wrong is not None:
        raise UnreadableObservation(f"{observation.kind}: {wrong}")
    return observation
