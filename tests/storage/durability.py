"""What is synchronised, in which order: of each call of fsync, the file or folder and its content at that moment."""

import os
from pathlib import Path

import pytest


def synchronised(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """The calls from now on, as path and content; a folder has the names in it, one for each line."""
    seen: list[tuple[str, bytes]] = []

    def note(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        content = "\n".join(sorted(os.listdir(path))).encode() if path.is_dir() else path.read_bytes()
        seen.append((str(path), content))

    monkeypatch.setattr(os, "fsync", note)
    return seen


def descriptors() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))
