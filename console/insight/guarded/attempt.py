"""An action as it is attempted. All that a guard may look at is here."""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import on_our_clock
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.picture import PairPicture, ServerPicture


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action on `server`, as it is at `now`.

    `vouched` is the operator's word for what only a person can verify; `reason` is their text; `role` is what the
    server reports of the user, `None` if it was not asked. The rest is what some actions need: `date` (of Set
    Partner Down) is `None` while nothing readable is typed, `choice` is one of the action's words (on, off, short,
    long), `seconds` a length of time, `address` an IPv4 address as typed.
    """

    pair: PairPicture
    server: str
    now: float
    zone: tzinfo
    date: float | None
    writable: bool
    expert: bool = False
    vouched: bool = False
    reason: str = ""
    role: str | None = None
    action: ActionName = ActionName.SET_PARTNER_DOWN
    choice: str = ""
    seconds: float | None = None
    address: str = ""

    @property
    def acting(self) -> ServerPicture:
        return self.pair.servers[self.server]

    @property
    def partner(self) -> ServerPicture:
        return self.pair.partner_of(self.server)

    @property
    def facts(self) -> PairFacts | None:
        """What the server acted on last reported."""
        return self.acting.facts

    @property
    def earliest(self) -> float | None:
        """When contact was lost, by our clock: the earliest date of Set Partner Down outside expert mode."""
        facts = self.acting.facts
        if facts is None or facts.contact_lost_at is None:
            return None
        return on_our_clock(self.acting, facts.contact_lost_at)
