"""A make of server that tells almost nothing: it answers, and what it answers has no meaning for the console."""

from collections.abc import AsyncIterator, Sequence

from console.errors import Refused
from console.makes.source import Identity, LogRecord, Polled
from console.model.action_names import ActionRequest, Receipt
from console.model.configs import ConfigObject
from console.model.facts import PairFacts
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.observations import PollAnswer
from console.model.phases import Phase
from console.model.picture import PairPicture, Picture
from console.model.profiles import Can, MakeProfile
from console.state.store import PictureStore, empty_pair
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE

MUTE = MakeProfile("mute", "a mute make", polled=True, facts=frozenset(), can=frozenset())


def mute_facts(server: str, at: float = NOW) -> PairFacts:
    """Its name and its clock, and no more."""
    return PairFacts(at, server, BACKUP if server == MAIN else MAIN, "", Phase.UNKNOWN, "")


def mute_answer(server: str, at: float = NOW) -> PollAnswer:
    return PollAnswer(at, PAIR, server, mute_facts(server, at), {})


def mute_pair() -> PairPicture:
    return empty_pair(PAIR, "production", [(MAIN, "main", MUTE), (BACKUP, "backup", MUTE)])


def mute_store() -> PictureStore:
    """Both servers answered for a quarter of an hour."""
    now = [NOW - 900]
    store = PictureStore(Picture({PAIR: mute_pair()}), lambda: now[0], ZONE)
    while now[0] < NOW:
        now[0] += 60
        for server in (MAIN, BACKUP):
            store.observe(mute_answer(server, now[0]))
        store.tick()
    return store


class MuteSource:
    """A server of that make."""

    def __init__(self, server: str) -> None:
        self._server = server
        self.requests: list[ActionRequest] = []

    @property
    def profile(self) -> MakeProfile:
        return MUTE

    async def identify(self) -> Identity:
        return Identity(None, None, {PAIR: ""}, None)

    async def user_role(self) -> str | None:
        return None

    def can(self) -> frozenset[Can]:
        return MUTE.can

    async def poll(self) -> Polled:
        return Polled(mute_facts(self._server), {})

    async def leases(self, query: LeaseQuery) -> Sequence[LeaseFacts]:
        raise Refused(501, "it has no leases to show")

    def lease_pages(self, scope: str) -> AsyncIterator[Sequence[LeaseFacts]]:
        raise Refused(501, "it lists no leases")

    async def config(self) -> Sequence[ConfigObject]:
        raise Refused(501, "it has no configuration to show")

    def log(self) -> AsyncIterator[Sequence[LogRecord]]:
        raise Refused(501, "it has no log to show")

    async def act(self, request: ActionRequest) -> Receipt:
        self.requests.append(request)
        return Receipt()

    async def close(self) -> None:
        """There is nothing to close."""
