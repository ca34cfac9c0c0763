"""Whether servers answer as they are configured, and whether notifications can be received."""

import asyncio
from collections.abc import Iterator, Mapping
from time import time

from console.doctor.findings import Finding, fail, ok, warn
from console.errors import ConfigError, Refused, SourceError, Unreadable
from console.insight.limits import SKEW_LIMIT_SECONDS
from console.makes.opening import open_source
from console.model.facts import PairFacts
from console.settings.document import PairSettings, ServerSettings, Settings
from console.sources.traps import open_receiver

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
        source = open_source(server, pair.name)
    except ConfigError:
        return []  # The look at the secrets has said it.
    if not source.profile.polled:
        return [ok(what, f"{source.profile.title}, known from its traps and its log only: nothing is asked of it")]
    try:
        role = await source.user_role()
        polled = await source.poll()
    except Refused as error:
        return [fail(what, str(error), REMEDIES.get(error.status, "look at the server's log"))]
    except Unreadable as wrong:
        return [fail(what, str(wrong), "correct the pair's name, or api")]
    except SourceError as error:
        todo = f"see that it runs, and that {server.where} is its API and can be reached from here"
        return [fail(what, str(error), todo)]
    finally:
        await source.close()
    return list(_judged(what, pair, server, role, polled.facts, time()))


def _judged(
    what: str, pair: PairSettings, server: ServerSettings, role: str | None, facts: PairFacts, now: float
) -> Iterator[Finding]:
    """What its answer says about the configuration."""
    yield ok(what, f"{facts.role or 'role unknown'}, {facts.word or 'state unknown'}; {server.asks_as} is {role}")
    yield from _matched(what, server, facts)
    if pair.write and role == "viewer":
        yield warn(
            what, f"{server.asks_as} may only look", "write = true needs a user with the role operator or expert"
        )
    off = facts.at - now
    # A console that is so far off shows wrong countdowns.
    if abs(off) > (facts.skew_limit or SKEW_LIMIT_SECONDS):
        yield warn(what, f"its clock and this host's are {abs(off):.0f} s apart", "repair NTP on the one that is wrong")


def _matched(what: str, server: ServerSettings, facts: PairFacts) -> Iterator[Finding]:
    if facts.role in ("main", "backup") and facts.role != server.role:
        yield fail(what, f"it is the {facts.role}, configured here as {server.role}", "correct role, or api")
    if facts.server and facts.server != server.name:
        yield warn(what, f"it calls itself {facts.server}", f'name = "{facts.server}" would say the same')


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
