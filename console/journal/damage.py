"""A damaged journal in a file: it is set aside under another name, so that recording goes on in a fresh one."""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

SQLITE = "sqlite:///"
COMPANIONS = ("-wal", "-shm")
"""Files beside the database that belong to it."""


def set_aside(url: str) -> Path | None:
    """The new name of the journal's file, if it is damaged; None for a sound one, for one that cannot be read for
    another reason, and for a journal that is not a file. Raises OSError."""
    if not url.startswith(SQLITE):
        return None
    path = Path(url.removeprefix(SQLITE))
    if not path.is_file() or not _is_damaged(path):
        return None
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
    path.rename(aside)
    for each in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + each).rename(aside.with_name(aside.name + each))
    return aside


def _is_damaged(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            return str(database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok"
    except sqlite3.OperationalError:
        return False  # It is locked, or may not be read: that is not damage.
    except sqlite3.DatabaseError:
        return True
