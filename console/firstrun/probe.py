"""Probes two addresses: the names of the pair and its servers and their roles come from the servers' answers."""

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from console.errors import SourceError
from console.makes.pairwatch.source import open_at
from console.makes.source import Identity

DEFAULT_PORT = 8067


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One server as typed: the address of its API, and the user and password to log in with."""

    api: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class ProbedServer:
    """A server's answer. `state` is the server's own word. `offset_seconds` is how far its clock is ahead of ours."""

    address: ServerAddress
    name: str
    role: str
    state: str
    allowed: str
    offset_seconds: float


@dataclass(frozen=True, slots=True)
class ProbedPair:
    """A pair that both servers reported, the main server first."""

    pair: str
    main: ProbedServer
    backup: ProbedServer


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of a probe. `lines` has one text for each address, in order; `found` is None if there is a fault."""

    lines: tuple[str, ...]
    fault: str | None
    found: ProbedPair | None


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


async def probe(addresses: tuple[ServerAddress, ServerAddress], clock: Callable[[], float]) -> ProbeResult:
    """Probe both servers at the same time. A missing or unexpected answer is part of the result."""
    answers = await asyncio.gather(*(_identify(each) for each in addresses))
    lines = tuple(_describe(address, answer) for address, answer in zip(addresses, answers, strict=True))
    identities = [answer for answer in answers if not isinstance(answer, str)]
    if len(identities) < len(answers):
        return ProbeResult(lines, "not both servers answered: correct the fault and try again", None)
    return ProbeResult(lines, *await _match_pair(addresses, identities, clock))


async def _identify(address: ServerAddress) -> Identity | str:
    """The identity of the server and its user; or the error text if there is no answer."""
    source = open_at(address.api, address.user, address.password)
    try:
        return await source.identify()
    except SourceError as error:
        return str(error)
    finally:
        await source.close()


def _describe(address: ServerAddress, answer: Identity | str) -> str:
    if isinstance(answer, str):
        return f"{address.api}: {answer}"
    pairs = ", ".join(f"{pair} ({role})" for pair, role in answer.pairs.items()) or "no failover pair"
    name = answer.name or "a server without a name"
    return f"{address.api}: {name}, {pairs}; {address.user} is {answer.user_role}"


async def _match_pair(
    addresses: tuple[ServerAddress, ServerAddress], answers: list[Identity], clock: Callable[[], float]
) -> tuple[str | None, ProbedPair | None]:
    first, second = (answer.pairs for answer in answers)
    shared = [pair for pair in first if pair in second]
    if not shared:
        return "the two servers have no pair in common: are they partners of each other?", None
    pair = shared[0]
    if sorted((first[pair], second[pair])) != ["backup", "main"]:
        return f"both servers are the {first[pair]} of {pair}: are the two addresses one server?", None
    asked = zip(addresses, answers, strict=True)
    try:
        servers = await asyncio.gather(*(_server(address, answer, pair, clock) for address, answer in asked))
    except SourceError as wrong:
        return str(wrong), None
    main, backup = sorted(servers, key=lambda each: each.role != "main")
    if main.name == backup.name:
        return f"both servers have the name {main.name}: servers of a pair need different names", None
    return None, ProbedPair(pair, main, backup)


async def _server(address: ServerAddress, answer: Identity, pair: str, clock: Callable[[], float]) -> ProbedServer:
    source = open_at(address.api, address.user, address.password, pair)
    try:
        facts = (await source.poll()).facts
    finally:
        await source.close()
    return ProbedServer(address, facts.server, facts.role, facts.word, str(answer.user_role), facts.at - clock())


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
