"""Run the sources of a large fleet in a process of their own.

Polling four hundred servers every second takes most of a processor, and a screen that shares it answers its keys late.
The process (`console.sources.gatherer`) polls and follows; its observations come over its standard output, pickled, and
are passed to the event loop in small parts.
"""

import asyncio
import contextlib
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable

from console.model.observations import Observation
from console.settings.document import Settings
from console.sources.backlog import SourceMessage
from console.sources.handover import Handover

APART_FROM_SERVERS = 16
"""With fewer, a process of its own costs more than it brings: it takes half a second to start."""
START_AGAIN_SECONDS = 2.0
END_SECONDS = 3.0


async def run_apart(settings: Settings, emit: Callable[[Observation], None], complain: Callable[[str], None]) -> None:
    """Run the sources in a process of their own until cancelled. When it ends, complain and start it again."""
    while True:
        ended = await _one_life(settings, emit, complain)
        complain(f"the process that asks the servers ended ({ended}); it was started again")
        await asyncio.sleep(START_AGAIN_SECONDS)


async def _one_life(settings: Settings, emit: Callable[[Observation], None], complain: Callable[[str], None]) -> str:
    """Run one process from start to end; return why it ended."""
    loop = asyncio.get_running_loop()
    process = _started()
    assert process.stdin is not None
    assert process.stdout is not None
    source = process.stdout
    stopping, finished = threading.Event(), asyncio.Event()
    handover: Handover[Observation] = Handover(loop, emit, stopping)

    def read() -> None:
        try:
            while not stopping.is_set():
                received: SourceMessage = pickle.load(source)
                if isinstance(received, str):
                    loop.call_soon_threadsafe(complain, received)
                else:
                    handover.tell(received)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError, RuntimeError):
            pass  # The process has ended, and its exit status is reported; or the loop has.
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(finished.set)

    thread = threading.Thread(target=read, name="sources", daemon=True)
    try:
        with contextlib.suppress(OSError):
            process.stdin.write(pickle.dumps(settings))
            process.stdin.flush()
        thread.start()
        await finished.wait()
    finally:
        stopping.set()
        process.kill()
        await asyncio.to_thread(process.wait, END_SECONDS)
        if thread.ident is not None:
            await asyncio.to_thread(thread.join)
        source.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
    return f"exit status {process.returncode}"


def _started() -> subprocess.Popen[bytes]:
    # Nothing that it writes may reach the console's screen.
    return subprocess.Popen(
        [sys.executable, "-m", "console.sources.gatherer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Signals of the terminal are for the console only.
    )
