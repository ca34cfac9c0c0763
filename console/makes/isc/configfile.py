"""What is read of dhcpd.conf: its subnets with the ranges of addresses under failover.

Not more of its language is read than that. A file that it includes is not read, which is reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

_TOKEN = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*"|[{};]|[^\s{};"#]+')
LARGEST_OCTETS = 8 << 20


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet with its ranges under failover, as first and last address (both included)."""

    network: IPv4Network
    ranges: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        return str(self.network)

    @property
    def total(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Subnets:
    """The subnets of a configuration. `includes`: it has parts in other files, so that some may be missing."""

    found: tuple[Subnet, ...]
    includes: bool


@dataclass(slots=True)
class _Block:
    """An open block: the words before its {, the ranges in it, and whether they are under failover."""

    words: list[str]
    peered: bool = False
    ranges: list[tuple[int, int]] = field(default_factory=list)


def subnets(text: str) -> Subnets:
    """The subnets that have a range under failover, in their order. Raises ValueError, with what is wrong."""
    ranges: dict[IPv4Network, list[tuple[int, int]]] = {}
    includes = False
    blocks = [_Block([])]
    for words, opens in _statements(text):
        if words == ["}"]:
            if len(blocks) == 1:
                raise ValueError("a } without its {")
            closed = blocks.pop()
            networks = (_network(each.words) for each in (closed, *reversed(blocks)))
            network = next((each for each in networks if each is not None), None)
            if closed.peered and network is not None and closed.ranges:
                ranges.setdefault(network, []).extend(closed.ranges)
        elif opens:
            blocks.append(_Block(words, peered=blocks[-1].peered))
        elif words[0] == "include":
            includes = True
        elif words[0] == "range":
            blocks[-1].ranges.append(_range(words))
        elif words[:2] == ["failover", "peer"]:
            blocks[-1].peered = True
    return Subnets(tuple(Subnet(network, tuple(each)) for network, each in ranges.items()), includes)


def _statements(text: str) -> Iterator[tuple[list[str], bool]]:
    """Each statement's words, and whether it opens a block; `}` is one of its own."""
    words: list[str] = []
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token.startswith("#"):
            continue
        if token == "}":
            yield ["}"], False
            words = []
        elif token in "{;":
            if words:
                yield words, token == "{"
            words = []
        else:
            words.append(token)


def _network(words: list[str]) -> IPv4Network | None:
    if len(words) == 4 and words[0] == "subnet" and words[2] == "netmask":
        return IPv4Network(f"{words[1]}/{words[3]}")
    return None


def _range(words: list[str]) -> tuple[int, int]:
    addresses = [int(IPv4Address(word)) for word in words[1:] if word != "dynamic-bootp"]
    if not addresses or len(addresses) > 2 or addresses[0] > addresses[-1]:
        raise ValueError(f"a range that cannot be read: {' '.join(words)}")
    return addresses[0], addresses[-1]
