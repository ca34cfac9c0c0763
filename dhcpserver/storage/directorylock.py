"""The lock of a data directory: one process at a time uses it."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from dhcpserver.storage.errors import StoreError

NAME = "lock"


def take(directory: Path) -> TextIO:
    """Lock the directory until the file that is returned is closed. Raises StoreError while another process uses it."""
    try:
        file = (directory / NAME).open("w", encoding="ascii")
    except OSError as error:
        raise StoreError(f"cannot use {directory}: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StoreError(f"{directory} is in use by another server") from None
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
