"""Stop a server: another one must go on serving, and no transfer be thrown away."""

from console.insight.countdowns import takeover
from console.insight.freshness import is_seen, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.common import ALWAYS, EXPERT_ROLE, NOT_RECOVERING
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.shares import total_of
from console.insight.wording import plural, span
from console.model.action_names import ActionName
from console.model.phases import SERVING, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Can

GONE = frozenset({Phase.PAUSED, Phase.LEFT})


def _absence_chosen(attempt: Attempt) -> str | None:
    return None if attempt.choice in ("short", "long") else "for a short or for a long while?"


def _partner_serves(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now):
        return f"cannot see {partner.name}: nobody may be left to serve clients"
    facts = partner.facts
    if facts is None or facts.phase is Phase.UNKNOWN:
        return f"cannot tell whether {partner.name} serves: it is {last_word(partner)}"
    if facts.phase not in SERVING:
        return f"{partner.name} is {last_word(partner)} and silent to clients: nobody would serve them"
    if facts.serves is None:
        return f"cannot tell whether {partner.name} serves: it does not report that"
    if not facts.serves:
        return f"{partner.name} does not serve: {facts.not_serving_reason or 'it gives no reason'}"
    return None


def _partner_has_addresses(attempt: Attempt) -> str | None:
    facts = attempt.partner.facts
    if facts is None:
        return None
    empty = [pool.name for pool in facts.pools or () if pool.available == 0 and pool.total != 0]
    if empty:
        return f"{facts.server} has no free address of its own in {', '.join(sorted(empty))}"
    if total_of(facts, "available") is None:
        return f"cannot tell whether {facts.server} has free addresses of its own"
    return None


def _holds(server: ServerPicture) -> str:
    facts = server.facts
    if facts is None:
        return f"{server.name}: nothing is known of it"
    free, new = total_of(facts, "available"), total_of(facts, "new_clients_15m")
    held = "an unknown number of free addresses" if free is None else plural(free, "free address", "free addresses")
    clients = "new clients not known" if new is None else f"{plural(new, 'new client')} in 15 min"
    return f"{server.name} holds {held}, {clients}"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """What each server holds; what the partner does without this one."""
    facts, partner = attempt.facts, attempt.partner
    lines = [f"Compare: {_holds(attempt.acting)}; {_holds(partner)}."]
    contact = None if facts is None else facts.contact
    if attempt.choice == "long" and contact:
        lines.append(f"{partner.name} is told (SHUTDOWN) and goes PARTNER-DOWN at once: it serves everyone.")
    elif contact:
        lines.append(f"{partner.name} is told (PAUSED) and goes COMMUNICATIONS-INTERRUPTED: it serves its own pool.")
        lines += _waits(partner)
    elif contact is None and facts is not None:
        lines.append(f"Cannot tell whether {partner.name} is told: {attempt.server} does not report its contact.")
    else:
        state = "as it is" if partner.facts is None else last_word(partner)
        lines.append(f"There is no contact: {partner.name} is told nothing and stays {state}.")
        lines.append(f"After the stop, Set Partner Down on {partner.name} with the time of the stop if it is for long.")
    lines.append(f"{attempt.server} answers no client until somebody starts it again.")
    return tuple(lines)


def _waits(partner: ServerPicture) -> list[str]:
    facts = partner.facts
    told = None if facts is None else takeover(facts)
    if told is None or told.automatic is False:
        return []
    if told.automatic is None or told.length is None:
        return ["Cannot tell whether and when it takes over by itself then."]
    return [f"Its safe period then runs: back within {span(told.length)}, or it takes over by itself."]


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    server = now.servers[attempt.server]
    facts = server.facts
    if not server.failures and (facts is None or facts.phase not in GONE):
        return None
    partner = now.partner_of(attempt.server)
    if partner.facts is not None and not partner.failures and partner.facts.contact:
        return None  # It notices in a moment, and what it does then is what the operator wants to know.
    seen = partner.facts is not None and not partner.failures
    state = f"{partner.name} is {last_word(partner)}" if seen else f"cannot see {partner.name}"
    return f"{attempt.server} has stopped; {state}"


STOP = GuardedAction(
    ActionName.STOP,
    "Stop a server",
    "take one of them down, for a short or a long while",
    Can.STOP,
    (
        *ALWAYS,
        Guard("absence-chosen", True, "it is said for how long", _absence_chosen),
        Guard("partner-serves", True, "the other server serves clients", _partner_serves),
        NOT_RECOVERING,
        EXPERT_ROLE,
        Guard("partner-has-addresses", False, "the other server has free addresses everywhere", _partner_has_addresses),
    ),
    _consequences,
    _seen,
    lambda attempt: "dhcp stop",
    choices=("short", "long"),
    option="absence",
)
