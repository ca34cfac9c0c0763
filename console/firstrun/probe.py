"""Who answers at two addresses: the pair, its two servers and their roles come from the servers, not from typing."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from console.errors import SourceError
from console.makes.pairwatch.client import ServerClient
from console.model.reports import UnreadableReport, read_report
from console.model.states import State

DEFAULT_PORT = 8067


@dataclass(frozen=True, slots=True)
class Address:
    """One server as it was typed: where its API is, and as whom to ask."""

    api: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Server:
    """What a server said. `offset_seconds` is how far its clock is ahead of ours."""

    address: Address
    name: str
    role: str
    state: State
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
    answers = await asyncio.gather(*(_asked(each) for each in addresses))
    said = tuple(_said(address, answer) for address, answer in zip(addresses, answers, strict=True))
    statuses = [answer for answer in answers if not isinstance(answer, str)]
    if len(statuses) < len(answers):
        return Probe(said, "not both servers answered: correct what is wrong and try again", None)
    return Probe(said, *_matched(addresses, statuses, clock()))


Answer = tuple[str, dict[str, Any]]


async def _asked(address: Address) -> Answer | str:
    """What the user may do and the status; or why there is none."""
    client = ServerClient(address.api, address.user, address.password)
    try:
        return await client.role(), await client.status()
    except SourceError as error:
        return str(error)
    finally:
        await client.close()


def _said(address: Address, answer: Answer | str) -> str:
    if isinstance(answer, str):
        return f"{address.api}: {answer}"
    allowed, status = answer
    name = status["server"].get("name") if isinstance(status.get("server"), Mapping) else None
    pairs = ", ".join(f"{pair} ({role})" for pair, role in _pairs(status).items()) or "no failover pair"
    return f"{address.api}: {name or 'a server without a name'}, {pairs}; {address.user} is {allowed}"


def _pairs(status: Mapping[str, Any]) -> dict[str, str]:
    known = status.get("pairs")
    found = known if isinstance(known, list) else []
    return {str(each.get("name")): str(each.get("role")) for each in found if isinstance(each, Mapping)}


def _matched(addresses: tuple[Address, Address], answers: list[Answer], now: float) -> tuple[str | None, Found | None]:
    first, second = (_pairs(status) for _, status in answers)
    shared = [pair for pair in first if pair in second]
    if not shared:
        return "the two servers have no pair in common: are they partners of each other?", None
    pair = shared[0]
    if sorted((first[pair], second[pair])) != ["backup", "main"]:
        return f"both say that they are the {first[pair]} of {pair}: is it one server twice?", None
    try:
        servers = [_server(address, answer, pair, now) for address, answer in zip(addresses, answers, strict=True)]
    except UnreadableReport as wrong:
        return str(wrong), None
    main, backup = sorted(servers, key=lambda each: each.role != "main")
    if main.name == backup.name:
        return f"both call themselves {main.name}: servers of a pair need different names", None
    return None, Found(pair, main, backup)


def _server(address: Address, answer: Answer, pair: str, now: float) -> Server:
    allowed, status = answer
    report = read_report(status, pair)
    return Server(address, report.server_name, report.role, report.state, allowed, report.at - now)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
