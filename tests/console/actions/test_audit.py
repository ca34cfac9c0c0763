"""The audit log as a file: what it may be, and what is left alone."""

import os
import stat
from pathlib import Path

import pytest

from console.actions.audit import AuditLog
from console.errors import AuditError


def test_what_is_no_file_is_refused_and_keeps_its_mode(tmp_path: Path) -> None:
    """To root, `/dev/null` would become a device that nobody else on the host can open."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o644)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(AuditError, match="not a regular file; nothing was done"):
            AuditLog(pipe).record({"event": "attempt"})
        assert stat.S_IMODE(pipe.stat().st_mode) == 0o644
    finally:
        os.close(reader)


def test_a_file_is_its_owner_s_alone_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.touch(mode=0o644)
    AuditLog(path).record({"event": "attempt"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8") == '{"event": "attempt"}\n'
