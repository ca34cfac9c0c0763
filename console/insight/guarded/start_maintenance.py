"""Start maintenance: this server takes over all clients, so that its partner can be stopped."""

from console.insight.freshness import last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, acting_phase, answer
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can

READY = frozenset({Phase.NORMAL, Phase.STANDBY, Phase.ALONE})


def _ready(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "can take over")
    if isinstance(phase, CannotTell):
        return phase
    if phase in READY:
        return None
    return f"{attempt.server} is {last_word(attempt.acting)}: maintenance starts only while it works with its partner"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    partner = attempt.partner.name
    lines = [f"{attempt.server} answers all clients at once, and {partner} answers none: no client waits."]
    contact = None if attempt.facts is None else attempt.facts.contact
    if contact is None:
        lines.append(f"Cannot tell whether {partner} receives it: {attempt.server} does not report its contact.")
    elif not contact:
        lines.append(f"{partner} cannot be reached: if it runs and serves, both servers answer the same clients.")
    lines.append(f"Then stop {partner}. Cancel the maintenance here if it was not stopped.")
    return tuple(lines)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts = answer(now, attempt)
    if facts is None or facts.phase is not Phase.TAKEN_OVER:
        return None
    partner = now.partner_of(attempt.server)
    return f"{attempt.server} is {facts.word} and serves all clients; {partner.name} is {last_word(partner)}"


START_MAINTENANCE = GuardedAction(
    ActionName.START_MAINTENANCE,
    "Start maintenance",
    "have this server serve all clients, so that its partner can be stopped",
    Can.MAINTENANCE,
    (
        *ALWAYS,
        Guard("ready-to-take-over", True, "the server works with its partner, or alone", _ready),
    ),
    _consequences,
    _seen,
)
