"""An action as it is attempted: the input of every guard."""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import on_our_clock
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.picture import PairPicture, ServerPicture


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action on `server`, at `now`.

    `writable`: the console may change the pair. `expert`: expert mode. `vouched`: the operator confirmed what only a
    person can verify. `reason` is the operator's text. `role` is the role of the user that the server reports, `None`
    if it was not asked.

    Some actions have more: `date` (of Set Partner Down; `None` while the text typed is not a date), `choice` (on, off,
    short, long), `seconds` (a duration), `address` (an IPv4 address as typed).
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
        """The server that does the action."""
        return self.pair.servers[self.server]

    @property
    def partner(self) -> ServerPicture:
        """The partner of that server."""
        return self.pair.partner_of(self.server)

    @property
    def facts(self) -> PairFacts | None:
        """The facts in the last answer of the server."""
        return self.acting.facts

    @property
    def takes_date(self) -> bool:
        """Whether Set Partner Down has a date on that make."""
        return self.acting.make.dated_partner_down

    @property
    def counted_from(self) -> float | None:
        """When the partner counts as down from: the date, or now where the make takes none; None without a date."""
        return self.date if self.takes_date else self.now

    @property
    def earliest(self) -> float | None:
        """When contact was lost, on the console's clock: the earliest date for Set Partner Down without expert mode."""
        facts = self.acting.facts
        if facts is None or facts.contact_lost_at is None:
            return None
        return on_our_clock(self.acting, facts.contact_lost_at)
