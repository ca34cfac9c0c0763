"""A Pairwatch server without a network: it answers polls with a status document that the test sets."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from console.errors import Unanswered
from console.makes.pairwatch.actions import posted
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.status import status_facts
from console.makes.source import Identity, LogRecord, Polled
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.profiles import Can, MakeProfile
from tests.console.scenes import PAIR


class ScriptedSource:
    """`answer` is its next status document, None for no answer. `requests` has the path and body of each request."""

    role = "expert"

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer = answer
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.known_leases: Sequence[LeaseFacts] = ()
        self.known_config: Sequence[ConfigObject] = ()

    @property
    def profile(self) -> MakeProfile:
        return PAIRWATCH

    async def identify(self) -> Identity:
        return Identity(None, None, {PAIR: "main"}, self.role)

    async def user_role(self) -> str | None:
        return self.role

    def can(self) -> frozenset[Can]:
        return PAIRWATCH.can

    async def poll(self) -> Polled:
        if self.answer is None:
            raise Unanswered("Connection refused")
        return Polled(status_facts(self.answer, PAIR), self.answer)

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        return self.known_leases

    async def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        yield [each for each in self.known_leases if each.scope == scope]

    async def config(self) -> Sequence[ConfigObject]:
        return self.known_config

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        raise Unanswered("Connection refused")

    async def act(self, request: ActionRequest) -> Receipt:
        self.requests.append(posted(request))
        self.after()
        return Receipt()

    def after(self) -> None:
        """Called after each request. A subclass sets the next answer here."""

    async def close(self) -> None:
        """Do nothing."""
