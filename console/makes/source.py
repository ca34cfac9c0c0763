"""What is asked of a server, whatever its make.

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
    """An answer to a poll: what it means, and as it came."""

    facts: PairFacts
    raw: Raw


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers: the server's name for itself and its clock; the pairs that it takes part in, with its role in each;
    what the user of the request may do (viewer, operator, expert), None where users have no roles."""

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
        """What this make can report and do."""

    async def identify(self) -> Identity: ...

    async def user_role(self) -> str | None:
        """What the user of the requests may do: viewer, operator or expert; None where users have no roles."""

    def can(self) -> frozenset[Can]:
        """What can be asked of this server beyond its facts, or done to it."""

    async def poll(self) -> Polled: ...

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        """The leases of an address or a client; none where the server has none."""

    async def config(self) -> Sequence[ConfigObject]:
        """What both partners should have alike, of the configuration in force."""

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        """The log, a few lines at a time: first what was there before, then what follows, until it raises. Called again
        it goes on where it was."""

    async def act(self, request: ActionRequest) -> Receipt: ...

    async def close(self) -> None: ...


class UnpolledSource:
    """A server that is asked nothing: it is known from its traps and its log alone."""

    def __init__(self, profile: MakeProfile, server: str) -> None:
        self.profile = profile
        self._words = f"{server} is {profile.title}, known from its traps and its log alone"

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

    async def config(self) -> Sequence[ConfigObject]:
        raise Unanswered(self._words)

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        raise Unanswered(self._words)

    async def act(self, request: ActionRequest) -> Receipt:
        raise Unanswered(self._words)

    async def close(self) -> None:
        """There is nothing to close."""
