"""The audit log: one JSON line for each thing that was attempted, and one for what came of it.

A line is on disk before the action goes out (fsync), and the file is its owner's alone (mode 0600): it
names people and reasons. An action whose attempt cannot be recorded is not taken.
"""

import errno
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.errors import AuditError

OPENED = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
"""Not waiting: a pipe that nobody reads would hold the screen."""


class AuditLog:
    """Appends to the file at `path`, which is made when it does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, entry: Mapping[str, Any]) -> None:
        """Append one entry durably. Raises AuditError."""
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, OPENED, 0o600)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    # A device as root: the mode of it would change for everyone on the host.
                    raise OSError(errno.EINVAL, "it is no regular file")
                os.fchmod(descriptor, 0o600)
                # One write: lines of two consoles that append at once do not mix.
                os.write(descriptor, line.encode("utf-8"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            words = error.strerror or str(error)
            reason = f"cannot write the audit log {self.path}: {words}"
            raise AuditError(f"{reason}; nothing was done", reason) from error
