"""Who answers at two addresses: the pair, its two servers and their roles come from the servers, not from typing."""

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
class Address:
    """One server as it was typed: where its API is, and as whom to ask."""

    api: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Server:
    """What a server reported; `state` is its own word. `offset_seconds` is how far its clock is ahead of ours."""

    address: Address
    name: str
    role: str
    state: str
    allowed: str
    offset_seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """A pair that both servers agree on, the main first."""

    pair: str
    main: Server
    backup: Server


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking. `said` has a line for each address, in their order; `found` is None with a fault."""

    said: tuple[str, ...]
    fault: str | None
    found: Found | None


def api_of(text: str) -> str:
    """The API's address from what was typed: `dhcp-a`, `dhcp-a:8067`, a whole URL. Raises ValueError.

    Without a scheme it is https, but on this host, where nobody listens on the way.
    """
    word = text.strip()
    word = word if word.endswith("://") else word.rstrip("/")
    try:
        if "://" not in word:
            word = f"{'http' if _is_here(urlsplit(f'//{word}').hostname or '') else 'https'}://{word}"
        parts = urlsplit(word)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{text.strip()!r} is no address: write HOST:PORT or https://HOST:PORT") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or " " in word:
        raise ValueError(f"{text.strip()!r} is no address: write HOST:PORT or https://HOST:PORT")
    return word if port is not None else f"{word}:{DEFAULT_PORT}"


async def probe(addresses: tuple[Address, Address], clock: Callable[[], float]) -> Probe:
    """Ask both at the same time. Never raises for a server that does not answer or says something else."""
    answers = await asyncio.gather(*(_identified(each) for each in addresses))
    said = tuple(_said(address, answer) for address, answer in zip(addresses, answers, strict=True))
    known = [answer for answer in answers if not isinstance(answer, str)]
    if len(known) < len(answers):
        return Probe(said, "not both servers answered: correct what is wrong and try again", None)
    return Probe(said, *await _matched(addresses, known, clock))


async def _identified(address: Address) -> Identity | str:
    """Who answers; or why nobody does."""
    source = open_at(address.api, address.user, address.password)
    try:
        return await source.identify()
    except SourceError as error:
        return str(error)
    finally:
        await source.close()


def _said(address: Address, answer: Identity | str) -> str:
    if isinstance(answer, str):
        return f"{address.api}: {answer}"
    pairs = ", ".join(f"{pair} ({role})" for pair, role in answer.pairs.items()) or "no failover pair"
    name = answer.name or "a server without a name"
    return f"{address.api}: {name}, {pairs}; {address.user} is {answer.user_role}"


async def _matched(
    addresses: tuple[Address, Address], answers: list[Identity], clock: Callable[[], float]
) -> tuple[str | None, Found | None]:
    first, second = (answer.pairs for answer in answers)
    shared = [pair for pair in first if pair in second]
    if not shared:
        return "the two servers have no pair in common: are they partners of each other?", None
    pair = shared[0]
    if sorted((first[pair], second[pair])) != ["backup", "main"]:
        return f"both say that they are the {first[pair]} of {pair}: is it one server twice?", None
    asked = zip(addresses, answers, strict=True)
    try:
        servers = await asyncio.gather(*(_server(address, answer, pair, clock) for address, answer in asked))
    except SourceError as wrong:
        return str(wrong), None
    main, backup = sorted(servers, key=lambda each: each.role != "main")
    if main.name == backup.name:
        return f"both call themselves {main.name}: servers of a pair need different names", None
    return None, Found(pair, main, backup)


async def _server(address: Address, answer: Identity, pair: str, clock: Callable[[], float]) -> Server:
    source = open_at(address.api, address.user, address.password, pair)
    try:
        facts = (await source.poll()).facts
    finally:
        await source.close()
    return Server(address, facts.server, facts.role, facts.word, str(answer.user_role), facts.at - clock())


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
