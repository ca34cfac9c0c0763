"""`state.json`: the failover state and the identity of this data directory, replaced atomically."""

import json
import os
from pathlib import Path
from typing import Any

from dhcpserver.storage.errors import StoreError


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file so that a crash leaves the old or the new one, and the new one is durable on return."""
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
    """The stored content; None when there is no such file. Raises StoreError when it cannot be read as what it is."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {error}") from error
    if not isinstance(content, dict):
        raise StoreError(f"cannot read {path}: it is not a JSON object")
    return content
