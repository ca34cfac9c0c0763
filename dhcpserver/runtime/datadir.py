"""The data directory of a server: its files, its identity, and the lock against a second server."""

import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from dhcpserver.failover.state.record import FailoverRecord, RecordError
from dhcpserver.storage import statefile
from dhcpserver.storage.errors import StoreError


class DataDirectory:
    """The directory of `--data DIR`; it is created if it does not exist.

    Attributes:
        path: the directory.
        uid: 16 octets, new for every new directory. A partner detects by it that the data are new.
        record: the stored failover state, None in a new directory.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreError if the directory cannot be used, or another server uses it."""
        self.path = path
        try:
            (path / "logs").mkdir(parents=True, exist_ok=True)
            self._lock: TextIO = (path / "lock").open("w", encoding="ascii")
        except OSError as error:
            raise StoreError(f"cannot use {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise StoreError(f"{path} is in use by another server") from None
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()
        self.uid = b""
        self.record: FailoverRecord | None = None
        self.read_state()

    @property
    def config(self) -> Path:
        """The saved configuration."""
        return self.path / "config.toml"

    @property
    def leases(self) -> Path:
        """The lease store."""
        return self.path / "leases.db"

    @property
    def state(self) -> Path:
        """The failover state."""
        return self.path / "state.json"

    @property
    def logs(self) -> Path:
        """The directory of the log files."""
        return self.path / "logs"

    def read_state(self) -> None:
        """Read `state.json`, or create it. Raises StoreError."""
        content = statefile.read(self.state)
        if content is None:
            self.uid = secrets.token_bytes(16)
            self.record = None
            self.write_record(None)
            return
        try:
            self.uid = bytes.fromhex(content["uid"])
            self.record = _record(content.get("failover"))
        except (KeyError, TypeError, ValueError, RecordError) as error:
            raise StoreError(f"cannot read {self.state}: {error!r}") from error

    def write_record(self, record: FailoverRecord | None) -> None:
        """Store the failover state; it is durable on return. Raises StoreError."""
        failover = None if record is None else record.as_json()
        statefile.write(self.state, {"uid": self.uid.hex(), "failover": failover})
        self.record = record

    def close(self) -> None:
        """Release the lock."""
        self._lock.close()


def _record(content: Mapping[str, Any] | None) -> FailoverRecord | None:
    return None if content is None else FailoverRecord.from_json(content)
