"""Follow many logs on this host with one watcher, since hundreds of threads would delay each other."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from console.model.observations import LogLine
from console.sources.log_tail import LogTail

LOOK_MILLISECONDS = 1000
"""Files are checked once a second as well: network file systems send no notifications."""
GROUPED_MILLISECONDS = 200
"""Without a limit the watcher groups a steady stream of changes for too long."""
AT_A_TIME = 100
"""Lines after which the event loop may do other work."""


async def follow_logs(
    tails: Sequence[LogTail], emit: Callable[[LogLine], None], complain: Callable[[str], None]
) -> None:
    """Emit the last lines of the logs, then every new line, until cancelled. Where files cannot be watched, complain,
    and check them once a second."""
    import watchfiles

    by_folder: dict[Path, list[LogTail]] = {}
    for tail in tails:
        by_folder.setdefault(tail.path.parent.resolve(), []).append(tail)
    try:
        for tail in tails:
            await _emit(tail.past(), emit)
        try:
            changes = watchfiles.awatch(
                *by_folder,
                recursive=False,
                yield_on_timeout=True,
                rust_timeout=LOOK_MILLISECONDS,
                debounce=GROUPED_MILLISECONDS,
            )
            async for changed in changes:
                folders = {Path(path).parent for _, path in changed}
                touched = [tail for folder in folders for tail in by_folder.get(folder, ())]
                await _news(touched if changed else tails, emit)
        except (OSError, RuntimeError) as error:
            # The errors of the watcher are RuntimeErrors: no more handles, a missing folder.
            complain(f"cannot watch the logs' folders: {error}; they are checked once a second instead")
        while True:
            await _news(tails, emit)
            await asyncio.sleep(LOOK_MILLISECONDS / 1000)
    finally:
        for tail in tails:
            tail.close()


async def _news(tails: Iterable[LogTail], emit: Callable[[LogLine], None]) -> None:
    for tail in tails:
        await _emit(tail.news(), emit)


async def _emit(lines: Sequence[LogLine], emit: Callable[[LogLine], None]) -> None:
    for start in range(0, len(lines), AT_A_TIME):
        for line in lines[start : start + AT_A_TIME]:
            emit(line)
        await asyncio.sleep(0)
