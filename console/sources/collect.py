"""All sources of a configuration at once."""

import asyncio
from collections.abc import Callable, Mapping

from console.config import ServerSettings, Settings, password
from console.errors import SourceError
from console.model.observations import Observation
from console.sources.apart import APART_FROM_SERVERS, run_apart
from console.sources.asking import Clients
from console.sources.log_tail import LogTail
from console.sources.log_tails import follow_logs
from console.sources.pairwatch_server import Poller, ServerClient
from console.sources.remote_log import RemoteLog
from console.sources.traps import Senders, follow, open_receiver
from console.watch import Clock

Emit = Callable[[Observation], None]


async def poll(poller: Poller, interval: float, emit: Emit, wait: float = 0.0) -> None:
    """Poll every `interval` seconds, however long an answer takes, until cancelled; the first time after `wait`."""
    await asyncio.sleep(wait)
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        emit(await poller.once())
        due = max(due + interval, loop.time())
        await asyncio.sleep(due - loop.time())


async def collect(
    settings: Settings,
    asked: Mapping[str, Clients],
    emit: Emit,
    clock: Clock,
    complain: Callable[[str], None],
    counted: Callable[[Mapping[str, int]], None],
) -> None:
    """Run every source until cancelled. `asked` are the clients by pair; `complain` hears of a source that
    cannot start, while the others go on; `counted` of what was lost of the notifications so far."""
    servers = sum(len(pair.server) for pair in settings.pair)
    async with asyncio.TaskGroup() as group:
        if servers >= APART_FROM_SERVERS:
            group.create_task(run_apart(settings, emit, complain))
        else:
            group.create_task(ask_and_read(settings, asked, emit, clock, complain))
        group.create_task(_traps(settings, emit, complain, counted))


async def ask_and_read(
    settings: Settings, asked: Mapping[str, Clients], emit: Emit, clock: Clock, complain: Callable[[str], None]
) -> None:
    """Poll every server and follow every log, in this process, until cancelled."""
    tails = []
    interval = settings.console.poll_interval
    servers = [(pair, server) for pair in settings.pair for server in pair.server]
    async with asyncio.TaskGroup() as group:
        for number, (pair, server) in enumerate(servers):
            poller = Poller(asked[pair.name][server.name], pair.name, server.name, clock)
            # Spread over the interval: hundreds of answers at once would come in waves.
            wait = 0.0 if len(servers) < APART_FROM_SERVERS else interval * number / len(servers)
            group.create_task(poll(poller, interval, emit, wait))
            if server.log is not None and server.log.parent.is_dir():
                tails.append(LogTail(server.log, pair.name, server.name, clock))
            else:
                group.create_task(_followed(pair.name, server, emit, clock))
        if tails:
            group.create_task(follow_logs(tails, emit, complain))


async def _followed(pair: str, server: ServerSettings, emit: Emit, clock: Clock) -> None:
    """The log of one server through its API, over a connection of its own: following holds it for as long as
    nothing is logged."""
    client = ServerClient(server.api, server.user, password(server))
    try:
        await RemoteLog(client, pair, server.name, clock).run(emit)
    finally:
        await client.close()


async def _traps(
    settings: Settings, emit: Emit, complain: Callable[[str], None], counted: Callable[[Mapping[str, int]], None]
) -> None:
    try:
        receiver = await asyncio.to_thread(open_receiver, settings.traps)
    except SourceError as error:
        complain(str(error))
        return
    await follow(receiver, Senders.configured(settings), emit, counted)
