"""The relationships of a Kea server, from its configuration: what its status does not have.

A hub has one relationship with each of its spokes, and `status-get` has them in the order of the configuration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.makes.kea.documents import objects
from console.makes.kea.words import ROLES

HOOK = "libdhcp_ha"
DEFAULT_UNACKED = 10
DEFAULT_RESPONSE_DELAY = 60_000
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One server of a relationship. `role` is Kea's word."""

    name: str
    role: str
    auto_failover: bool


@dataclass(frozen=True, slots=True)
class Relationship:
    """`own` is the name of the server that was asked. `unacked`: so many clients without an answer are endured;
    `response_delay`: seconds without an answer of the partner after which contact counts as lost."""

    mode: str
    own: str
    peers: tuple[Peer, ...]
    unacked: int
    response_delay: float

    @property
    def me(self) -> Peer | None:
        return next((each for each in self.peers if each.name == self.own), None)

    @property
    def partner(self) -> Peer | None:
        """The other server that is not a passive backup."""
        others = [each for each in self.peers if each.name != self.own]
        return next((each for each in others if each.role != "backup"), others[0] if others else None)

    def scopes_of(self, name: str) -> str:
        """The client class of a server's share of the clients."""
        return f"HA_{name}"


def relationships(configuration: Mapping[str, Any]) -> tuple[Relationship, ...]:
    """The relationships of a `config-get` answer, of Dhcp4 or Dhcp6; those that can be read."""
    return tuple(_relationships(configuration))


def _relationships(configuration: Mapping[str, Any]) -> Iterator[Relationship]:
    for daemon in configuration.values():
        for hook in objects(daemon, "hooks-libraries"):
            parameters = hook.get("parameters")
            if HOOK in str(hook.get("library")) and isinstance(parameters, Mapping):
                for each in objects(parameters, "high-availability"):
                    yield _relationship(each)


def _relationship(raw: Mapping[str, Any]) -> Relationship:
    peers = tuple(
        Peer(str(each.get("name")), str(each.get("role")), each.get("auto-failover") is not False)
        for each in objects(raw, "peers")
        if str(each.get("role")) in ROLES
    )
    return Relationship(
        mode=str(raw.get("mode")),
        own=str(raw.get("this-server-name")),
        peers=peers,
        unacked=_number(raw.get("max-unacked-clients"), DEFAULT_UNACKED),
        response_delay=_number(raw.get("max-response-delay"), DEFAULT_RESPONSE_DELAY) / 1000,
    )


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32 else default
