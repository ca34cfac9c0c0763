"""Diagnosis: each scenario and each row of Table 5 is found from live facts, and a healthy pair has no problem."""

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
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    RACE,
    ZONE,
    answer,
    declining,
    failures,
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
    "lost-in-recovery",
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
        *(
            (
                [*failures(MAIN), answer(BACKUP, NOW, state, communications="interrupted", link=None)],
                f"lost-in-recovery/{BACKUP}",
                "5.6",
                Severity.CRITICAL,
                Certainty.LIKELY,
            )
            for state in ("RECOVER", "RECOVER-WAIT", "RECOVER-DONE")
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
            Severity.CRITICAL,
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
def test_each_scenario_is_found(
    scene: Iterable[Any], id: str, scenario: str, severity: Severity, certainty: Certainty
) -> None:
    """R-237, R-238, R-239, R-240, R-241, R-242, R-243: every row of Table 5, and the incidents 5.1 to 5.9."""
    problems = found(*scene)
    assert id in problems, sorted(problems)
    problem = problems[id]
    assert (problem.scenario, problem.severity, problem.certainty) == (scenario, severity, certainty)
    assert problem.evidence
    assert all(each.text and each.source for each in problem.evidence)
    assert problem.steps


def test_a_healthy_pair_has_no_problem_and_every_rule_is_checked() -> None:
    assert found(*CALM) == {}
    assert diagnose(pair(*CALM), NOW, ZONE) == ()
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.checked for rule in RULES)


@pytest.mark.parametrize("main", ["NORMAL", ALONE, DOWN, "RECOVER", "STARTUP", "SHUTDOWN", CONFLICT, "A-NEW-STATE"])
@pytest.mark.parametrize("backup", [None, "NORMAL", ALONE, DOWN, "RECOVER-WAIT", "PAUSED", "RESOLUTION-INTERRUPTED"])
def test_every_pair_of_states_gives_sorted_problems_with_valid_remedies(main: str, backup: str | None) -> None:
    scene: list[Any] = [answer(MAIN, NOW, main), *([answer(BACKUP, NOW, backup)] if backup else failures(BACKUP))]
    problems = diagnose(pair(*scene), NOW, ZONE)
    badness = [WORST_FIRST.index(each.severity) for each in problems]
    assert badness == sorted(badness)
    assert len({each.id for each in problems}) == len(problems)
    for step in (step for each in problems for step in each.steps if isinstance(step, Remedy)):
        assert step.action in (*ActionName, remedies.RUNBOOK)
        assert step.why
        assert step.action != remedies.RUNBOOK or step.subject in SUBJECTS
        assert step.server in (None, MAIN, BACKUP)


def test_clocks_that_differ_are_a_problem_also_while_the_link_works() -> None:
    """The alarm and the diagnosis use one measure."""
    ahead = pair([polled(NOW, MAIN, status(MAIN, NOW + 10_800)), polled(NOW, BACKUP, status(BACKUP, NOW))])
    titles = [each.title for each in diagnose(ahead, NOW, ZONE)]
    assert "The clocks of the servers differ by 10800 s" in titles
    assert f"{ahead.name}/clock-skew/pair" in ahead.alarms


def test_messages_that_waited_in_a_link_are_no_difference_of_the_clocks() -> None:
    healed = pair([answer(server, NOW, time_skew=-109.0) for server in (MAIN, BACKUP)])
    assert not healed.open_alarms
    assert not [each for each in diagnose(healed, NOW, ZONE) if "clocks" in each.title]
