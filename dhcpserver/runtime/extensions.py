"""The process of the extensions, from the side of the server: questions go in, answers are reported.

A question that has been with the process for longer than its extensions may take ends it, and so does its own end. Then
all open questions have failed, and the next one starts a new process, at most one a second.
"""

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime import extensionprocess
from dhcpserver.service.consulting import Finding, Question

LOG = logging.getLogger(__name__)

FOLDER = "extensions"
"""The folder of the files, beside `config.toml`."""
RESTART_SECONDS = 1.0
LOADING_SECONDS = 10.0
"""How long the files may be loaded."""
LONGEST_LINE = 1_000_000


class ExtensionProcess:
    """The process of one server. `report` gets every answer, in the event loop."""

    def __init__(self, configuration: Configuration, folder: Path, report: Callable[[Finding], None]) -> None:
        self._loaded = [
            {
                "name": each.name,
                "file": each.file,
                "entry": each.entry,
                "init-entry": each.init_entry,
                "init-args": each.init_args,
            }
            for each in configuration.extension
        ]
        self._limits = {each.name: each.time_limit / 1000 for each in configuration.extension}
        self._folder = folder
        self._report = report
        self._open: dict[int, float] = {}
        """Questions without an answer, in their order, with the time that their extensions may take."""
        self._process: asyncio.subprocess.Process | None = None
        self._started = 0.0
        self._ready = False
        self._reader: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def open(self) -> None:
        """Start the process, so that the first question does not wait for it. Without extensions there is none."""
        if self._loaded:
            await self._start()

    async def _start(self) -> None:
        self._started, self._ready = time.monotonic(), False
        command = [sys.executable, "-I", extensionprocess.__file__, str(self._folder)]
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE
            )
        except OSError:
            LOG.exception("the process of the extensions cannot be started")
            self._reader = asyncio.create_task(self._start_later())
            return
        if self._closed:
            self._process.kill()
            return
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._loaded).encode() + b"\n")
        self._reader = asyncio.create_task(self._read(self._process))
        self._watch()

    async def _start_later(self) -> None:
        await asyncio.sleep(max(0.0, self._started + RESTART_SECONDS - time.monotonic()))
        if not self._closed:
            await self._start()

    def ask(self, question: Question) -> None:
        """Send a question. Its failure is reported like an answer."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            self._report(Finding(question.number, failure="its process is not running"))
            return
        request: dict[str, Any] = {"number": question.number, **question.request}
        self._open[question.number] = sum(self._limits[name] for _, name in question.request["calls"])
        process.stdin.write(json.dumps(request).encode() + b"\n")
        if self._ready and len(self._open) == 1:
            self._watch()

    def _watch(self) -> None:
        """Watch the oldest open question: the process answers one after the other."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        first = next(iter(self._open.values()), None) if self._ready else LOADING_SECONDS
        if first is not None:
            self._timer = asyncio.get_running_loop().call_later(first, self._end)

    def _end(self) -> None:
        """End a process that does not answer; its reader starts another one."""
        self._timer = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Report the answers of a process until it ends, and start another one."""
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            while line := await process.stdout.readline():
                found = json.loads(line)
                if "ready" in found:
                    self._ready = True
                    self._watch()
                elif self._open.pop(found["number"], None) is not None:
                    self._watch()
                    self._report(Finding(found["number"], found["result"]))
        self._process = None
        if self._timer is not None:
            self._timer.cancel()
        await process.wait()
        lost, self._open = self._open, {}
        for number in lost:
            self._report(Finding(number, failure="its process ended, or was ended after the time limit"))
        await self._start_later()

    async def close(self) -> None:
        """End the process."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        process, self._process = self._process, None
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
