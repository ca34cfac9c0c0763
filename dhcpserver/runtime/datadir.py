"""The data directory of a server: its files, its identity, and the lock against a second server."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from dhcpserver.failover.state.record import FailoverRecord, RecordError
from dhcpserver.storage import directorylock, secretfile, statefile
from dhcpserver.storage.errors import StoreError

UID_OCTETS = 16


class DataDirectory:
    """The directory of `--data DIR`; it is created if it does not exist.

    Attributes:
        path: the directory.
        uid: 16 octets, new for every new directory. A partner detects by it that the data are new.
        secret: octets of this server that no client has.
        record: the stored failover state, None in a new directory.
        unreadable: why the stored failover state cannot be read; None if it can, or there is none.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreError if the directory cannot be used, or another server uses it."""
        self.path = path
        try:
            (path / "logs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot use {path}: {error.strerror}") from error
        self._lock: TextIO = directorylock.take(path)
        self.uid = b""
        self.secret = b""
        self.record: FailoverRecord | None = None
        self.unreadable: str | None = None
        try:
            self.read_state()
            self.secret = secretfile.read_or_create(self.path / "secret")
        except StoreError:
            self.close()
            raise

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
        """Read `state.json`, or create it. Raises StoreError if the disk does not work.

        A file with other contents than this server writes is moved to `state.json.unreadable`. The server can then
        start in RECOVER (`unreadable`).
        """
        try:
            content = statefile.read(self.state)
        except statefile.ContentError as error:
            self._set_aside(str(error))
            return
        if content is None:
            self.uid = secrets.token_bytes(UID_OCTETS)
            self.write_record(None)
            return
        try:
            self.uid = _uid(content)
            self.record = _record(content.get("failover"))
        except (KeyError, TypeError, ValueError, RecordError) as error:
            self._set_aside(str(error))

    def _set_aside(self, reason: str) -> None:
        """Keep the file for a person to read. The identity is new if the old one cannot be read."""
        try:
            os.replace(self.state, self.state.with_name("state.json.unreadable"))
        except OSError as error:
            raise StoreError(f"cannot rename {self.state}: {error.strerror}") from error
        self.uid = self.uid or secrets.token_bytes(UID_OCTETS)
        self.record = None
        self.unreadable = reason

    def write_record(self, record: FailoverRecord | None) -> None:
        """Store the failover state; it is durable on return. Raises StoreError.

        The record is checked as it will be read: a record that could not be read again is not stored.
        """
        failover = None if record is None else record.as_json()
        if failover is not None:
            try:
                _record(failover)
            except RecordError as error:
                raise StoreError(f"not stored in {self.state}: {error}") from error
        statefile.write(self.state, {"uid": self.uid.hex(), "failover": failover})
        self.record = record
        self.unreadable = None

    def close(self) -> None:
        """Release the lock."""
        self._lock.close()


def _record(content: Mapping[str, Any] | None) -> FailoverRecord | None:
    return None if content is None else FailoverRecord.from_json(content)


def _uid(content: Mapping[str, Any]) -> bytes:
    """Return the identity. Raises KeyError, TypeError or ValueError."""
    uid = bytes.fromhex(content["uid"])
    if len(uid) != UID_OCTETS:
        raise ValueError(f"uid has {len(uid)} octets; expected {UID_OCTETS}")
    return uid
