"""Recordings as files: an incident to hand to someone else. A journal's database file, or JSON lines."""

import json
from collections.abc import Iterable
from pathlib import Path

from console.errors import JournalError
from console.journal.store import Journal
from console.model.observations import Observation, UnreadableObservation, as_json, from_json

SQLITE_MAGIC = b"SQLite format 3\x00"


def read_recording(path: Path) -> list[Observation]:
    """Every observation in the file, as they were kept. Raises JournalError when it is no recording."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(SQLITE_MAGIC))
        if magic == SQLITE_MAGIC:
            journal = Journal.open(f"sqlite:///{path}")
            try:
                return list(journal.read(float("-inf"), float("inf")))
            finally:
                journal.close()
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"cannot read the recording {path}: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(from_json(json.loads(line)))
        except (ValueError, UnreadableObservation, AttributeError) as error:
            raise JournalError(f"{path}:{number}: this is no observation: {error}") from error
    return found


def write_recording(path: Path, observations: Iterable[Observation]) -> int:
    """Write JSON lines; how many. Raises JournalError when the file cannot be written."""
    count = 0
    try:
        with path.open("w", encoding="utf-8") as file:
            for observation in observations:
                file.write(json.dumps(as_json(observation)) + "\n")
                count += 1
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror or error}") from error
    return count
