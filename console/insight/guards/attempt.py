"""An action as it is attempted, and what a guard and its verdict are. All that a guard may look at is here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import on_our_clock
from console.insight.remedies import SET_PARTNER_DOWN
from console.model.picture import PairPicture, ServerPicture
from console.model.reports import Report


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action on `server`, as it stands at `now`.

    `vouched` is the operator's word for what only a person can verify; `reason` is their text; `role` is what the
    server's API says of the user, `None` if it was not asked. The rest is what some actions need: `date` (of Set
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
    action: str = SET_PARTNER_DOWN
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
    def report(self) -> Report | None:
        """What the server acted on last said of itself."""
        return self.acting.report

    @property
    def earliest(self) -> float | None:
        """When contact was lost, by our clock: the earliest date of Set Partner Down outside expert mode."""
        report = self.acting.report
        if report is None or report.start_of_communications_interrupted is None:
            return None
        return on_our_clock(self.acting, report.start_of_communications_interrupted)


@dataclass(frozen=True, slots=True)
class Guard:
    """One precondition: `text` says what must hold, `fails` says why it does not, or `None`."""

    name: str
    hard: bool
    text: str
    fails: Callable[[Attempt], str | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guard's answer. `reason` is empty when it passed."""

    guard: str
    hard: bool
    passed: bool
    text: str
    reason: str
