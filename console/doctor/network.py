"""Checks of the network: whether servers answer as configured, and whether traps can be received."""

import asyncio
from collections.abc import Iterator, Mapping
from time import time
from typing import Any

from console.doctor.results import CheckResult, fail, ok, warn
from console.errors import ConfigError, Refused, SourceError
from console.makes.pairwatch.client import ServerClient
from console.model.reports import Report, UnreadableReport, read_report
from console.settings.document import PairSettings, ServerSettings, Settings, password
from console.sources.traps import open_receiver

SKEW_SECONDS = 5.0
"""With a larger difference two partners refuse each other, and the console shows wrong countdowns."""
REMEDIES: Mapping[int, str] = {
    401: "the user or its password is not valid: see [[user]] in the server's config.toml",
    403: "this user has no permission to read: give it the role viewer",
    404: "this is not the API of a Pairwatch server: correct api",
}


async def check_servers(settings: Settings) -> list[CheckResult]:
    """Check every server of every pair, all at the same time."""
    asked = [(pair, server) for pair in settings.pair for server in pair.server]
    found = await asyncio.gather(*(_check_server(pair, server) for pair, server in asked))
    return [finding for each in found for finding in each]


async def _check_server(pair: PairSettings, server: ServerSettings) -> list[CheckResult]:
    what = f"{pair.name} {server.name}"
    try:
        client = ServerClient(server.api, server.user, password(server))
    except ConfigError:
        return []  # The check of the passwords reports it.
    try:
        role = await client.role()
        status = await client.status()
    except Refused as error:
        return [fail(what, str(error), REMEDIES.get(error.status, "look at the server's log"))]
    except SourceError as error:
        todo = f"check that it runs, and that {server.api} is its API and can be reached from here"
        return [fail(what, str(error), todo)]
    finally:
        await client.close()
    return list(_compare_report(what, pair, server, role, status, time()))


def _compare_report(
    what: str, pair: PairSettings, server: ServerSettings, role: str, status: Mapping[str, Any], now: float
) -> Iterator[CheckResult]:
    """Compare its answer with the configuration."""
    try:
        report = read_report(status, pair.name)
    except UnreadableReport as wrong:
        yield fail(what, str(wrong), "correct the pair's name, or api")
        return
    yield ok(what, f"{report.role}, {report.state}; {server.user} is {role}")
    yield from _compare_names(what, server, report)
    if pair.write and role == "viewer":
        yield warn(what, f"{server.user} may only read", "write = true needs a user with the role operator or expert")
    off = report.at - now
    if abs(off) > SKEW_SECONDS:
        yield warn(
            what, f"its clock and this host's are {abs(off):.0f} s apart", "correct NTP on the host that is wrong"
        )


def _compare_names(what: str, server: ServerSettings, report: Report) -> Iterator[CheckResult]:
    if report.role != server.role:
        yield fail(what, f"it is the {report.role}, but configured here as {server.role}", "correct role, or api")
    if report.server_name != server.name:
        yield warn(what, f"its name is {report.server_name}", f'set name = "{report.server_name}"')


def check_traps(settings: Settings) -> Iterator[CheckResult]:
    """Check whether the trap receiver can be opened. It is closed at once."""
    where = ", ".join(settings.traps.listen)
    try:
        receiver = open_receiver(settings.traps)
    except SourceError as error:
        yield warn("traps", str(error), "if a console runs on this host, it uses the port: then this is no fault")
        return
    receiver.close()
    yield ok("traps", f"received on {where}")
    known = any(server.trap_sources for pair in settings.pair for server in pair.server)
    if not known:
        yield warn("traps", "no server has trap_sources", "without them no trap can be assigned to a pair")
