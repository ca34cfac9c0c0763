"""The process that `console.sources.apart` starts: settings in on standard input, observations out, both pickled.

It ends when its standard output is closed, which is when the console ends, however that does.
"""

import asyncio
import pickle
import sys
import time
from typing import BinaryIO

from console.settings.clients import clients
from console.settings.document import Settings
from console.sources.ask import ask_and_read
from console.sources.backlog import Backlog, Said

FLUSH_SECONDS = 0.03


async def gather(settings: Settings, out: BinaryIO) -> None:
    """Ask and follow until nobody reads what is written."""
    backlog = Backlog()
    complaints: list[str] = []

    def write(said: Said) -> None:
        pickle.dump(said, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    async def flush() -> None:
        lost = 0
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            if backlog.lost_lines > lost:
                lost = backlog.lost_lines
                complaints.append("log lines were left out: more came than could be shown")
            # Blocks while the console is busy: what comes meanwhile waits in the backlog, which has its bounds.
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
