"""`state.json`: the failover state and the identity of the data directory, replaced atomically."""

import json
import os
from pathlib import Path
from typing import Any

from dhcpserver.storage.errors import StoreError


class ContentError(ValueError):
    """The file can be read, and its content is not a JSON object."""


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file. After a crash there is the old or the new one; on return the new one is durable."""
    new = path.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def read(path: Path) -> dict[str, Any] | None:
    """Return the stored content; None if the file does not exist. Raises StoreError for the disk, and ContentError."""
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    try:
        content = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise ContentError(f"it is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ContentError("it is not a JSON object")
    return content
