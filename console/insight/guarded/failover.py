"""Switch failover off or on at one server (R-045, R-212, R-225, R-231)."""

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.relationship import ALWAYS_RELATED, PARTNER_SERVES_NONE, STOPPED_QUESTION, has_no_pair
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import NOT_RECOVERING, answer
from console.insight.reasons import CannotTell
from console.model.action_names import ActionName
from console.model.picture import PairPicture
from console.model.profiles import Can


def _changes(attempt: Attempt) -> str | None:
    if attempt.choice not in ("on", "off"):
        return "on or off?"
    if not has_no_pair(attempt) and attempt.facts is None:
        return CannotTell(f"cannot tell whether failover is on at {attempt.server}: no answer yet")
    if (attempt.choice == "off") is has_no_pair(attempt):
        return f"failover is already {attempt.choice} at {attempt.server}"
    return None


def _off(attempt: Attempt) -> bool:
    return attempt.choice != "on"


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    server, partner = attempt.server, attempt.partner.name
    lines = [f"{server} writes failover into config.toml and restarts: it does not answer for a few seconds."]
    if _off(attempt):
        return (
            *lines,
            f"It then serves all clients with all addresses, also those of {partner}, and sends {partner} nothing.",
            f"If {partner} serves a client meanwhile, one address can be given to two clients.",
            "For an outage use Set Partner Down instead: failover that was off is hard to bring back (R-212).",
        )
    return (
        *lines,
        f"It is part of the pair again, and contacts {partner}. The roles are those of its configuration.",
        "Without its partner, a main becomes PARTNER-DOWN; a backup serves no client until it has all leases.",
    )


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    if attempt.choice == "off":
        return f"failover is off at {attempt.server}" if now.servers[attempt.server].no_such_pair else None
    facts = answer(now, attempt)
    if facts is None or now.servers[attempt.server].no_such_pair:
        return None
    return f"failover is on at {attempt.server}: it is {facts.word}"


FAILOVER = GuardedAction(
    ActionName.FAILOVER,
    "Failover off / on",
    "let one server work without its partner for good, or as a part of the pair again",
    Can.RELATIONSHIP,
    (
        *ALWAYS_RELATED,
        Guard("failover-changes", True, "the choice changes failover", _changes),
        Guard(
            PARTNER_SERVES_NONE.name,
            PARTNER_SERVES_NONE.hard,
            PARTNER_SERVES_NONE.text,
            PARTNER_SERVES_NONE.fails,
            confirmable=True,
            applies=_off,
        ),
        Guard(
            NOT_RECOVERING.name,
            NOT_RECOVERING.hard,
            NOT_RECOVERING.text,
            NOT_RECOVERING.fails,
            applies=lambda attempt: not attempt.expert and not has_no_pair(attempt),
        ),
    ),
    _consequences,
    _seen,
    lambda attempt: f"failover-pair {attempt.pair.name} set failover={'false' if _off(attempt) else 'true'}",
    choices=("off", "on"),
    option="use",
    word=STOPPED_QUESTION,
)
