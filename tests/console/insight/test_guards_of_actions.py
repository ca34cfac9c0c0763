"""The guards of every action except Set Partner Down: one row for each refusal."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.table import ACTIONS, judge, refusals, why_not
from console.makes.kea.profile import KEA
from console.makes.pairwatch.profile import PAIRWATCH
from console.model.action_names import ActionName
from console.model.observations import Observation, PollAnswer
from console.model.phases import Phase
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, pair, pool

ALONE = "COMMUNICATIONS-INTERRUPTED"
CALM: list[Observation] = [answer(MAIN), answer(BACKUP)]
RACE: list[Observation] = [answer(MAIN, NOW, ALONE), answer(BACKUP, NOW, ALONE)]
UNEVEN = [pool("scope-1", own=100, other=20, unavailable=2)]
LOPSIDED: list[Observation] = [answer(MAIN, pools=UNEVEN), answer(BACKUP)]
WITH_DHCPV6: list[Observation] = [answer(MAIN, pools=[pool("office", family="dhcp6")]), answer(BACKUP)]

TAKEN_OVER: list[Observation] = [answer(MAIN, NOW, "PARTNER-DOWN"), answer(BACKUP, NOW, "PAUSED")]
STOPPABLE: list[Observation] = [answer(MAIN, NOW, "PAUSED"), answer(BACKUP, NOW, "PARTNER-DOWN")]

STOPPED: list[Observation] = [answer(MAIN, NOW, "PARTNER-DOWN"), answer(BACKUP, NOW, "PAUSED")]

GOOD: dict[ActionName, tuple[list[Observation], dict[str, Any]]] = {
    ActionName.SAFE_PERIOD: (RACE, {"choice": "off"}),
    ActionName.EXTEND_SAFE_PERIOD: (RACE, {"seconds": 28800.0}),
    ActionName.STOP: (CALM, {"choice": "short"}),
    ActionName.RELOAD: (CALM, {}),
    ActionName.FORCE_AVAILABLE: (LOPSIDED, {"address": "192.0.2.7", "vouched": True}),
    ActionName.REBALANCE: (LOPSIDED, {}),
    ActionName.RECONFIGURE: (WITH_DHCPV6, {"address": "2001:db8::1"}),
    ActionName.FAILOVER: (STOPPED, {"choice": "off"}),
    ActionName.ROLE: (STOPPED, {"choice": "backup"}),
    ActionName.START_MAINTENANCE: (CALM, {}),
    ActionName.CANCEL_MAINTENANCE: (TAKEN_OVER, {}),
    ActionName.CONTINUE: (CALM, {"expert": True}),
    ActionName.SYNC_LEASES: (CALM, {}),
    ActionName.SET_SCOPES: (CALM, {"expert": True, "choice": "own"}),
    ActionName.RESET_FAILOVER: (RACE, {}),
    ActionName.DISABLE_SERVICE: (STOPPABLE, {"seconds": 600.0}),
    ActionName.ENABLE_SERVICE: (CALM, {}),
}
"""For each action a situation in which it is allowed without a reason."""


def attempt(action: ActionName, observations: Iterable[Observation] | None = None, **changes: Any) -> Attempt:
    """An attempt on the main that no guard refuses, with `changes`."""
    allowed, values = GOOD[action]
    facts: dict[str, Any] = {"server": MAIN, "writable": True, "role": "expert", **values, **changes}
    seen = pair(*(allowed if observations is None else observations))
    if ACTIONS[action].needs not in PAIRWATCH.can:
        servers = {name: replace(each, make=KEA) for name, each in seen.servers.items()}
        seen = replace(seen, servers=servers)
    return Attempt(pair=seen, now=NOW, zone=ZONE, date=None, action=action, **facts)


@pytest.mark.parametrize("action", GOOD)
def test_each_action_is_allowed_in_a_suitable_state(action: ActionName) -> None:
    """R-141, R-186, R-188, R-200: in a suitable state no guard refuses."""
    found = attempt(action)
    assert refusals(judge(found), found) == ()


Row = tuple[str, str, list[Observation] | None, dict[str, Any]]


def row(action: ActionName, guard: str, *observations: Observation, **changes: Any) -> Row:
    return action, guard, list(observations) or None, changes


def answering(action: ActionName) -> str:
    """The guard that the server of the action answers: with or without failover, or as a part of the pair."""
    return "answers" if action in (ActionName.FAILOVER, ActionName.ROLE) else "acting-fresh"


def terminated(server: str) -> Observation:
    """Of a make whose servers can give up the exchange of leases."""
    seen = answer(server)
    assert isinstance(seen, PollAnswer)
    return replace(seen, facts=replace(seen.facts, phase=Phase.TERMINATED, word="terminated"))


RECOVERING = [answer(MAIN, NOW, "RECOVER"), answer(BACKUP, NOW, "PARTNER-DOWN")]
LONG_AGO = answer(MAIN, NOW, ALONE, use_safe_period=False, safe_period=600)

ENDED = [terminated(MAIN), terminated(BACKUP)]

ROWS: list[Row] = [
    *(row(action, "writable", writable=False) for action in GOOD),
    *(row(action, answering(action), answer(MAIN, NOW - 60), answer(BACKUP)) for action in GOOD),
    *(row(action, answering(action), answer(BACKUP), *failures(MAIN)) for action in GOOD),
    *(row(action, "partner-asked", answer(MAIN), answer(BACKUP, NOW - 60)) for action in GOOD),
    *(row(action, "may-act", role="viewer") for action in GOOD),
    row(ActionName.SAFE_PERIOD, "changes", answer(MAIN, NOW, ALONE, use_safe_period=False), answer(BACKUP, NOW, ALONE)),
    row(ActionName.SAFE_PERIOD, "changes", choice=""),
    row(ActionName.SAFE_PERIOD, "not-at-once", LONG_AGO, answer(BACKUP, NOW, ALONE), choice="on"),
    row(
        ActionName.EXTEND_SAFE_PERIOD,
        "is-used",
        answer(MAIN, NOW, ALONE, use_safe_period=False),
        answer(BACKUP, NOW, ALONE),
    ),
    row(ActionName.EXTEND_SAFE_PERIOD, "length-given", seconds=None),
    row(ActionName.EXTEND_SAFE_PERIOD, "length-given", seconds=40 * 86400.0),
    row(ActionName.EXTEND_SAFE_PERIOD, "longer", seconds=14400.0),
    row(
        ActionName.EXTEND_SAFE_PERIOD,
        "not-at-once",
        answer(MAIN, NOW, ALONE, safe_period=300),
        answer(BACKUP),
        seconds=600.0,
    ),
    row(ActionName.FAILOVER, "failover-changes", choice=""),
    row(ActionName.FAILOVER, "failover-changes", choice="on"),
    row(ActionName.FAILOVER, "expert-user", role="operator"),
    row(ActionName.FAILOVER, "not-recovering", answer(MAIN, NOW, "RECOVER"), answer(BACKUP, NOW, "PAUSED")),
    row(ActionName.ROLE, "role-changes", choice=""),
    row(ActionName.ROLE, "role-changes", choice="main"),
    row(ActionName.ROLE, "expert-user", role="operator"),
    *(
        row(action, "partner-serves-none", answer(MAIN, NOW, state), answer(BACKUP, NOW, state))
        for action in (ActionName.FAILOVER, ActionName.ROLE)
        for state in ("NORMAL", ALONE, "A-NEW-STATE")
    ),
    row(ActionName.STOP, "absence-chosen", choice=""),
    row(ActionName.STOP, "partner-serves", answer(MAIN), answer(BACKUP, NOW - 30), *failures(BACKUP)),
    *(
        row(ActionName.STOP, "partner-serves", answer(MAIN), answer(BACKUP, NOW, state))
        for state in ("RECOVER", "POTENTIAL-CONFLICT", "STARTUP", "PAUSED", "A-NEW-STATE")
    ),
    row(ActionName.STOP, "partner-serves", answer(MAIN), answer(BACKUP, serving=False, not_serving_reason="disk full")),
    row(ActionName.STOP, "not-recovering", *RECOVERING),
    row(ActionName.STOP, "expert-role", expert=True, role="operator"),
    row(ActionName.RELOAD, "not-recovering", *RECOVERING),
    row(ActionName.START_MAINTENANCE, "ready-to-take-over", *RECOVERING),
    row(ActionName.START_MAINTENANCE, "ready-to-take-over", *TAKEN_OVER),
    row(ActionName.CANCEL_MAINTENANCE, "has-taken-over", *CALM),
    row(ActionName.CANCEL_MAINTENANCE, "has-taken-over", *STOPPABLE),
    row(ActionName.CONTINUE, "paused", expert=False),
    row(ActionName.CONTINUE, "can-go-on", *ENDED),
    row(ActionName.CONTINUE, "expert-role", role="operator"),
    row(ActionName.SYNC_LEASES, "not-recovering", *RECOVERING),
    row(ActionName.SYNC_LEASES, "partner-seen", answer(MAIN), *failures(BACKUP)),
    row(ActionName.SET_SCOPES, "expert-mode", expert=False),
    row(ActionName.SET_SCOPES, "scopes-chosen", choice=""),
    row(ActionName.SET_SCOPES, "expert-role", role="operator"),
    row(ActionName.RESET_FAILOVER, "not-terminated", *ENDED),
    row(ActionName.RESET_FAILOVER, "not-together", *CALM),
    row(ActionName.RESET_FAILOVER, "partner-serves", answer(MAIN, NOW, ALONE), *failures(BACKUP)),
    row(ActionName.RESET_FAILOVER, "expert-role", expert=True, role="operator"),
    row(ActionName.DISABLE_SERVICE, "time-given", seconds=None),
    row(ActionName.DISABLE_SERVICE, "time-given", seconds=7200.0),
    row(ActionName.DISABLE_SERVICE, "partner-serves", answer(MAIN), *failures(BACKUP)),
    row(ActionName.DISABLE_SERVICE, "partner-serves-all", *CALM),
    row(ActionName.DISABLE_SERVICE, "expert-role", expert=True, role="operator"),
    row(ActionName.RELOAD, "not-recovering", answer(MAIN, NOW, "RECOVER-WAIT"), answer(BACKUP)),
    row(ActionName.RELOAD, "no-conflict", answer(MAIN, NOW, "POTENTIAL-CONFLICT"), answer(BACKUP)),
    row(ActionName.RELOAD, "expert-role", expert=True, role="operator"),
    row(ActionName.FORCE_AVAILABLE, "address-given", address=""),
    row(ActionName.FORCE_AVAILABLE, "address-given", address="192.0.2.700"),
    row(ActionName.FORCE_AVAILABLE, "some-unavailable", *CALM),
    row(ActionName.RECONFIGURE, "lease-given", address=""),
    row(ActionName.RECONFIGURE, "lease-given", address="2001:db8::g"),
    row(ActionName.RECONFIGURE, "lease-given", address="192.0.2.7"),
    row(ActionName.RECONFIGURE, "leases-dhcpv6", *CALM),
    row(
        ActionName.RECONFIGURE,
        "serves",
        answer(MAIN, NOW, "RECOVER", pools=[pool("office", family="dhcp6")]),
        answer(BACKUP),
    ),
    row(ActionName.FORCE_AVAILABLE, "serves", answer(MAIN, NOW, "RECOVER", pools=UNEVEN), answer(BACKUP)),
    row(ActionName.REBALANCE, "is-main", answer(MAIN), answer(BACKUP, pools=UNEVEN), server=BACKUP),
    row(ActionName.REBALANCE, "normal", answer(MAIN, NOW, ALONE, pools=UNEVEN), answer(BACKUP)),
    row(ActionName.REBALANCE, "something-to-move", answer(MAIN, pools=[pool()]), answer(BACKUP)),
]


@pytest.mark.parametrize(("action", "guard", "observations", "changes"), ROWS)
def test_a_hard_guard_blocks_even_with_confirmation_and_reason(
    action: ActionName, guard: str, observations: list[Observation] | None, changes: dict[str, Any]
) -> None:
    """R-137, R-141, R-186, R-228: a hard guard has no override, and its reason is shown."""
    found = attempt(action, observations, **{"reason": "because I say so", "vouched": True, **changes})
    verdicts = judge(found)
    mine = next(each for each in verdicts if each.guard == guard)
    assert mine.hard
    assert not mine.passed
    assert mine.reason in refusals(verdicts, found)


@pytest.mark.parametrize("action", GOOD)
def test_every_hard_guard_has_a_row_in_which_it_fails(action: ActionName) -> None:
    rows = {guard for each, guard, _, _ in ROWS if each == action}
    assert rows == {guard.name for guard in ACTIONS[action].guards if guard.hard}


SOFT: list[Row] = [
    row(ActionName.SAFE_PERIOD, "alone", *CALM),
    row(
        ActionName.SAFE_PERIOD,
        "other-reached",
        answer(MAIN, NOW, ALONE),
        answer(BACKUP, NOW - 60, ALONE),
        *failures(BACKUP),
    ),
    row(ActionName.EXTEND_SAFE_PERIOD, "alone", *CALM),
    row(ActionName.EXTEND_SAFE_PERIOD, "other-reached", answer(MAIN, NOW, ALONE), *failures(BACKUP)),
    row(
        ActionName.STOP,
        "partner-has-addresses",
        answer(MAIN),
        answer(BACKUP, pools=[pool("scope-1", own=0, other=150)]),
    ),
    row(ActionName.RELOAD, "partner-normal", answer(MAIN), answer(BACKUP, NOW, ALONE)),
    row(ActionName.RELOAD, "partner-normal", answer(MAIN), *failures(BACKUP)),
]


@pytest.mark.parametrize(("action", "guard", "observations", "changes"), SOFT)
def test_a_soft_guard_needs_a_reason(
    action: ActionName, guard: str, observations: list[Observation], changes: dict[str, Any]
) -> None:
    found = attempt(action, observations, **changes)
    (refusal,) = refusals(judge(found), found)
    assert refusal.endswith("give a reason to continue")
    assert guard in {each.guard for each in judge(found) if not each.passed}
    explained = attempt(action, observations, **{**changes, "reason": "ticket 7"})
    assert refusals(judge(explained), explained) == ()


def test_force_available_needs_the_operators_confirmation() -> None:
    """As R-136: an operator must confirm what only a person can verify."""
    found = attempt(ActionName.FORCE_AVAILABLE, vouched=False, reason="looks idle")
    (refusal,) = refusals(judge(found), found)
    assert refusal.startswith("not confirmed that 192.0.2.7 is unused")


@pytest.mark.parametrize("action", [ActionName.STOP, ActionName.RELOAD])
def test_expert_mode_can_interrupt_a_recovery(action: ActionName) -> None:
    """R-149, R-186."""
    found = attempt(action, RECOVERING, expert=True, reason="the transfer hangs")
    assert refusals(judge(found), found) == ()


def test_every_action_has_guards_and_is_refused_on_a_read_only_pair() -> None:
    assert set(ACTIONS) == set(ActionName) == {*GOOD, ActionName.SET_PARTNER_DOWN}
    assert all(guards[0].name == "writable" for guards in (each.guards for each in ACTIONS.values()))


def test_values_that_are_not_typed_yet_do_not_block_opening_an_action() -> None:
    assert why_not(judge(attempt(ActionName.EXTEND_SAFE_PERIOD, seconds=None))) is None
    assert why_not(judge(attempt(ActionName.FORCE_AVAILABLE, address=""))) is None
    assert why_not(judge(attempt(ActionName.STOP, [answer(MAIN), *failures(BACKUP)]))) is not None


def without_failover(action: ActionName, choice: str) -> Attempt:
    """An attempt on a main that answers and is not part of the pair, while its partner cannot be seen."""
    found = attempt(action, [answer(MAIN, NOW - 900), *failures(BACKUP)], choice=choice)
    servers = {**found.pair.servers, MAIN: replace(found.pair.servers[MAIN], no_such_pair=True, failures=9, error="x")}
    return replace(found, pair=replace(found.pair, servers=servers))


def test_a_server_without_failover_can_be_part_of_the_pair_again() -> None:
    """R-225: it is not asked whether the partner serves, since nothing is taken from the partner."""
    found = without_failover(ActionName.FAILOVER, "on")
    assert refusals(judge(found), found) == ()
    again = without_failover(ActionName.FAILOVER, "off")
    assert any("already off" in each for each in refusals(judge(again), again))


def test_a_role_without_a_report_of_the_partner_needs_a_word() -> None:
    """R-205, R-220."""
    found = without_failover(ActionName.ROLE, "main")
    assert "cannot see dhcp-b: make sure that it is stopped" in refusals(judge(found), found)
    vouched = replace(found, vouched=True, reason="it is in the lab")
    assert refusals(judge(vouched), vouched) == ()
