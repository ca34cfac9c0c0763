"""The guards of Set Partner Down: a table, each row one precondition, judged on what both servers said just
now.

A hard guard that fails blocks, always. A soft guard that fails asks for the operator's word and a reason,
which are recorded. There are two ways to PARTNER-DOWN and never both partners in it (R-136); it is offered
from COMMUNICATIONS-INTERRUPTED (R-148) with a date that is not before the start of it, except in expert
mode (R-149).

`Attempt` is all that a guard may look at. A guard answers `None` when it holds and the reason when it does
not, so an operator always reads why. What a guard cannot see it refuses: stale facts are no facts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.sight import STALE_AFTER_SECONDS, age, is_fresh, is_seen, last_state, on_our_clock
from console.insight.wording import both_clocks, duration
from console.model.picture import PairPicture, ServerPicture
from console.model.states import ALONE, RECOVERING, SERVING, State

FUTURE_TOLERANCE_SECONDS = 1.0
"""`now` is a moment old when it is judged."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Declaring the partner of `server` down as of `date`, as it stands at `now`.

    `date` is `None` while nothing readable is typed. `vouched` is the operator's word that the partner is
    off or cut off from clients; `reason` is their text; `role` is what the server's API says of the user,
    `None` if it was not asked.
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

    @property
    def acting(self) -> ServerPicture:
        return self.pair.servers[self.server]

    @property
    def partner(self) -> ServerPicture:
        return self.pair.partner_of(self.server)

    @property
    def earliest(self) -> float | None:
        """The earliest date outside expert mode: the start of COMMUNICATIONS-INTERRUPTED, by our clock."""
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


def _writable(attempt: Attempt) -> str | None:
    return None if attempt.writable else f"{attempt.pair.name} is read-only here: start with --write to act"


def _acting_fresh(attempt: Attempt) -> str | None:
    server = attempt.acting
    if not is_fresh(server, attempt.now):
        seconds = age(server, attempt.now)
        if seconds is None:
            return f"cannot see {server.name}: {server.error or 'it has not answered yet'}"
        limit = f"{STALE_AFTER_SECONDS:.0f} s"
        return f"what {server.name} said is {duration(seconds)} old; it must be under {limit}"
    if server.failures:
        return f"cannot see {server.name}: {server.error}"
    return None


def _partner_asked(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if is_fresh(partner, attempt.now) or partner.unseen_since is not None:
        return None
    return f"{partner.name} has not been asked in the last {STALE_AFTER_SECONDS:.0f} s"


def _not_yet_down(attempt: Attempt) -> str | None:
    if last_state(attempt.acting) is State.PARTNER_DOWN:
        return f"{attempt.server} is PARTNER-DOWN already"
    return None


def _partner_not_down(attempt: Attempt) -> str | None:
    partner, report = attempt.partner, attempt.acting.report
    if last_state(partner) is State.PARTNER_DOWN:
        sight = "is" if is_seen(partner, attempt.now) else "was, when last seen,"
        return f"{partner.name} {sight} PARTNER-DOWN: both would give out each other's addresses"
    if report is not None and report.partner_state is State.PARTNER_DOWN:
        return f"{attempt.server} says that {partner.name} is PARTNER-DOWN: never both"
    return None


def _partner_silent(attempt: Attempt) -> str | None:
    partner = attempt.partner
    state = last_state(partner)
    # One failed poll within the last seconds proves nothing: a partner that answered just now counts as
    # answering.
    if not is_fresh(partner, attempt.now) or state is None:
        return None
    if state in SERVING or state is State.UNKNOWN:
        return f"{partner.name} answers and is {state}: it may serve clients now. Stop it or repair the link"
    return None


def _no_contact(attempt: Attempt) -> str | None:
    report = attempt.acting.report
    if report is not None and not report.interrupted:
        return f"{attempt.server} is talking to {attempt.partner.name} now: it is alive"
    return None


def _acting_state(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    blocked = RECOVERING | {
        State.POTENTIAL_CONFLICT,
        State.STARTUP,
        State.PAUSED,
        State.SHUTDOWN,
        State.UNKNOWN,
    }
    if state in blocked:
        return f"{attempt.server} is {state}: wait until it has left that state"
    return None


def _date_given(attempt: Attempt) -> str | None:
    return None if attempt.date is not None else "no date that can be read"


def _date_not_future(attempt: Attempt) -> str | None:
    if attempt.date is not None and attempt.date > attempt.now + FUTURE_TOLERANCE_SECONDS:
        return f"{both_clocks(attempt.date, attempt.zone)} is in the future"
    return None


def _date_not_early(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.expert or attempt.earliest is None:
        return None
    # The field and the server's words carry whole seconds.
    if attempt.date < attempt.earliest - 1:
        earliest = both_clocks(attempt.earliest, attempt.zone)
        return f"before contact was lost ({earliest}): only expert mode takes an earlier date"
    return None


def _expert_role(attempt: Attempt) -> str | None:
    if attempt.expert and attempt.role is not None and attempt.role != "expert":
        return f"the user's role on {attempt.server} is {attempt.role}: expert mode needs the role expert"
    return None


def _acting_alone(attempt: Attempt) -> str | None:
    state = last_state(attempt.acting)
    if state is None or state in ALONE:
        return None
    return f"{attempt.server} is {state}, not COMMUNICATIONS-INTERRUPTED"


def _partner_unreachable(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_fresh(partner, attempt.now):
        return None
    return f"{partner.name} answers us ({last_state(partner)}): it is switched on and may start to serve"


def _early_on_purpose(attempt: Attempt) -> str | None:
    if attempt.date is None or attempt.earliest is None or attempt.date >= attempt.earliest - 1:
        return None
    return "the date is before the last contact: addresses may be given out twice"


def _vouched(attempt: Attempt) -> str | None:
    if attempt.vouched:
        return None
    return f"nobody has said that {attempt.partner.name} is off: verify it (power, console port, cable)"


GUARDS: tuple[Guard, ...] = (
    Guard("writable", True, "this console may change the pair", _writable),
    Guard("acting-fresh", True, "the server acted on answers now", _acting_fresh),
    Guard("partner-asked", True, "the partner was asked just now", _partner_asked),
    Guard("not-yet-down", True, "the server is not PARTNER-DOWN already", _not_yet_down),
    Guard("partner-not-down", True, "the partner is not PARTNER-DOWN", _partner_not_down),
    Guard("partner-silent", True, "the partner does not answer in a serving state", _partner_silent),
    Guard("no-contact", True, "the server has no contact with the partner", _no_contact),
    Guard("acting-state", True, "the server is not recovering or resolving conflicts", _acting_state),
    Guard("date-given", True, "a date is given", _date_given),
    Guard("date-not-future", True, "the date is not in the future", _date_not_future),
    Guard("date-not-early", True, "the date is not before contact was lost", _date_not_early),
    Guard("expert-role", True, "expert mode is allowed to this user", _expert_role),
    Guard("acting-alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _acting_alone),
    Guard("partner-unreachable", False, "the partner does not answer at all", _partner_unreachable),
    Guard("early-on-purpose", False, "the date is one that the server's records support", _early_on_purpose),
    Guard("partner-verified-off", False, "a person verified that the partner is off", _vouched),
)

BY_WORD_ALONE = frozenset({"partner-verified-off"})
"""Soft guards that the operator's word settles; every other failed soft guard also wants a reason."""


def judge(attempt: Attempt) -> tuple[Verdict, ...]:
    """Every guard's verdict, in the table's order."""
    found = []
    for guard in GUARDS:
        reason = guard.fails(attempt)
        found.append(Verdict(guard.name, guard.hard, reason is None, guard.text, reason or ""))
    return tuple(found)


def refusals(verdicts: tuple[Verdict, ...], attempt: Attempt) -> tuple[str, ...]:
    """Why it may not be done now; empty when it may.

    Hard guards refuse as they are. Soft ones refuse until the operator vouches, and those beyond the
    operator's word until there is a reason to record.
    """
    found = [each.reason for each in verdicts if each.hard and not each.passed]
    soft = [each for each in verdicts if not each.hard and not each.passed]
    found += [each.reason for each in soft if each.guard in BY_WORD_ALONE]
    unexplained = [each for each in soft if each.guard not in BY_WORD_ALONE]
    if not (attempt.vouched and attempt.reason.strip()):
        found += [f"{each.reason}; give a reason to go on" for each in unexplained]
    return tuple(found)


def offered(pair: PairPicture, server: str, now: float) -> str | None:
    """Why the console does not offer Set Partner Down on this server at all, or `None` when it does
    (R-148)."""
    picture = pair.servers[server]
    if not is_seen(picture, now):
        return f"cannot see {server}"
    state = last_state(picture)
    return None if state in ALONE else f"{server} is {state}; it is offered in COMMUNICATIONS-INTERRUPTED"
