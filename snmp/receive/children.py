"""The two child processes of the receiver and the pipes between them."""

import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from snmp.receive.settings import ReceiverSettings
from snmp.security.enginestate import EngineState

_READ_OCTETS = 1024 * 1024
_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_RUN = "import sys; sys.path.append({root!r}); from snmp.receive.{module} import main; sys.exit(main(sys.argv[1:]))"


class Children:
    """Both processes, the parent's ends of their pipes, and their error output."""

    def __init__(self, settings: ReceiverSettings, state: EngineState | None, descriptors: list[int]) -> None:
        self.started = time.monotonic()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed in `kill`
        numbers = [str(each) for each in descriptors]
        self._drain = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _program("drain"), str(settings.queue_limit), *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            pass_fds=descriptors,
            bufsize=0,
        )
        assert self._drain.stdin is not None
        assert self._drain.stdout is not None
        engine = ["-", "-"] if state is None else [state.engine_id.hex(), str(state.boots)]
        settings_read, settings_write = os.pipe()
        self._worker = subprocess.Popen(
            [sys.executable, "-P", "-c", _program("worker"), str(settings_read), *engine, *numbers],
            stdin=self._drain.stdout,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            pass_fds=[settings_read, *descriptors],
            bufsize=0,
        )
        os.close(settings_read)
        # Through a pipe, because every user of the machine can read process arguments.
        with os.fdopen(settings_write, "w", encoding="utf-8") as pipe:
            pipe.write(settings.as_json())
        self._drain.stdout.close()
        assert self._worker.stdout is not None
        self._stdin, self._stdout = self._drain.stdin, self._worker.stdout

    @property
    def pids(self) -> tuple[int, int]:
        """The process IDs of the drain and of the worker."""
        return self._drain.pid, self._worker.pid

    def has_more(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until `read` would return at once; whether it would."""
        poller = select.poll()
        poller.register(self._stdout, select.POLLIN)
        return bool(poller.poll(timeout * 1000))

    def read(self) -> bytes:
        """Return what the worker has written; no octets after its end."""
        return os.read(self._stdout.fileno(), _READ_OCTETS)

    def stop(self) -> None:
        """Make the processes pass on what they have, and end."""
        self._stdin.close()

    def kill(self) -> str:
        """Kill the processes; return their exit statuses and the last line of their error output."""
        for process in (self._drain, self._worker):
            process.kill()
        self._stdin.close()
        self._stdout.close()
        ends = f"status {self._drain.wait()} and {self._worker.wait()}"
        with self._errors as errors:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"{ends}: {lines[-1]}" if lines else ends


def _program(module: str) -> str:
    return _RUN.format(root=_ROOT, module=module)
