"""All sources of a configuration at once."""

import asyncio
from collections.abc import Callable, Mapping

from console.errors import SourceError
from console.settings.clients import Clients
from console.settings.document import Settings
from console.sources.apart import APART_FROM_SERVERS, run_apart
from console.sources.ask import Emit, ask_and_read
from console.sources.senders import Senders
from console.sources.traps import follow, open_receiver
from console.state.store import Clock


async def collect(
    settings: Settings,
    asked: Mapping[str, Clients],
    emit: Emit,
    clock: Clock,
    complain: Callable[[str], None],
    counted: Callable[[Mapping[str, int]], None],
    *,
    traps: bool = True,
) -> None:
    """Run every source until cancelled. `asked` are the clients by pair; `complain` receives the error of a source
    that cannot start, while the others continue; `counted` receives the numbers of lost notifications. `traps`: receive
    them too."""
    servers = sum(len(pair.server) for pair in settings.pair)
    async with asyncio.TaskGroup() as group:
        if servers >= APART_FROM_SERVERS:
            group.create_task(run_apart(settings, emit, complain))
        else:
            group.create_task(ask_and_read(settings, asked, emit, clock, complain))
        if traps:
            group.create_task(_traps(settings, emit, complain, counted))


async def _traps(
    settings: Settings, emit: Emit, complain: Callable[[str], None], counted: Callable[[Mapping[str, int]], None]
) -> None:
    try:
        receiver = await asyncio.to_thread(open_receiver, settings.traps)
    except SourceError as error:
        complain(str(error))
        return
    await follow(receiver, Senders.configured(settings), emit, counted, complain)
