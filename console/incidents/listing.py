"""The saved incidents of a folder, and a replay of one. What cannot be read is listed with its fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from console.errors import JournalError
from console.journal.files import About, read_about, read_recording
from console.journal.recorded_pairs import pairs_of
from console.state.replay import Player

SUFFIXES = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, slots=True)
class ListedIncident:
    """One file. `about` is None where the file has no description; `fault` is the reason why it cannot be read."""

    path: Path
    size: int
    changed: float
    about: About | None = None
    fault: str = ""

    @property
    def saved_at(self) -> float:
        return self.changed if self.about is None else self.about.saved_at


def list_incidents(folder: Path) -> list[ListedIncident]:
    """The incidents of a folder, the newest first. Raises JournalError if the folder cannot be read; one that does not
    exist is empty. Only the first line of each file is read."""
    found = []
    try:
        paths = [path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise JournalError(f"cannot read {folder}: {error.strerror or error}") from error
    for path in paths:
        try:
            state = path.stat()
        except OSError as error:
            found.append(ListedIncident(path, 0, 0.0, fault=error.strerror or str(error)))
            continue
        try:
            found.append(ListedIncident(path, state.st_size, state.st_mtime, read_about(path)))
        except JournalError as error:
            reason = str(error).removeprefix(f"cannot read the recording {path}: ").removeprefix(f"{path}: ")
            found.append(ListedIncident(path, state.st_size, state.st_mtime, fault=reason))
    return sorted(found, key=lambda each: (each.saved_at, each.path.name), reverse=True)


@dataclass(frozen=True, slots=True)
class OpenedIncident:
    """A replay of a file. `missing` has a line for what could not be read."""

    player: Player
    pairs: Sequence[str]
    missing: Sequence[str]


def open_incident(path: Path, zone: tzinfo) -> OpenedIncident:
    """Read a file, which can take seconds. Raises JournalError if there is nothing to replay in it."""
    recording = read_recording(path)
    if not recording.observations:
        raise JournalError(f"nothing was recorded in {path}")
    pairs = pairs_of(recording)
    if not pairs:
        raise JournalError("the recording contains no pair: was it saved by pairwatch?")
    player = Player(recording.observations, pairs, zone)
    return OpenedIncident(player, [each.name for each in pairs], recording.missing)
