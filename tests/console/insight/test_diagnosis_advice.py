"""The advice of diagnosis: evidence, prospects and steps of a problem."""

from typing import Any

import pytest

from console.insight import remedies
from console.insight.diagnosis.problem import Certainty, Problem
from console.insight.remedies import Remedy
from console.model.action_names import ActionName
from tests.console.insight.test_diagnosis import ALONE, CONFLICT, EMPTY, STALLED, STOPPED, both, found, traffic
from tests.console.scenes import (
    BACKUP,
    HOUR,
    LOGS,
    MAIN,
    MAIN_LOST,
    NOW,
    RACE,
    answer,
    failures,
    log,
    pool,
    text,
)


def test_the_prospect_of_a_lost_main_is_the_end_of_the_safe_period() -> None:
    """R-137, R-139."""
    gone = found(*MAIN_LOST)["partner-gone"]
    assert gone.prospect.at == pytest.approx(NOW + 14_400 - 720)
    off = found([*failures(MAIN), answer(BACKUP, NOW, ALONE, use_safe_period=False)])["partner-gone"]
    assert off.prospect.at is None


def test_the_first_step_for_a_lost_main_is_to_restart_it_not_set_partner_down() -> None:
    """R-177: first start it again; if it returns within MCLT no further step is needed; then Set Partner Down."""
    steps = found(*MAIN_LOST)["partner-gone"].steps
    assert isinstance(steps[1], str)
    assert "Start dhcp-a again before 06:00:00 CEST (MCLT)" in steps[1]
    declared = next(step for step in steps if isinstance(step, Remedy) and step.action == ActionName.SET_PARTNER_DOWN)
    assert declared.server == BACKUP
    assert "proven" in declared.why


def test_more_time_is_offered_when_little_is_left() -> None:
    late = answer(BACKUP, NOW, ALONE, safe_period_remaining=1800)
    words = [step.action for step in found([*failures(MAIN), late])["partner-gone"].steps if isinstance(step, Remedy)]
    assert ActionName.EXTEND_SAFE_PERIOD in words
    assert ActionName.EXTEND_SAFE_PERIOD not in [
        step.action for step in found(*MAIN_LOST)["partner-gone"].steps if isinstance(step, Remedy)
    ]


def test_in_a_race_no_step_is_set_partner_down_and_the_safe_period_is_for_both() -> None:
    """R-136, R-141."""
    steps = [step for step in found(*RACE)["race"].steps if isinstance(step, Remedy)]
    assert [step.action for step in steps] == [ActionName.SAFE_PERIOD, ActionName.STOP, remedies.RUNBOOK]
    assert steps[0].server is None
    assert "BOTH" in steps[0].why


def test_the_server_with_fewer_clients_is_the_one_to_stop() -> None:
    scene = [
        answer(MAIN, NOW, ALONE, traffic=traffic("10.1.0.1", clients=3)),
        answer(BACKUP, NOW, ALONE, traffic=traffic("10.1.0.1", "10.2.0.1", clients=40)),
    ]
    race = found(scene)["race"]
    assert [step.server for step in race.steps if isinstance(step, Remedy) and step.action == ActionName.STOP] == [MAIN]
    assert any("about 80 clients in the last 5 min" in each.text for each in race.evidence)


def test_an_empty_pool_shows_blocked_addresses_and_when_they_become_usable() -> None:
    """R-237, R-144, R-151."""
    problem = found(EMPTY)[f"running-out/{BACKUP}"]
    words = " / ".join(each.text for each in problem.evidence)
    assert "880 addresses free but in the partner's share" in words
    assert "17 requests got no address" in words
    declared = next(step for step in problem.steps if isinstance(step, Remedy))
    assert "880 more at 06:00:00 CEST, in 48 min 00 s" in declared.why


def test_the_backup_pct_to_set_is_calculated_where_arrivals_are_known() -> None:
    """R-118: max(2 h x day, 12 h x night), of the free addresses."""
    counting = [
        answer(
            server,
            NOW - 900 * ago,
            pools=[pool("wifi", 400, 880, 4096, new_clients=15 * (120 - ago) * (server == MAIN))],
        )
        for ago in range(120, -1, -1)
        for server in (MAIN, BACKUP)
    ]
    problem = found(counting)["not-ready"]
    assert problem.steps == ("Raise backup-pct of wifi on the main to 57",)
    balanced = [
        *counting[:-2],
        *both("NORMAL", "NORMAL", load_balancing=True, pools=(counting[-1].raw or {})["pairs"][0]["pools"]),
    ]
    (step,) = found(balanced)["not-ready"].steps
    assert "Load balancing fixes the share at 50 %" in str(step)


def test_a_resolution_without_progress_for_two_minutes_is_a_stall() -> None:
    stalled = found(STALLED)["potential-conflict"]
    assert "No progress for 2 minutes" in str(stalled.steps[0])
    fresh = found(both(CONFLICT, CONFLICT, state_since=text(NOW - 20)))["potential-conflict"]
    assert "Wait" in str(fresh.steps[0])


def test_a_missing_relay_is_a_problem_only_after_an_hour_of_uptime() -> None:
    """R-240: "never" needs a server that has run for long enough."""

    def problems(listened: float) -> Problem | None:
        scene = [
            answer(MAIN, traffic=traffic("10.1.0.1", "10.2.0.1")),
            answer(BACKUP, traffic=traffic("10.1.0.1", since=NOW - listened)),
        ]
        return found(scene).get(f"one-sided-relays/{MAIN}")

    assert problems(600) is None
    likely, sure = problems(2 * HOUR), problems(8 * 24 * HOUR)
    assert likely is not None
    assert sure is not None
    assert (likely.certainty, sure.certainty) == (Certainty.LIKELY, Certainty.CERTAIN)


def test_a_planned_stop_is_recognised() -> None:
    assert "partner-gone" not in found(STOPPED)


def test_logs_and_traps_are_evidence_with_their_time() -> None:
    """R-239, R-241, R-242."""
    gone = found(*MAIN_LOST)["partner-gone"]
    problems = {each.source: each for each in gone.evidence}
    assert problems["trap"].at == NOW - 717
    assert problems[f"log of {BACKUP}"].text == LOGS[2].text.split(maxsplit=7)[7]
    mismatch: list[Any] = [answer(MAIN, config_mismatch=["scope"]), answer(BACKUP), log("18103", "mismatch", MAIN)]
    sources = [each.source for each in found(mismatch)["config-mismatch"].evidence]
    assert f"log of {MAIN}" in sources


def test_an_empty_pool_never_advises_set_partner_down_on_a_seen_partner() -> None:
    """R-136: an empty pool does not justify a takeover from a server that is seen."""
    scene = [answer(MAIN, NOW, ALONE, pools=[pool("wifi", 0, 880, 4096)]), answer(BACKUP, NOW, ALONE)]
    steps = found(scene)[f"running-out/{MAIN}"].steps
    assert ActionName.SET_PARTNER_DOWN not in [step.action for step in steps if isinstance(step, Remedy)]
    assert str(steps[0]).startswith("Repair the link to dhcp-b")
