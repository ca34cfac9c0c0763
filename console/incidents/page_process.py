"""Draws the page of an incident in another process: drawing takes seconds, and the console must stay responsive."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from console.incidents.saving import SavedIncident

PAGE_SECONDS = 120.0
"""The time limit for drawing."""


async def draw_page(saved: SavedIncident, theme: str, command: Sequence[str]) -> str:
    """Run `incident export` for a saved incident. Returns the path of the page, or why there is none.

    `command` starts this program. When the caller is cancelled, the process is ended.
    """
    if not command:
        return f"no page was drawn. Try: pairwatch incident export {saved.path}"
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            *("incident", "export", str(saved.path), "--theme", theme),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as failed:
        return f"no page was drawn: {failed}"
    try:
        out, error = await asyncio.wait_for(process.communicate(), PAGE_SECONDS)
    except TimeoutError:
        return f"no page was drawn in {PAGE_SECONDS:.0f} s. Try: pairwatch incident export {saved.path}"
    finally:
        await _end(process)
    if process.returncode:
        return f"no page was drawn: {error.decode(errors='replace').strip()}"
    return str(Path(out.decode().strip()))


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process if it still runs: after a timeout, or when the operator closed the dialog."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
