"""Diagnosis: each scenario and each row of Table 5 recognised from live facts, and nothing where nothing is wrong."""

from collections.abc import Iterable
from typing import Any

import pytest

from console.insight import remedies
from console.insight.diagnosis.problem import Certainty, Problem
from console.insight.diagnosis.table import RULES, diagnose
from console.insight.remedies import Remedy
from console.makes.pairwatch.configuration import config_objects
from console.model.action_names import ActionName
from console.model.observations import ConfigAnswer, Observation
from console.model.picture import WORST_FIRST, Severity
from tests.console.scenes import (
    BACKUP,
    BOTH_DOWN,
    CALM,
    HOUR,
    LOGS,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    RACE,
    ZONE,
    answer,
    declining,
    failures,
    log,
    pair,
    polled,
    pool,
    status,
    text,
    trap,
)

ALONE, DOWN, CONFLICT = "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN", "POTENTIAL-CONFLICT"
SUBJECTS = {
    "main-down",
    "race",
    "pool-exhaustion",
    "config-mismatch",
    "potential-conflict",
    "lost-database",
    "restored-database",
    "role-reversal",
    "planned-restart",
    "planned-upgrade",
}


def found(*scene: Observation | Iterable[Observation], now: float = NOW) -> dict[str, Problem]:
    return {each.id: each for each in diagnose(pair(*scene), now, ZONE)}


def both(main: str, backup: str, **changes: Any) -> list[Observation]:
    return [answer(MAIN, NOW, main, **changes), answer(BACKUP, NOW, backup, **changes)]


def config(server: str, **classes: Any) -> ConfigAnswer:
    plain = {
        "server": {"name": server},
        "scope": [{"name": "wifi", "subnet": "192.0.2.0/24", "ranges": ["192.0.2.10-192.0.2.99"]}],
        "policy": [{"name": "default", "dhcp-lease-time": 3600}],
        "failover-pair": [{"name": PAIR, "main": MAIN, "backup": BACKUP, "backup-pct": 30 if server == MAIN else 70}],
    }
    return ConfigAnswer(NOW, PAIR, server, config_objects({**plain, **classes}))


def traffic(*relays: str, since: float = NOW - 8 * 24 * HOUR, no_address: int = 0, clients: int = 10) -> dict[str, Any]:
    return {
        "since": text(since),
        "requests": 100,
        "no_address": no_address,
        "relays": [{"address": each, "last": text(NOW - 60), "clients_5m": clients} for each in relays],
    }


RESYNC = {"kind": "update-request-all", "direction": "receiving", "done": 120, "total": 400}
RESTORED = [
    answer(MAIN, NOW, "STARTUP", link=None, last_contact=text(NOW - 90_000)),
    answer(BACKUP, NOW, ALONE, last_contact=text(NOW - 720)),
]
FORGOTTEN = [
    answer(MAIN, NOW, DOWN, state_reason="first start", ever_communicated=False),
    answer(BACKUP, NOW, ALONE),
]
SCOPES = config(BACKUP, scope=[{"name": "wifi", "subnet": "192.0.2.0/24", "ranges": ["192.0.2.10-192.0.2.50"]}])
OPTIONS = config(BACKUP, policy=[{"name": "default", "dhcp-lease-time": 3600, "routers": ["192.0.2.1"]}])
SKEWED = [polled(NOW, name, status(name, NOW + ahead, ALONE)) for name, ahead in ((MAIN, 0.0), (BACKUP, 9.0))]
ONE_SIDED = [answer(MAIN, traffic=traffic("10.1.0.1", "10.2.0.1")), answer(BACKUP, traffic=traffic("10.1.0.1"))]
EMPTY: list[Any] = [
    answer(BACKUP, NOW, ALONE, pools=[pool("wifi", 0, 880, 4096)], traffic=traffic(no_address=17)),
    *failures(MAIN),
]
STOPPED: list[Any] = [*failures(MAIN), answer(BACKUP, NOW, ALONE, partner_state="PAUSED")]
REFUSED = {"at": text(NOW), "text": "the partner refused: MCLT differs"}
STALLED = [
    answer(server, NOW - at, CONFLICT, state_since=text(NOW - 200)) for server in (MAIN, BACKUP) for at in (190, 0)
]


@pytest.mark.parametrize(
    ("scene", "id", "scenario", "severity", "certainty"),
    [
        (MAIN_LOST, "partner-gone", "5.1", Severity.CRITICAL, Certainty.CANNOT_TELL),
        ((*MAIN_LOST, trap("server-stop", MAIN)), "partner-gone", "5.1", Severity.CRITICAL, Certainty.LIKELY),
        (
            [[*failures(MAIN), answer(BACKUP, NOW, DOWN)]],
            "taken-over",
            "5.1",
            Severity.MAJOR,
            Certainty.CERTAIN,
        ),
        ([both("RECOVER", DOWN)], f"recovering/{MAIN}", "5.1", Severity.WARNING, Certainty.CERTAIN),
        (RACE, "race", "5.2", Severity.CRITICAL, Certainty.CERTAIN),
        (BOTH_DOWN, "two-serve", "5.2", Severity.CRITICAL, Certainty.CERTAIN),
        ([both(DOWN, ALONE)], "two-serve", "5.2", Severity.CRITICAL, Certainty.CERTAIN),
        ([SKEWED], "clock", "5.2", Severity.CRITICAL, Certainty.CERTAIN),
        (
            [[answer(MAIN, use_safe_period=False), answer(BACKUP)]],
            "safe-period-differs",
            "5.2",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        ([declining(BACKUP, ALONE, fall=6)], f"running-out/{BACKUP}", "5.3", Severity.WARNING, Certainty.LIKELY),
        ([EMPTY], f"running-out/{BACKUP}", "5.3", Severity.CRITICAL, Certainty.CERTAIN),
        (
            [[answer(MAIN, config_mismatch=["scope wifi"]), answer(BACKUP)]],
            "config-mismatch",
            "5.4",
            Severity.MAJOR,
            Certainty.CERTAIN,
        ),
        (
            [both(ALONE, ALONE, link_failure=REFUSED)],
            "config-mismatch",
            "5.4",
            Severity.CRITICAL,
            Certainty.CERTAIN,
        ),
        (
            [[answer(MAIN, reload_pending=True), answer(BACKUP)]],
            f"reload-pending/{MAIN}",
            "5.4",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        (
            (*CALM, config(MAIN), SCOPES),
            "scopes-differ",
            "5.4, Table 5: mismatched scopes",
            Severity.MAJOR,
            Certainty.CERTAIN,
        ),
        (
            (*CALM, config(MAIN), OPTIONS),
            "service-differs",
            "5.4, Table 5: users cannot use services",
            Severity.WARNING,
            Certainty.LIKELY,
        ),
        ([both(CONFLICT, CONFLICT)], "potential-conflict", "5.5", Severity.CRITICAL, Certainty.CERTAIN),
        (
            [both("RESOLUTION-INTERRUPTED", "RESOLUTION-INTERRUPTED")],
            f"resolution-interrupted/{MAIN}",
            "5.5",
            Severity.CRITICAL,
            Certainty.CERTAIN,
        ),
        (
            [[answer(MAIN, NOW, "RECOVER", resync=RESYNC), answer(BACKUP, NOW, DOWN)]],
            f"recovering/{MAIN}",
            "5.6",
            Severity.WARNING,
            Certainty.LIKELY,
        ),
        ([FORGOTTEN], f"wrong-path/{MAIN}", "5.6", Severity.CRITICAL, Certainty.CERTAIN),
        (
            [[answer(MAIN, failover_recover=text(NOW - 9000)), answer(BACKUP)]],
            f"recover-set/{MAIN}",
            "5.6",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        (
            [[answer(MAIN, NOW, "RECOVER", failover_recover=text(NOW - 9000)), answer(BACKUP, NOW, DOWN)]],
            f"recovering/{MAIN}",
            "5.7",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        ([RESTORED], f"old-database/{MAIN}", "5.7", Severity.CRITICAL, Certainty.LIKELY),
        ([both("NORMAL", DOWN, role="main")], "roles", "5.8", Severity.MAJOR, Certainty.CERTAIN),
        ([STOPPED], "planned", "5.9", Severity.WARNING, Certainty.CERTAIN),
        (
            [[*failures(MAIN), answer(BACKUP, NOW, DOWN, partner_state="SHUTDOWN")]],
            "planned",
            "5.9",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        (
            [ONE_SIDED],
            f"one-sided-relays/{MAIN}",
            "Table 5: leases expire though the backup is up",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        (
            [[*failures(MAIN), answer(BACKUP)]],
            "not-seen-here",
            "Table 5: cannot communicate",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
        (
            [[*failures(MAIN), *failures(BACKUP)]],
            "nobody-seen",
            "Table 5: cannot communicate",
            Severity.UNKNOWN,
            Certainty.CANNOT_TELL,
        ),
        (
            [both("NORMAL", "NORMAL", serving=False, not_serving_reason="cannot write: disk full")],
            f"not-serving/{MAIN}",
            "the server itself",
            Severity.CRITICAL,
            Certainty.CERTAIN,
        ),
        (
            [[answer(MAIN, oldest_unacked_age=31.0, unacked_updates=4), answer(BACKUP)]],
            f"updates-stuck/{MAIN}",
            "the link",
            Severity.WARNING,
            Certainty.CERTAIN,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_scenario_is_recognised(
    scene: Iterable[Any], id: str, scenario: str, severity: Severity, certainty: Certainty
) -> None:
    """R-237, R-238, R-239, R-240, R-241, R-242, R-243: every row of Table 5, and the incidents 5.1 to 5.9."""
    told = found(*scene)
    assert id in told, sorted(told)
    finding = told[id]
    assert (finding.scenario, finding.severity, finding.certainty) == (scenario, severity, certainty)
    assert finding.evidence
    assert all(each.text and each.source for each in finding.evidence)
    assert finding.steps


def test_nothing_is_found_in_a_calm_pair_and_every_rule_was_looked_at() -> None:
    assert found(*CALM) == {}
    assert diagnose(pair(*CALM), NOW, ZONE) == ()
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.checked for rule in RULES)


@pytest.mark.parametrize("main", ["NORMAL", ALONE, DOWN, "RECOVER", "STARTUP", "SHUTDOWN", CONFLICT, "A-NEW-STATE"])
@pytest.mark.parametrize("backup", [None, "NORMAL", ALONE, DOWN, "RECOVER-WAIT", "PAUSED", "RESOLUTION-INTERRUPTED"])
def test_no_pair_of_states_breaks_the_table_and_all_remedies_are_known(main: str, backup: str | None) -> None:
    scene: list[Any] = [answer(MAIN, NOW, main), *([answer(BACKUP, NOW, backup)] if backup else failures(BACKUP))]
    told = diagnose(pair(*scene), NOW, ZONE)
    badness = [WORST_FIRST.index(each.severity) for each in told]
    assert badness == sorted(badness)
    assert len({each.id for each in told}) == len(told)
    for step in (step for each in told for step in each.steps if isinstance(step, Remedy)):
        assert step.action in (*ActionName, remedies.RUNBOOK)
        assert step.why
        assert step.action != remedies.RUNBOOK or step.subject in SUBJECTS
        assert step.server in (None, MAIN, BACKUP)


def test_the_prospect_of_a_lost_main_is_the_end_of_the_safe_period() -> None:
    """R-137, R-139."""
    gone = found(*MAIN_LOST)["partner-gone"]
    assert gone.prospect.at == pytest.approx(NOW + 14_400 - 720)
    off = found([*failures(MAIN), answer(BACKUP, NOW, ALONE, use_safe_period=False)])["partner-gone"]
    assert off.prospect.at is None


def test_a_lost_main_is_first_brought_back_and_declared_down_only_when_proven() -> None:
    """R-177: first try to bring it back; back within MCLT nothing more is to do; then Set Partner Down."""
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


def test_in_a_race_nothing_declares_a_living_server_down_and_the_safe_period_is_for_both() -> None:
    """R-136, R-141."""
    steps = [step for step in found(*RACE)["race"].steps if isinstance(step, Remedy)]
    assert [step.action for step in steps] == [ActionName.SAFE_PERIOD, ActionName.STOP, remedies.RUNBOOK]
    assert steps[0].server is None
    assert "BOTH" in steps[0].why


def test_the_server_that_fewer_clients_reach_is_the_one_to_stop() -> None:
    scene = [
        answer(MAIN, NOW, ALONE, traffic=traffic("10.1.0.1", clients=3)),
        answer(BACKUP, NOW, ALONE, traffic=traffic("10.1.0.1", "10.2.0.1", clients=40)),
    ]
    race = found(scene)["race"]
    assert [step.server for step in race.steps if isinstance(step, Remedy) and step.action == ActionName.STOP] == [MAIN]
    assert any("about 80 clients in the last 5 min" in each.text for each in race.evidence)


def test_an_empty_pool_says_what_is_blocked_and_when_it_could_be_gained() -> None:
    """R-237, R-144, R-151."""
    finding = found(EMPTY)[f"running-out/{BACKUP}"]
    words = " / ".join(each.text for each in finding.evidence)
    assert "880 addresses free but in the partner's share" in words
    assert "17 requests got no address" in words
    declared = next(step for step in finding.steps if isinstance(step, Remedy))
    assert "880 more at 06:00:00 CEST, in 48 min 00 s" in declared.why


def test_the_percentage_to_raise_is_reckoned_where_arrivals_are_known() -> None:
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
    finding = found(counting)["not-ready"]
    assert finding.steps == ("Raise backup-pct of wifi on the main to 57",)
    balanced = [
        *counting[:-2],
        *both("NORMAL", "NORMAL", load_balancing=True, pools=(counting[-1].raw or {})["pairs"][0]["pools"]),
    ]
    (step,) = found(balanced)["not-ready"].steps
    assert "Load balancing fixes the share at 50 %" in str(step)


def test_conflicts_that_do_not_move_for_two_minutes_are_a_stall() -> None:
    stalled = found(STALLED)["potential-conflict"]
    assert "No progress for 2 minutes" in str(stalled.steps[0])
    fresh = found(both(CONFLICT, CONFLICT, state_since=text(NOW - 20)))["potential-conflict"]
    assert "Wait" in str(fresh.steps[0])


def test_a_server_that_listens_for_minutes_has_not_missed_a_relay() -> None:
    """R-240: never is a word for a server that has listened for long."""

    def told(listened: float) -> Problem | None:
        scene = [
            answer(MAIN, traffic=traffic("10.1.0.1", "10.2.0.1")),
            answer(BACKUP, traffic=traffic("10.1.0.1", since=NOW - listened)),
        ]
        return found(scene).get(f"one-sided-relays/{MAIN}")

    assert told(600) is None
    likely, sure = told(2 * HOUR), told(8 * 24 * HOUR)
    assert likely is not None
    assert sure is not None
    assert (likely.certainty, sure.certainty) == (Certainty.LIKELY, Certainty.CERTAIN)


def test_a_planned_stop_is_no_riddle() -> None:
    assert "partner-gone" not in found(STOPPED)


def test_logs_and_traps_are_evidence_with_their_time() -> None:
    """R-239, R-241, R-242."""
    gone = found(*MAIN_LOST)["partner-gone"]
    told = {each.source: each for each in gone.evidence}
    assert told["trap"].at == NOW - 717
    assert told[f"log of {BACKUP}"].text == LOGS[2].text.split(maxsplit=7)[7]
    mismatch: list[Any] = [answer(MAIN, config_mismatch=["scope"]), answer(BACKUP), log("18103", "mismatch", MAIN)]
    sources = [each.source for each in found(mismatch)["config-mismatch"].evidence]
    assert f"log of {MAIN}" in sources


def test_a_living_partner_is_not_declared_down_for_its_addresses() -> None:
    """R-136: an empty pool is no reason to take over from a server that is seen."""
    scene = [answer(MAIN, NOW, ALONE, pools=[pool("wifi", 0, 880, 4096)]), answer(BACKUP, NOW, ALONE)]
    steps = found(scene)[f"running-out/{MAIN}"].steps
    assert ActionName.SET_PARTNER_DOWN not in [step.action for step in steps if isinstance(step, Remedy)]
    assert str(steps[0]).startswith("Repair the link to dhcp-b")
