"""Reload a server: it restarts with the configuration in its file."""

from console.insight.countdowns import takeover
from console.insight.freshness import is_seen, last_phase, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard, GuardedAction
from console.insight.guarded.shared_guards import (
    ALWAYS,
    EXPERT_ROLE,
    NOT_RECOVERING,
    acting_phase,
    answer,
    outside_expert_mode,
)
from console.insight.reasons import CannotTell
from console.insight.wording import plural
from console.model.action_names import ActionName
from console.model.phases import Phase
from console.model.picture import PairPicture
from console.model.profiles import Can

POOLS_NAMED = 4


def _partner_normal(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if not is_seen(partner, attempt.now):
        return CannotTell(f"cannot see {partner.name}")
    phase = last_phase(partner)
    if phase is None or phase is Phase.UNKNOWN:
        return CannotTell(f"cannot tell whether {partner.name} is NORMAL: its state is {last_word(partner)}")
    return None if phase is Phase.NORMAL else f"{partner.name} is {last_word(partner)}, not NORMAL"


def _no_conflict(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is resolving conflicts")
    if isinstance(phase, CannotTell):
        return phase
    if phase is Phase.CONFLICT:
        return f"{attempt.server} is resolving conflicts: it would start again. Wait, or use expert mode"
    return None


def _consequences(attempt: Attempt) -> tuple[str, ...]:
    """The restart with the configuration of the file, and what it interrupts."""
    facts = attempt.facts
    lines = [
        f"{attempt.server} reads config.toml again and restarts: it does not answer for a few seconds.",
        "A scope that is no longer in the file loses its leases permanently (R-228): compare the file first.",
    ]
    if facts is not None:
        held = sorted(((pool.leased, pool.name) for pool in facts.pools or () if pool.leased), reverse=True)
        if held:
            named = ", ".join(f"{name} {count:,}" for count, name in held[:POOLS_NAMED])
            rest = len(held) - POOLS_NAMED
            more = f" and {plural(rest, 'more scope')}" if rest > 0 else ""
            lines.append(f"Leases now: {named}{more}.")
        if not takeover(facts).automatic or facts.phase is Phase.ALONE:
            lines.append("A safe period that was changed by hand returns to the value in the file.")
        if facts.reload_pending is False:
            lines.append("The file has not changed since it was read.")
        if facts.reload_pending is None:
            lines.append("Cannot tell whether the file has changed since it was read.")
    if is_seen(attempt.partner, attempt.now):
        lines.append(
            f"{attempt.partner.name} is COMMUNICATIONS-INTERRUPTED during the restart, then returns to NORMAL."
        )
    return tuple(lines)


def _seen(now: PairPicture, attempt: Attempt) -> str | None:
    facts, before = answer(now, attempt), attempt.facts
    if facts is None or before is None or None in (facts.started, before.started) or facts.started == before.started:
        return None
    return f"{attempt.server} has restarted with its configuration and is {facts.word}"


RELOAD = GuardedAction(
    ActionName.RELOAD,
    "Reload a server",
    "restart it with the configuration in its file",
    Can.RELOAD,
    (
        *ALWAYS,
        NOT_RECOVERING,
        Guard(
            "no-conflict",
            True,
            "the server is not resolving conflicts",
            _no_conflict,
            applies=outside_expert_mode,
        ),
        EXPERT_ROLE,
        Guard("partner-normal", False, "the partner is NORMAL", _partner_normal),
    ),
    _consequences,
    _seen,
    lambda attempt: "dhcp reload",
)
