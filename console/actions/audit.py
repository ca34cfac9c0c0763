"""The audit log: one JSON line for each attempted action, and one for its outcome.

A line is on disk before the request is sent (fsync). Only the owner can read the file (mode 0600), since it has names
and reasons. An action that cannot be recorded is not sent.
"""

import errno
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.actions.access import Access
from console.errors import AuditError

OPENED = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
"""O_NONBLOCK: a pipe without a reader would block the screen."""


class AuditLog:
    """Appends to the file at `path`, which is created when it does not exist. A console that only watches records
    nothing, so that it can do nothing."""

    def __init__(self, path: Path, access: Access = Access.OPERATE) -> None:
        self.path = path
        self._access = access

    def record(self, entry: Mapping[str, Any]) -> None:
        """Append one entry durably. Raises AuditError."""
        self._access.check()
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, OPENED, 0o600)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    # As root this could be a device, whose mode must not be changed.
                    raise OSError(errno.EINVAL, "not a regular file")
                os.fchmod(descriptor, 0o600)
                # One write, so that lines of two consoles do not mix.
                os.write(descriptor, line.encode("utf-8"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            words = error.strerror or str(error)
            reason = f"cannot write the audit log {self.path}: {words}"
            raise AuditError(f"{reason}; nothing was done", reason) from error
