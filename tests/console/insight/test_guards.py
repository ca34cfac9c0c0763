"""The guards of Set Partner Down: one row for each refusal."""

from collections.abc import Iterable
from typing import Any

import pytest

from console.insight.guarded.attempt import Attempt
from console.insight.guarded.set_partner_down import GUARDS
from console.insight.guarded.table import judge, offered, refusals
from console.model.observations import Observation, PollFailure
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, failures, pair

ALONE = "COMMUNICATIONS-INTERRUPTED"
LOST = NOW - 720
DEAD_MAIN: list[Observation] = [answer(MAIN, LOST - 1), *failures(MAIN)]


def attempt(observations: Iterable[Observation], **changes: Any) -> Attempt:
    """An attempt on the backup that no guard refuses, with `changes`."""
    values: dict[str, Any] = {
        "server": BACKUP,
        "now": NOW,
        "zone": ZONE,
        "date": LOST,
        "writable": True,
        "vouched": True,
        "reason": "power supply burnt",
        "role": "expert",
        **changes,
    }
    return Attempt(pair=pair(*observations), **values)


def failed(found: Attempt) -> set[str]:
    return {each.guard for each in judge(found) if not each.passed}


def test_it_is_allowed_with_a_partner_that_is_off_and_the_date_of_lost_contact() -> None:
    """R-136, R-148: after a correct assessment the operator may use it."""
    found = attempt([*DEAD_MAIN, answer(BACKUP, NOW, ALONE)])
    assert failed(found) == set()
    assert refusals(judge(found), found) == ()


Row = tuple[str, list[Observation], dict[str, Any]]


def row(guard: str, *observations: Observation, **changes: Any) -> Row:
    return guard, list(observations), changes


BACKUP_ALONE = answer(BACKUP, NOW, ALONE)
DEAD_PAIR = [*DEAD_MAIN, BACKUP_ALONE]
SERVING = ("NORMAL", ALONE, "RESOLUTION-INTERRUPTED", "CONFLICT-DONE", "RECOVER-DONE", "A-NEW-STATE")
SINCE = {"start_of_communications_interrupted": "2026-07-15T03:00:00Z"}
BUSY = ("RECOVER", "POTENTIAL-CONFLICT", "STARTUP", "PAUSED", "SHUTDOWN")

ROWS: list[Row] = [
    row("writable", *DEAD_PAIR, writable=False),
    row("acting-fresh", *DEAD_MAIN, answer(BACKUP, NOW - 16, ALONE)),
    row("acting-fresh", *DEAD_MAIN, answer(BACKUP, NOW - 5, ALONE), *failures(BACKUP, count=1)),
    row("acting-fresh", *DEAD_MAIN, *failures(BACKUP)),
    row("partner-asked", answer(MAIN, NOW - 60), BACKUP_ALONE),
    row("not-yet-down", *DEAD_MAIN, answer(BACKUP, NOW, "PARTNER-DOWN")),
    row("partner-not-down", answer(MAIN, NOW, "PARTNER-DOWN"), BACKUP_ALONE),
    row("partner-not-down", answer(MAIN, NOW - 900, "PARTNER-DOWN"), *failures(), BACKUP_ALONE),
    row("partner-not-down", *DEAD_MAIN, answer(BACKUP, NOW, ALONE, partner_state="PARTNER-DOWN")),
    *(row("partner-silent", answer(MAIN, NOW, state), BACKUP_ALONE) for state in SERVING),
    row("partner-silent", answer(MAIN, NOW - 10, ALONE), *failures(), BACKUP_ALONE),
    row("no-contact", *DEAD_MAIN, answer(BACKUP, NOW, "NORMAL")),
    *(row("acting-state", *DEAD_MAIN, answer(BACKUP, NOW, state, communications="interrupted")) for state in BUSY),
    row("date-given", *DEAD_PAIR, date=None),
    row("date-not-future", *DEAD_PAIR, date=NOW + 60),
    row("date-not-early", *DEAD_PAIR, date=LOST - 60),
    row("may-act", *DEAD_PAIR, role="viewer"),
    row("expert-role", *DEAD_PAIR, expert=True, role="operator"),
]


@pytest.mark.parametrize(("guard", "observations", "changes"), ROWS)
def test_a_hard_guard_blocks_even_with_confirmation_and_reason(
    guard: str, observations: list[Observation], changes: dict[str, Any]
) -> None:
    """R-136, R-148, R-149: a hard guard has no override, and its reason is shown."""
    found = attempt(observations, **changes)
    verdicts = judge(found)
    mine = next(each for each in verdicts if each.guard == guard)
    assert mine.hard
    assert not mine.passed
    assert mine.reason in refusals(verdicts, found)


def test_every_hard_guard_has_a_row_in_which_it_fails() -> None:
    assert {guard for guard, _, _ in ROWS} == {guard.name for guard in GUARDS if guard.hard}


def test_a_partner_last_seen_partner_down_blocks_at_any_age() -> None:
    """R-136: a partner last seen PARTNER-DOWN may still be PARTNER-DOWN, seen or not."""
    found = attempt([answer(MAIN, NOW - 9000, "PARTNER-DOWN"), *failures(), answer(BACKUP, NOW, ALONE)])
    assert "partner-not-down" in failed(found)


def test_expert_mode_accepts_an_earlier_date_with_a_reason() -> None:
    """R-149: any date in expert mode; a reason is needed."""
    observations = [*DEAD_MAIN, answer(BACKUP, NOW, ALONE)]
    found = attempt(observations, date=LOST - 3600, expert=True)
    assert failed(found) == {"early-on-purpose"}
    assert refusals(judge(found), found) == ()
    mute = attempt(observations, date=LOST - 3600, expert=True, reason=" ")
    assert any("reason" in line for line in refusals(judge(mute), mute))


@pytest.mark.parametrize("state", ["RECOVER-WAIT", "RECOVER-DONE"])
def test_a_server_that_recovers_may_lose_its_partner_for_good(state: str) -> None:
    """It has all leases: the guards are those of an interruption, and one more reason is asked for."""
    observations = [*DEAD_MAIN, answer(BACKUP, NOW, state, communications="interrupted", **SINCE)]
    found = attempt(observations)
    assert failed(found) == {"acting-alone"}
    assert refusals(judge(found), found) == ()


def test_in_recover_only_expert_mode_goes_on_and_shows_what_is_missing() -> None:
    observations = [*DEAD_MAIN, answer(BACKUP, NOW, "RECOVER", communications="interrupted", **SINCE)]
    refused = attempt(observations)
    assert any("Only expert mode goes on without it" in line for line in refusals(judge(refused), refused))
    found = attempt(observations, expert=True)
    assert failed(found) == {"acting-alone", "leases-complete"}
    missing = next(each for each in judge(found) if each.guard == "leases-complete")
    assert "probes each address before it gives it" in (missing.reason or "")
    assert refusals(judge(found), found) == ()
    mute = attempt(observations, expert=True, reason="")
    assert refusals(judge(mute), mute) != ()


def test_a_date_in_the_second_of_lost_contact_is_accepted() -> None:
    """R-148: the field has whole seconds, the server has fractions."""
    started = [answer(BACKUP, NOW, ALONE, start_of_communications_interrupted="2026-07-15T03:00:00.800000Z")]
    found = attempt([*DEAD_MAIN, *started], date=LOST)
    assert "date-not-early" not in failed(found)


def test_the_action_is_refused_without_the_operators_confirmation() -> None:
    """R-136: only a person can verify that a partner is off."""
    found = attempt([*DEAD_MAIN, answer(BACKUP, NOW, ALONE)], vouched=False)
    assert len(refusals(judge(found), found)) == 1


def test_a_partner_that_answers_without_serving_needs_a_reason() -> None:
    """It runs: it may start to serve clients at any moment."""
    observations = [answer(MAIN, NOW, "RECOVER"), answer(BACKUP, NOW, ALONE)]
    mute = attempt(observations, reason="")
    assert failed(mute) == {"partner-unreachable"}
    assert refusals(judge(mute), mute) != ()
    refused = attempt(observations)
    assert refusals(judge(refused), refused) == ()


@pytest.mark.parametrize(
    ("state", "is_offered"),
    [
        (ALONE, True),
        ("RESOLUTION-INTERRUPTED", True),
        ("NORMAL", False),
        ("PARTNER-DOWN", False),
        ("RECOVER", True),
    ],
)
def test_it_is_offered_in_communications_interrupted(state: str, is_offered: bool) -> None:
    """R-148."""
    assert (offered(pair(answer(BACKUP, NOW, state)), BACKUP, NOW) is None) is is_offered


def test_a_partner_that_answers_what_cannot_be_read_is_not_set_down() -> None:
    """R-136: an answer without sense is an answer: the partner runs."""
    last = PollFailure(NOW, PAIR, MAIN, "the status lacks the field 'server'", unreadable=True)
    found = attempt([answer(MAIN, LOST - 1), last, answer(BACKUP, NOW, ALONE)])
    assert "partner-silent" in failed(found)
    assert any("its answer cannot be read: it runs" in each for each in refusals(judge(found), found))
