"""Whether servers answer as they are configured, and whether notifications can be received."""

import asyncio
from collections.abc import Iterator, Mapping
from time import time
from typing import Any

from console.doctor.findings import Finding, fail, ok, warn
from console.errors import ConfigError, Refused, SourceError
from console.makes.pairwatch.client import ServerClient
from console.model.reports import Report, UnreadableReport, read_report
from console.settings.document import PairSettings, ServerSettings, Settings, password
from console.sources.traps import open_receiver

SKEW_SECONDS = 5.0
"""Beyond this two partners refuse each other; a console that is so far off shows wrong countdowns."""
REMEDIES: Mapping[int, str] = {
    401: "the user or its password is wrong: see [[user]] in the server's config.toml",
    403: "this user may not even look: give it the role viewer",
    404: "this is no Pairwatch server's API: correct api",
}


async def servers(settings: Settings) -> list[Finding]:
    """Every server of every pair, asked at the same time."""
    asked = [(pair, server) for pair in settings.pair for server in pair.server]
    found = await asyncio.gather(*(_server(pair, server) for pair, server in asked))
    return [finding for each in found for finding in each]


async def _server(pair: PairSettings, server: ServerSettings) -> list[Finding]:
    what = f"{pair.name} {server.name}"
    try:
        client = ServerClient(server.api, server.user, password(server))
    except ConfigError:
        return []  # The look at the secrets has said it.
    try:
        role = await client.role()
        status = await client.status()
    except Refused as error:
        return [fail(what, str(error), REMEDIES.get(error.status, "look at the server's log"))]
    except SourceError as error:
        todo = f"see that it runs, and that {server.api} is its API and can be reached from here"
        return [fail(what, str(error), todo)]
    finally:
        await client.close()
    return list(_judged(what, pair, server, role, status, time()))


def _judged(
    what: str, pair: PairSettings, server: ServerSettings, role: str, status: Mapping[str, Any], now: float
) -> Iterator[Finding]:
    """What its answer says about the configuration."""
    try:
        report = read_report(status, pair.name)
    except UnreadableReport as wrong:
        yield fail(what, str(wrong), "correct the pair's name, or api")
        return
    yield ok(what, f"{report.role}, {report.state}; {server.user} is {role}")
    yield from _matched(what, server, report)
    if pair.write and role == "viewer":
        yield warn(what, f"{server.user} may only look", "write = true needs a user with the role operator or expert")
    off = report.at - now
    if abs(off) > SKEW_SECONDS:
        yield warn(what, f"its clock and this host's are {abs(off):.0f} s apart", "repair NTP on the one that is wrong")


def _matched(what: str, server: ServerSettings, report: Report) -> Iterator[Finding]:
    if report.role != server.role:
        yield fail(what, f"it is the {report.role}, configured here as {server.role}", "correct role, or api")
    if report.server_name != server.name:
        yield warn(what, f"it calls itself {report.server_name}", f'name = "{report.server_name}" would say the same')


def traps(settings: Settings) -> Iterator[Finding]:
    """Whether the receiver can be opened. It is closed again at once."""
    where = ", ".join(settings.traps.listen)
    try:
        receiver = open_receiver(settings.traps)
    except SourceError as error:
        yield warn("traps", str(error), "a console that runs here already has the port: then all is well")
        return
    receiver.close()
    yield ok("traps", f"received on {where}")
    known = any(server.trap_sources for pair in settings.pair for server in pair.server)
    if not known:
        yield warn("traps", "no server has trap_sources", "without them a notification belongs to no pair")
