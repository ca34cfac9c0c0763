"""A damaged journal in a file: what is wrong with it, and another name for it, so that a new one can be begun."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

SQLITE = "sqlite:///"
COMPANIONS = ("-wal", "-shm")
"""Files beside the database that belong to it."""
HEADER = 100
MAGIC = b"SQLite format 3\x00"


def file_at(url: str) -> Path | None:
    """The journal's file; None for a journal that is not a file."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """A lock on the folder of the journal, so that two processes do not begin a new one at once. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def remove_left_over(path: Path) -> None:
    """Delete the companions of a database that is gone: a new one of that name would share them with readers of the old
    one. Raises OSError."""
    if not path.exists():
        for each in COMPANIONS:
            path.with_name(path.name + each).unlink(missing_ok=True)


def set_aside(url: str) -> Path | None:
    """The new name of the journal's file, if it is damaged; None for a sound one, for one that cannot be read for
    another reason, and for a journal that is not a file. Raises OSError."""
    path = file_at(url)
    if path is None or not path.is_file() or damage_of(path) is None:
        return None
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
    path.rename(aside)
    for each in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + each).rename(aside.with_name(aside.name + each))
    return aside


def renamed(url: str) -> list[Path]:
    """The damaged journals that were renamed, the oldest first."""
    path = file_at(url)
    if path is None:
        return []
    found = path.parent.glob(f"{path.name}.damaged-*")
    return sorted(each for each in found if not each.name.endswith(COMPANIONS))


def damage_of(path: Path) -> str | None:
    """What is wrong with the file, after reading all of it; None for a sound one, and for one that is locked or may not
    be read."""
    fault = damage_at_a_look(path)
    if fault is not None:
        return fault
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
            return None if found == "ok" else found
    except sqlite3.OperationalError:
        return None
    except sqlite3.DatabaseError as error:
        return str(error)


def damage_at_a_look(path: Path) -> str | None:
    """What is wrong with the beginning and the size of the file: an overwritten or cut one is found in microseconds."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
        size = path.stat().st_size
    except OSError:
        return None
    if size == 0:
        return "it is empty"
    if not header.startswith(MAGIC):
        return "it is not a database: its beginning is overwritten"
    octets = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    if size < pages * (65536 if octets == 1 else octets):
        return "it is cut short"
    return None
