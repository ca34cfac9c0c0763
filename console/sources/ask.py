"""Poll every server and follow every log of a configuration, in this process."""

import asyncio
from collections.abc import Callable, Mapping

from console.makes.opening import open_source
from console.makes.source import Source
from console.model.observations import Observation
from console.model.profiles import Can
from console.settings.clients import Clients
from console.settings.document import ServerSettings, Settings
from console.sources.log_tail import LogTail
from console.sources.log_tails import follow_logs
from console.sources.polling import poll_server
from console.sources.remote_log import RemoteLog
from console.state.store import Clock

Emit = Callable[[Observation], None]

SPREAD_FROM_SERVERS = 16
"""With at least so many servers the polls are spread over the interval; otherwise the answers would come in waves."""


async def poll(
    source: Source, pair: str, server: str, interval: float, emit: Emit, clock: Clock, wait: float = 0.0
) -> None:
    """Poll every `interval` seconds, however long an answer takes, until cancelled; the first time after `wait`."""
    await asyncio.sleep(wait)
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        emit(await poll_server(source, pair, server, clock))
        due = max(due + interval, loop.time())
        await asyncio.sleep(due - loop.time())


async def ask_and_read(
    settings: Settings, asked: Mapping[str, Clients], emit: Emit, clock: Clock, complain: Callable[[str], None]
) -> None:
    """Poll every server and follow every log, in this process, until cancelled."""
    tails = []
    interval = settings.console.poll_interval
    servers = [(pair, server) for pair in settings.pair for server in pair.server]
    async with asyncio.TaskGroup() as group:
        for number, (pair, server) in enumerate(servers):
            source = asked[pair.name][server.name]
            if source.profile.polled:
                wait = 0.0 if len(servers) < SPREAD_FROM_SERVERS else interval * number / len(servers)
                group.create_task(poll(source, pair.name, server.name, interval, emit, clock, wait))
            if server.log is not None and server.log.parent.is_dir():
                tails.append(LogTail(server.log, pair.name, server.name, clock))
            elif Can.LOG in source.can():
                group.create_task(_follow_remote_log(pair.name, server, emit, clock))
            elif server.log is not None:
                complain(f"{server.log} is not on this host, and {source.profile.title} sends no log: {server.name}")
        if tails:
            group.create_task(follow_logs(tails, emit, complain))


async def _follow_remote_log(pair: str, server: ServerSettings, emit: Emit, clock: Clock) -> None:
    """Follow the log of one server through a source of its own, since following keeps its connection busy."""
    source = open_source(server, pair)
    try:
        await RemoteLog(source, pair, server.name, clock).run(emit)
    finally:
        await source.close()
