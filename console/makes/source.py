"""The requests to a server, for all makes.

A source belongs to one server of one pair. Every question raises SourceError: Unanswered when no answer came, Refused
when the server answered that it will not, Unreadable when the answer is not what it should be.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from console.errors import Unanswered
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.facts import PairFacts
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile

Raw = Mapping[str, Any]
"""A server's whole answer as JSON values, for the journal."""


@dataclass(frozen=True, slots=True)
class Polled:
    """The answer to a poll: its facts, and the raw answer."""

    facts: PairFacts
    raw: Raw


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a server: its own name and clock; its pairs, with its role in each; the role of the user of the
    request (viewer, operator, expert), None where users have no roles."""

    name: str | None
    clock: float | None
    pairs: Mapping[str, str]
    user_role: str | None


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A line of a server's log. `past`: it was there before the log was followed."""

    text: str
    past: bool


class Source(Protocol):
    """One server of one pair."""

    @property
    def profile(self) -> MakeProfile:
        """The facts that this make reports, and its actions."""

    async def identify(self) -> Identity: ...

    async def user_role(self) -> str | None:
        """The role of the user of the requests: viewer, operator or expert; None where users have no roles."""

    def can(self) -> frozenset[Can]:
        """The requests and actions that this server offers beyond its facts."""

    async def poll(self) -> Polled: ...

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        """The leases of an address or a client; none where the server has none."""

    def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        """All leases of a scope in order of addresses, a page at a time."""

    async def config(self) -> Sequence[ConfigObject]:
        """The objects of the configuration in force that must be equal on both partners."""

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        """The log, a few lines at a time: first earlier lines, then new ones, until it raises. A further call continues
        there."""

    async def act(self, request: ActionRequest) -> Receipt: ...

    async def close(self) -> None: ...


class UnpolledSource:
    """A server without an API: it is known from its traps and its log only."""

    def __init__(self, profile: MakeProfile, server: str) -> None:
        self.profile = profile
        self._words = f"{server} is {profile.title}, known from its traps and its log only"

    async def identify(self) -> Identity:
        raise Unanswered(self._words)

    async def user_role(self) -> str | None:
        return None

    def can(self) -> frozenset[Can]:
        return self.profile.can

    async def poll(self) -> Polled:
        raise Unanswered(self._words)

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        raise Unanswered(self._words)

    def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        raise Unanswered(self._words)

    async def config(self) -> Sequence[ConfigObject]:
        raise Unanswered(self._words)

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        raise Unanswered(self._words)

    async def act(self, request: ActionRequest) -> Receipt:
        raise Unanswered(self._words)

    async def close(self) -> None:
        """Do nothing: there is no connection."""
