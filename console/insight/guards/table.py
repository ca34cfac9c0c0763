"""Which guards an action has, their verdicts, and what these mean for going on."""

from collections.abc import Mapping

from console.insight.guards import addresses, leaving, partner_down, safe_period
from console.insight.guards.attempt import Attempt, Guard, Verdict
from console.insight.remedies import (
    EXTEND_SAFE_PERIOD,
    FORCE_AVAILABLE,
    REBALANCE,
    RELOAD,
    SAFE_PERIOD,
    SET_PARTNER_DOWN,
    STOP,
)

GUARDS_OF: Mapping[str, tuple[Guard, ...]] = {
    SET_PARTNER_DOWN: partner_down.GUARDS,
    SAFE_PERIOD: safe_period.SWITCHING,
    EXTEND_SAFE_PERIOD: safe_period.EXTENDING,
    STOP: leaving.STOPPING,
    RELOAD: leaving.RELOADING,
    FORCE_AVAILABLE: addresses.FORCING,
    REBALANCE: addresses.REBALANCING,
}

BY_WORD_ALONE = frozenset({"partner-verified-off", "address-verified-idle"})
"""Soft guards that the operator's word settles; every other failed soft guard also wants a reason."""


def judge(attempt: Attempt) -> tuple[Verdict, ...]:
    """Every guard's verdict, in the table's order."""
    found = []
    for guard in GUARDS_OF[attempt.action]:
        reason = guard.fails(attempt)
        found.append(Verdict(guard.name, guard.hard, reason is None, guard.text, reason or ""))
    return tuple(found)


def wants_word(action: str) -> bool:
    """Whether there is something about the action that only a person can verify."""
    return any(guard.name in BY_WORD_ALONE for guard in GUARDS_OF[action])


def refusals(verdicts: tuple[Verdict, ...], attempt: Attempt) -> tuple[str, ...]:
    """Why it may not be done now; empty when it may.

    Hard guards refuse as they are. Soft ones refuse until the operator vouches where their word is wanted, and those
    beyond the operator's word until there is a reason to record.
    """
    found = [each.reason for each in verdicts if each.hard and not each.passed]
    soft = [each for each in verdicts if not each.hard and not each.passed]
    found += [each.reason for each in soft if each.guard in BY_WORD_ALONE]
    unexplained = [each for each in soft if each.guard not in BY_WORD_ALONE]
    vouched = attempt.vouched or not wants_word(attempt.action)
    if not (vouched and attempt.reason.strip()):
        found += [f"{each.reason}; give a reason to go on" for each in unexplained]
    return tuple(found)
