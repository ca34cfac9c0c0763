"""Stop a server. The other server must serve clients, and a transfer that is under way must not be lost."""

from console.insight.countdowns import takeover
from console.insight.freshness import is_seen, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import ALWAYS, EXPERT_ROLE, NOT_RECOVERING
from console.insight.reasons import CannotTell
from console.insight.shares import own, own_free, total_of
from console.insight.wording import NO_REASON, plural, span
from console.model.action_names import ActionName
from console.model.phases import SERVING, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Can

GONE = frozenset({Phase.PAUSED, Phase.LEFT})


def _absence_chosen(attempt: Attempt) -> str | None:
    return None if attempt.choice in ("short", "long") else "no absence chosen: short or long?"


def _partner_serves(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now):
        return CannotTell(f"cannot see {partner.name}: perhaps no server would serve clients")
    facts = partner.facts
    if facts is None or facts.phase is Phase.UNKNOWN:
        return CannotTell(f"cannot tell whether {partner.name} serves clients: its state is {last_word(partner)}")
    if facts.phase not in SERVING:
        return f"{partner.name} is {last_word(partner)} and does not serve clients: no server would serve them"
    if facts.serves is None:
        return CannotTell(f"cannot tell whether {partner.name} serves clients: it does not report that")
    if not facts.serves:
        return f"{partner.name} does not serve clients: {facts.not_serving_reason or NO_REASON}"
    return None


def _partner_has_addresses(attempt: Attempt) -> str | None:
    partner = attempt.partner
    facts = partner.facts
    if facts is None or not is_seen(partner, attempt.now):
        return CannotTell(f"cannot tell whether {partner.name} has free addresses of its own: cannot see it")
    empty = [pool.name for pool in facts.pools or () if own(pool) == 0 and pool.total != 0]
    if empty:
        return f"{facts.server} has no free address of its own in {', '.join(sorted(empty))}"
    if not total_of(facts, "total") or own_free(facts) is None:
        return CannotTell(f"cannot tell whether {facts.server} has free addresses of its own: it does not report them")
    return None


def _holds(server: ServerPicture) -> str:
    facts = server.facts
    if facts is None:
        return f"{server.name}: no answer yet"
    held, new = own_free(facts) or "an unknown number of free addresses", total_of(facts, "new_clients_15m")
    clients = "new clients not known" if new is None else f"{plural(new, 'new client')} in 15 min"
    return f"{server.name} has {held}, {clients}"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """The free addresses of each server, and the state of the partner after the stop."""
    facts, partner = attempt.facts, attempt.partner
    lines = [f"Compare: {_holds(attempt.acting)}; {_holds(partner)}."]
    contact = None if facts is None else facts.contact
    if attempt.choice == "long" and contact:
        lines.append(f"{partner.name} receives SHUTDOWN and enters PARTNER-DOWN at once: it serves all clients.")
    elif contact:
        lines.append(f"{partner.name} receives PAUSED and enters COMMUNICATIONS-INTERRUPTED: it serves its own pool.")
        lines += _waits(partner)
    elif contact is None and facts is not None:
        lines.append(
            f"Cannot tell whether {partner.name} receives the stop: {attempt.server} does not report its contact."
        )
    else:
        state = "in its state" if partner.facts is None else last_word(partner)
        lines.append(f"The servers have no contact: {partner.name} is not informed of the stop and stays {state}.")
        lines.append(f"For a long stop, use Set Partner Down on {partner.name} afterwards, with the time of the stop.")
    lines.append(f"{attempt.server} serves no client until it is started again.")
    return tuple(lines)


def _waits(partner: ServerPicture) -> list[str]:
    facts = partner.facts
    countdown = None if facts is None else takeover(facts)
    if countdown is None or countdown.automatic is False:
        return []
    if countdown.automatic is None or countdown.length is None:
        return ["Cannot tell whether and when it then takes over automatically."]
    return [f"Its safe period then runs: it takes over automatically after {span(countdown.length)}."]


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    server = now.servers[attempt.server]
    facts = server.facts
    if not server.failures and (facts is None or facts.phase not in GONE):
        return None
    partner = now.partner_of(attempt.server)
    if partner.facts is not None and not partner.failures and partner.facts.contact:
        return None  # The partner changes its state in a moment, and the outcome must have the new state.
    seen = partner.facts is not None and not partner.failures
    state = f"{partner.name} is {last_word(partner)}" if seen else f"cannot see {partner.name}"
    return f"{attempt.server} has stopped; {state}"


PARTNER_SERVES = Guard("partner-serves", True, "the other server serves clients", _partner_serves)
PARTNER_HAS_ADDRESSES = Guard(
    "partner-has-addresses", False, "the other server has free addresses everywhere", _partner_has_addresses
)

STOP = GuardedAction(
    ActionName.STOP,
    "Stop a server",
    "take one server out of service, for a short or a long time",
    Can.STOP,
    (
        *ALWAYS,
        Guard("absence-chosen", True, "a short or a long absence is chosen", _absence_chosen),
        PARTNER_SERVES,
        NOT_RECOVERING,
        EXPERT_ROLE,
        PARTNER_HAS_ADDRESSES,
    ),
    _consequences,
    _seen,
    lambda attempt: "dhcp stop",
    choices=("short", "long"),
    option="absence",
)
