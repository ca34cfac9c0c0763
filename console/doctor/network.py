"""Checks of the network: whether servers answer as configured, and whether traps can be received."""

import asyncio
from collections.abc import Iterator, Mapping
from time import time

from console.doctor.results import CheckResult, fail, ok, warn
from console.errors import ConfigError, Refused, SourceError, Unreadable, Untrusted
from console.insight.limits import SKEW_LIMIT_SECONDS
from console.makes.http_settings import HttpServerTable
from console.makes.opening import open_source
from console.makes.recognising import Login, Recognised, recognise
from console.model.facts import PairFacts
from console.model.plain_text import plain
from console.settings.document import PairSettings, ServerSettings, Settings
from console.sources.traps import open_receiver

REMEDIES: Mapping[int, str] = {
    401: "the user or its password is not valid: see [[user]] in the server's config.toml",
    403: "this user has no permission to read: give it the role viewer",
    404: "this is not the API of a server of that make: correct api",
}


async def check_servers(settings: Settings) -> list[CheckResult]:
    """Check every server of every pair, all at the same time."""
    asked = [(pair, server) for pair in settings.pair for server in pair.server]
    found = await asyncio.gather(*(_check_server(pair, server) for pair, server in asked))
    return [finding for each in found for finding in each]


async def _check_server(pair: PairSettings, server: ServerSettings) -> list[CheckResult]:
    what = f"{pair.name} {server.name}"
    try:
        source = open_source(server, pair.name)
    except ConfigError as wrong:
        # A missing password is reported by the check of the passwords.
        return (
            [fail(what, str(wrong), "correct the file")]
            if "certificate" in str(wrong) or "ca_file" in str(wrong)
            else []
        )
    if not source.profile.polled:
        return [ok(what, f"{source.profile.title}, known from its traps and its log only: it is not polled")]
    try:
        role = await source.user_role()
        polled = await source.poll()
    except Refused as error:
        other = await _other_make(server)
        if other is not None:
            return [fail(what, f"{other.title} answers at {server.where}", f'set make = "{other.make}"')]
        return [fail(what, str(error), REMEDIES.get(error.status, "look at the server's log"))]
    except Untrusted as wrong:
        return [fail(what, str(wrong), wrong.remedy)]
    except Unreadable as wrong:
        return [fail(what, str(wrong), "correct the pair's name, or api")]
    except SourceError as error:
        todo = f"check that it runs, and that {server.where} is its API and can be reached from here"
        return [fail(what, str(error), todo)]
    finally:
        await source.close()
    return list(_compare_facts(what, pair, server, role, polled.facts, time()))


async def _other_make(server: ServerSettings) -> Recognised | None:
    """The server, if it is of another make than the configuration has it."""
    if not isinstance(server, HttpServerTable):
        return None
    try:
        found = await recognise(Login(server.where, server.asks_as, server.password() or "", server.tls))
    except (SourceError, ConfigError):
        return None
    return None if found.make == server.make else found


def _compare_facts(
    what: str, pair: PairSettings, server: ServerSettings, role: str | None, facts: PairFacts, now: float
) -> Iterator[CheckResult]:
    """Compare its answer with the configuration."""
    asked = f"; {server.asks_as} is {role}" if role is not None else ""
    yield ok(what, f"{facts.role or 'role unknown'}, {facts.word or 'state unknown'}{asked}")
    yield from _compare_names(what, server, facts)
    if pair.write and role == "viewer":
        yield warn(
            what, f"{server.asks_as} may only read", "write = true needs a user with the role operator or expert"
        )
    off = facts.at - now
    # With a larger difference the console shows wrong countdowns.
    if abs(off) > (facts.skew_limit or SKEW_LIMIT_SECONDS):
        yield warn(
            what, f"its clock and this host's are {abs(off):.0f} s apart", "correct NTP on the host that is wrong"
        )


def _compare_names(what: str, server: ServerSettings, facts: PairFacts) -> Iterator[CheckResult]:
    if facts.role in ("main", "backup") and facts.role != server.role:
        yield fail(what, f"it is the {facts.role}, but configured here as {server.role}", "correct role, or api")
    if facts.server and facts.server != server.name:
        yield warn(what, f"its name is {facts.server}", f'set name = "{facts.server}"')


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
    yield from _check_modules(settings)
    known = any(server.trap_sources for pair in settings.pair for server in pair.server)
    if not known:
        yield warn("traps", "no server has trap_sources", "without them no trap can be assigned to a pair")


def _check_modules(settings: Settings) -> Iterator[CheckResult]:
    """Check that every MIB module can be read. It is done here without a cache, and takes seconds for large ones."""
    if not settings.traps.mib_dirs:
        return
    from snmp.modules.loading import load  # It imports the compiler.

    loaded = load(settings.traps.mib_dirs, settings.traps.mibs, None)
    for fault in loaded.faults:
        yield warn("MIB modules", plain(fault), "correct the file, or add the file that it needs to mib_dirs")
    if loaded.tables:
        yield ok("MIB modules", f"{len(loaded.tables)} notifications and objects have names")
