"""The sources of a large fleet in a process of their own.

Asking four hundred servers every second takes most of a processor, and a screen that shares it answers its keys late.
The process (`console.sources.gatherer`) asks and follows; what it observed comes over its standard output, pickled, and
is handed to the event loop in small parts.
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
from console.sources.backlog import Said
from console.sources.handover import Handover

APART_FROM_SERVERS = 16
"""With fewer, a process of its own costs more than it brings: it takes half a second to start."""
START_AGAIN_SECONDS = 2.0
END_SECONDS = 3.0


async def run_apart(settings: Settings, emit: Callable[[Observation], None], complain: Callable[[str], None]) -> None:
    """Run the sources in a process of their own until cancelled; one that ends is said and started again."""
    while True:
        ended = await _one_life(settings, emit, complain)
        complain(f"the process that asks the servers ended ({ended}); it was started again")
        await asyncio.sleep(START_AGAIN_SECONDS)


async def _one_life(settings: Settings, emit: Callable[[Observation], None], complain: Callable[[str], None]) -> str:
    """One process from start to end; why it ended."""
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
                said: Said = pickle.load(source)
                if isinstance(said, str):
                    loop.call_soon_threadsafe(complain, said)
                else:
                    handover.tell(said)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError, RuntimeError):
            pass  # The process is gone, and its exit status says how; or the loop is.
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
    # Nothing that it writes by mistake may land on the console's screen.
    return subprocess.Popen(
        [sys.executable, "-m", "console.sources.gatherer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # A key of the terminal is the console's to hear.
    )
