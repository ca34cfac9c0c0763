"""`failover-pair NAME checklist` and `sizing`: what must be equal on both, and for how long the backup can serve.

A set of pools is what some clients can use: the scopes of one link, or the prefixes of one, that a client-class or a
client selects by its tags (R-119). Its needs are those of all its pools together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from dhcpserver.config.objects import Configuration
from dhcpserver.config.sync.plan import plan
from dhcpserver.config.syncrows import Operation, SyncRow
from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.grammar import Command
from dhcpserver.nrcmd.objects import path_of
from dhcpserver.nrcmd.synchronise import ServerOf

IDENTICAL = tuple(row for row in SyncRow if row.value.rule and row is not SyncRow.DHCP_LISTENER)
"""What is compared: everything of Table 2 but listeners, whose addresses differ (R-100)."""
REACTION_HOURS = (2, 12)
"""How long an operator needs in working hours, and outside of them (R-118)."""
_QUARTER = 4
"""Quarters of an hour, over which new clients are counted."""


@dataclass(frozen=True, slots=True)
class PoolSet:
    """The pools of one link that some clients can use; `who`: these clients."""

    who: str
    pools: tuple[str, ...]


def pool_sets(configuration: Configuration) -> list[PoolSet]:
    """Return the sets of pools that clients select, each once, with the clients of the first that selects it."""
    criteria: dict[frozenset[str], str] = {frozenset(): "all clients"}
    if configuration.server.client_class:
        for each in configuration.client_class:
            criteria.setdefault(frozenset(each.selection_criteria), f"client-class {each.name}")
        for client in configuration.client:
            if client.selection_criteria:
                criteria.setdefault(frozenset(client.selection_criteria), f"client {client.name}")
    links: dict[object, list[tuple[str, frozenset[str]]]] = {}
    for scope in configuration.scope:
        links.setdefault(scope.network, []).append((scope.name, frozenset(scope.selection_tags)))
    for prefix in configuration.prefix:
        key = (prefix.link_key, prefix.dhcp_type)
        links.setdefault(key, []).append((prefix.name, frozenset(prefix.selection_tags)))
    found: dict[tuple[str, ...], PoolSet] = {}
    for pools in links.values():
        for wanted, who in criteria.items():
            names = tuple(name for name, tags in pools if wanted <= tags)
            if names:
                found.setdefault(names, PoolSet(who, names))
    return list(found.values())


def sizing(api: Api, command: Command, server_of: ServerOf) -> Answer:
    """`sizing`: for each set of pools the addresses that the backup needs and has, by the new clients of now."""
    _no_arguments(command)
    lines = list(_sizes(api, command, server_of))
    short = any("TOO FEW" in line for line in lines)
    return Answer(Status.WARNINGS if short else Status.OK, "by the new clients of the last 15 minutes", tuple(lines))


def _sizes(api: Api, command: Command, server_of: ServerOf) -> Iterator[str]:
    """Yield a line for each set of pools (R-101, R-119)."""
    main, backup = partners(api, command, server_of)
    configuration = Configuration.model_validate(_running(backup))
    arrivals: dict[str, int] = {}
    available: dict[str, int | None] = {}
    for server in (main, backup):
        for pool in pair_of(server.get("/status"), command.name).get("pools") or ():
            name = str(pool.get("name"))
            arrivals[name] = arrivals.get(name, 0) + int(pool.get("new_clients_15m") or 0)
            if server is backup:
                available[name] = pool.get("available")
    for each in pool_sets(configuration):
        shares = [available.get(name) for name in each.pools]
        known = [share for share in shares if share is not None]
        if len(known) < len(shares):
            continue  # Addresses by parity are not divided into shares.
        rate = _QUARTER * sum(arrivals.get(name, 0) for name in each.pools)
        yield f"{', '.join(each.pools)} ({each.who}): {cover(sum(known), rate)}"


def cover(available: int, rate: int) -> str:
    """Return for how long addresses are enough, at a number of new clients in an hour."""
    if not rate:
        return f"the backup has {available}; no new clients in the last 15 minutes"
    needs = [ceil(hours * rate) for hours in REACTION_HOURS]
    words = ", ".join(f"{hours} h need {need}" for hours, need in zip(REACTION_HOURS, needs, strict=True))
    verdict = "TOO FEW" if available < needs[0] else "enough" if available >= needs[1] else "enough by day"
    return f"the backup has {available} for {rate} new clients an hour, {available / rate:.1f} h; {words}: {verdict}"


def checklist(api: Api, command: Command, server_of: ServerOf) -> Answer:
    """`checklist`: what must be equal, class by class; for how long the backup can serve; what is checked by hand."""
    _no_arguments(command)
    main, backup = partners(api, command, server_of)
    made = plan(_running(main), _running(backup), Operation.EXACT)
    changes = [each for each in made.changes if each.row in IDENTICAL]
    lines: list[str] = []
    for row in IDENTICAL:
        found = [each.edit for each in changes if each.row is row]
        lines.append(f"{row.value.label}: {f'{len(found)} differ' if found else 'match'}")
        lines += [f"    {each}" for each in found]
    lines += made.notes
    lines += _sizes(api, command, server_of)
    lines += _relays(main, backup, command.name)
    lines.append("by hand: stop the main from time to time, and see that clients of each relay get leases (fire drill)")
    status = Status.WARNINGS if changes else Status.OK
    return Answer(status, f"{len(changes)} differences" if changes else "both partners are equal", tuple(lines))


def _relays(main: Api, backup: Api, name: str) -> Iterator[str]:
    """Yield the relays whose requests reached one server alone (R-102): it is a hint, since relays can be silent."""
    seen = [
        {
            str(each.get("address"))
            for each in (pair_of(server.get("/status"), name).get("traffic") or {}).get("relays", [])
        }
        for server in (main, backup)
    ]
    yield "by hand: every relay must send to both servers"
    for title, alone in (("main", seen[0] - seen[1]), ("backup", seen[1] - seen[0])):
        if alone - {"None"}:
            yield f"    seen by the {title} only: {', '.join(sorted(alone - {'None'}))}"


def partners(api: Api, command: Command, server_of: ServerOf) -> tuple[Api, Api]:
    """Return the servers of a pair, the main first."""
    pair = api.get(path_of(command)).get("values", {})
    return server_of(str(pair.get("main"))), server_of(str(pair.get("backup")))


def _running(server: Api) -> Json:
    document: Json = server.get("/config/document", {"copy": "running"})["document"]
    return document


def pair_of(status: Json, name: str) -> Mapping[str, Any]:
    """Return a pair in the status of a server, empty if it has none of this name."""
    return next((each for each in status.get("pairs", []) if each.get("name") == name), {})


def _no_arguments(command: Command) -> None:
    if command.arguments:
        raise ValueError(f"{command.verb} has no arguments; this is {command.arguments[0]!r}")
