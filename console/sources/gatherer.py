"""The process that `console.sources.apart` starts: it reads settings on standard input and writes observations.

It ends when its standard output is closed, that is, when the console ends for any reason.
"""

import asyncio
import pickle
import sys
import time
from typing import BinaryIO

from console.settings.clients import clients
from console.settings.document import Settings
from console.sources.ask import ask_and_read
from console.sources.backlog import Backlog, SourceMessage

FLUSH_SECONDS = 0.03


async def gather(settings: Settings, out: BinaryIO) -> None:
    """Poll and follow until the output is closed."""
    backlog = Backlog()
    complaints: list[str] = []

    def write(message: SourceMessage) -> None:
        pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    async def flush() -> None:
        lost = 0
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            if backlog.lost_lines > lost:
                lost = backlog.lost_lines
                complaints.append("log lines were left out: more came than could be shown")
            # Blocks while the console is busy; new observations wait in the backlog, which is bounded.
            while complaints:
                await asyncio.to_thread(write, complaints.pop(0))
            batch = backlog.take()
            if batch:
                await asyncio.to_thread(write, batch)

    asked = {pair.name: clients(pair) for pair in settings.pair}
    async with asyncio.TaskGroup() as group:
        group.create_task(flush())
        group.create_task(ask_and_read(settings, asked, backlog.add, time.time, complaints.append))


def main() -> None:
    settings = pickle.load(sys.stdin.buffer)
    try:
        asyncio.run(gather(settings, sys.stdout.buffer))
    except* BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
