"""Probes two addresses: the make, the names of the pair and its servers, and their roles come from the answers."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from console.errors import SourceError
from console.makes.recognising import Further, Login, Recognised, recognise
from console.makes.registry import DEFAULT
from console.makes.tls import TlsSettings

DEFAULT_PORT = 8067
OPPOSITE = {("main", "backup"), ("backup", "main")}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One server as typed: the address of its API, and the user and password to log in with, if it requires them."""

    api: str
    user: str
    password: str
    tls: TlsSettings = field(default_factory=TlsSettings)


@dataclass(frozen=True, slots=True)
class ProbedServer:
    """A server's answer. `state` is the server's own word. `offset_seconds` is how far its clock is ahead of ours.
    `further` are more settings of its table."""

    address: ServerAddress
    name: str
    role: str
    state: str
    allowed: str
    offset_seconds: float
    further: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProbedPair:
    """A pair that both servers reported, the main server first."""

    pair: str
    main: ProbedServer
    backup: ProbedServer
    make: str = DEFAULT


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of a probe. `lines` has one text for each address, in order; `found` is None if there is a fault."""

    lines: tuple[str, ...]
    fault: str | None
    found: ProbedPair | None


@dataclass(frozen=True, slots=True)
class _Shared:
    """A pair that two servers have in common: its name, the role of each, and what else each table needs."""

    pair: str
    roles: tuple[str, str]
    further: tuple[Further, Further] = ({}, {})
    names: tuple[str, str] = ("", "")
    """The names of the servers, where they do not report them."""


def api_address(text: str) -> str:
    """The address of an API from what was typed: `dhcp-a`, `dhcp-a:8067`, a whole URL. Raises ValueError.

    Without a scheme it is https, except on this host, where no other host can read the traffic.
    """
    word = text.strip()
    word = word if word.endswith("://") else word.rstrip("/")
    try:
        if "://" not in word:
            word = f"{'http' if _is_loopback(urlsplit(f'//{word}').hostname or '') else 'https'}://{word}"
        parts = urlsplit(word)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{text.strip()!r} is not a valid address: write HOST:PORT or https://HOST:PORT") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or " " in word:
        raise ValueError(f"{text.strip()!r} is not a valid address: write HOST:PORT or https://HOST:PORT")
    return word if port is not None else f"{word}:{DEFAULT_PORT}"


async def probe(
    addresses: tuple[ServerAddress, ServerAddress],
    clock: Callable[[], float],
    make: str | None = None,
    further: Further | None = None,
) -> ProbeResult:
    """Probe both servers at the same time. A missing or unexpected answer is part of the result. `make` and `further`
    limit what is tried (`recognise`)."""
    answers = await asyncio.gather(*(_identify(each, make, further) for each in addresses))
    lines = tuple(_describe(address, answer) for address, answer in zip(addresses, answers, strict=True))
    found = [answer for answer in answers if not isinstance(answer, str)]
    if len(found) < len(answers):
        return ProbeResult(lines, "not both servers answered: correct the fault and try again", None)
    return ProbeResult(lines, *await _match_pair(addresses, found[0], found[1], clock))


async def _identify(address: ServerAddress, make: str | None, further: Further | None) -> Recognised | str:
    """The make and the identity of the server and its user; or the error text if there is no answer."""
    try:
        return await recognise(Login(address.api, address.user, address.password, address.tls), make, further)
    except SourceError as error:
        return str(error)


def _describe(address: ServerAddress, answer: Recognised | str) -> str:
    if isinstance(answer, str):
        return f"{address.api}: {answer}"
    identity, name = answer.identity, answer.identity.name or "a server without a name"
    if answer.by_order:
        return f"{address.api}: {answer.title}, which reports neither its name nor its role"
    if answer.by_partner:
        partners = ", ".join(f"{role or 'no role'} with {partner}" for partner, role in identity.pairs.items())
        return f"{address.api}: {name} ({answer.title}), {partners or 'no partner'}"
    pairs = ", ".join(f"{pair} ({role})" for pair, role in identity.pairs.items()) or "no failover pair"
    return f"{address.api}: {name}, {pairs}; {address.user} is {identity.user_role}"


async def _match_pair(
    addresses: tuple[ServerAddress, ServerAddress], one: Recognised, other: Recognised, clock: Callable[[], float]
) -> tuple[str | None, ProbedPair | None]:
    if one.make != other.make:
        return f"one server is {one.title} and the other {other.title}: name both in the file by hand", None
    if one.by_order:
        shared: _Shared | str = _by_order(one, other)
    else:
        shared = _by_partner(one, other) if one.by_partner else _by_name(one, other)
    if isinstance(shared, str):
        return shared, None
    asked = zip(addresses, (one, other), shared.roles, shared.further, shared.names, strict=True)
    try:
        servers = await asyncio.gather(*(_server(*each, shared.pair, clock) for each in asked))
    except SourceError as wrong:
        return str(wrong), None
    main, backup = sorted(servers, key=lambda each: each.role != "main")
    if main.name == backup.name:
        return f"both servers have the name {main.name}: servers of a pair need different names", None
    return None, ProbedPair(shared.pair, main, backup, one.make)


def _by_order(one: Recognised, other: Recognised) -> _Shared | str:
    """Servers that report neither names nor roles: the host names, and the main first."""
    hosts = urlsplit(one.login.api).hostname or "", urlsplit(other.login.api).hostname or ""
    if hosts[0] == hosts[1]:
        hosts = urlsplit(one.login.api).netloc, urlsplit(other.login.api).netloc
    shared = next((each for each in one.identity.pairs if each in other.identity.pairs), "-".join(hosts))
    return _Shared(shared, ("main", "backup"), names=hosts)


def _by_name(one: Recognised, other: Recognised) -> _Shared | str:
    """The pair that both report by its name; the fault if there is none."""
    first, second = one.identity.pairs, other.identity.pairs
    pair = next((each for each in first if each in second), None)
    if pair is None:
        return "the two servers have no pair in common: are they partners of each other?"
    roles = first[pair], second[pair]
    if sorted(roles) != ["backup", "main"]:
        return f"both servers are the {first[pair]} of {pair}: are the two addresses one server?"
    return _Shared(pair, roles)


def _by_partner(one: Recognised, other: Recognised) -> _Shared | str:
    """The pair of two servers that name each other as partners; the fault if they do not."""
    mine, theirs = one.identity.name or "", other.identity.name or ""
    if mine == theirs:
        return f"both servers call themselves {mine}: are the two addresses one server, or is a configuration a copy?"
    if theirs not in one.identity.pairs or mine not in other.identity.pairs:
        return f"{mine} and {theirs} are not partners of each other in their configurations"
    roles = one.identity.pairs[theirs], other.identity.pairs[mine]
    if roles not in OPPOSITE:
        return f"the roles of {mine} and {theirs} are {roles[0] or 'none'} and {roles[1] or 'none'}: correct them first"
    further: tuple[Further, Further] = (
        {"relationship": theirs} if len(one.identity.pairs) > 1 else {},
        {"relationship": mine} if len(other.identity.pairs) > 1 else {},
    )
    names = (mine, theirs) if roles[0] == "main" else (theirs, mine)
    return _Shared("-".join(names), roles, further)


async def _server(
    address: ServerAddress,
    answer: Recognised,
    role: str,
    further: Further,
    name: str,
    pair: str,
    clock: Callable[[], float],
) -> ProbedServer:
    source = answer.source(pair, further)
    try:
        facts = (await source.poll()).facts
    finally:
        await source.close()
    allowed = str(answer.identity.user_role)
    further = {**answer.further, **further}
    offset = facts.at - clock() if facts.at else 0.0
    return ProbedServer(address, name or facts.server, facts.role or role, facts.word, allowed, offset, further)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
