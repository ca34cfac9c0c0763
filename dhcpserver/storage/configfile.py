"""`config.toml`: replaced atomically, with its mode and owner; the former file is kept as `config.toml.1`."""

import contextlib
import os
from pathlib import Path

from dhcpserver.storage.errors import StoreError


class FileChangedError(Exception):
    """The file is not the one that the new content was made from. Nothing was written."""


def read(path: Path) -> str:
    """Return the content. Raises StoreError."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"cannot read {path}: it is not UTF-8") from error


def replace(path: Path, former: str, new: str) -> None:
    """Replace the content `former` by `new`. Raises StoreError and FileChangedError.

    After a crash there is the old or the new file; on return the new one is durable.
    """
    path = path.resolve()
    if read(path) != former:
        raise FileChangedError(f"{path} was changed since it was read")
    try:
        status = path.stat()
        _write(path.with_name(f"{path.name}.1"), former, status)
        _write(path, new, status)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def _write(path: Path, content: str, like: os.stat_result) -> None:
    """Write a file with the mode and the owner of another one, at once."""
    temporary = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    try:
        # Other users cannot read it at any time, unless they may read the other one.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, like.st_mode & 0o7777)
            file.write(content.encode())
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
