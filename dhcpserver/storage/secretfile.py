"""`secret`: random octets of this server, from which keys and random addresses follow; other users cannot read it."""

import os
import secrets
from pathlib import Path

from dhcpserver.storage.errors import StoreError

OCTETS = 32


def read_or_create(path: Path) -> bytes:
    """Return the stored octets; new ones if there are none, or others than this server writes. Raises StoreError.

    After a crash there are the old ones or new ones. What follows from them can be made again, so the loss of them is
    no more than a delay: clients get their next key with the next reply.
    """
    try:
        octets = path.read_bytes()
        if len(octets) == OCTETS:
            return octets
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    octets = secrets.token_bytes(OCTETS)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    return octets
