"""The interpreter of runbooks: steps that are done, current or later, and gates that cannot be skipped."""

from collections.abc import Iterable

import pytest

from console.insight.fold import fold
from console.insight.runbooks.listing import BOOKS, UNDER_WAY, book, fitting
from console.insight.runbooks.progress import StepStatus, current, progress, scene_of
from console.insight.runbooks.steps import BACKUP as THE_BACKUP
from console.insight.runbooks.steps import GONE, LEFT, Runbook, Scene
from console.insight.runbooks.steps import MAIN as THE_MAIN
from console.model.action_names import ActionName
from console.model.observations import Observation, OperatorAction, as_json, from_json
from console.model.picture import Picture
from tests.console.scenes import (
    BACKUP,
    BOTH_DOWN,
    CALM,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    RACE,
    ZONE,
    answer,
    failures,
    picture,
    text,
)

WHO = {THE_MAIN, THE_BACKUP, LEFT, GONE, "you", "both", "network"}
DOWN = next(each for each in BOOKS if each.name == "main-down")


def act(action: str, subject: str, at: float = NOW, **said: str) -> OperatorAction:
    return OperatorAction(at, PAIR, "jo", action, subject, said)


STRANDED = (failures(MAIN), [answer(BACKUP, NOW, "RECOVER", communications="interrupted", link=None)])
START = act("runbook-start", "main-down", NOW - 60, server=BACKUP)


def after(*more: Observation, scene: Iterable[Iterable[Observation]] = MAIN_LOST) -> Picture:
    """The picture of a scene after further observations."""
    found = picture(*scene)
    for each in more:
        found = fold(found, each)
    return found


def look(found: Picture, which: Runbook | None = DOWN) -> Scene:
    assert which is not None
    return scene_of(which, found.pairs[PAIR], NOW, ZONE)


def statuses(found: Picture, which: Runbook | None = DOWN) -> dict[str, str]:
    assert which is not None
    return {each.step.key: each.status for each in progress(which, look(found, which))}


def test_a_step_is_ticked_automatically_and_the_next_is_current() -> None:
    found = statuses(after(START))
    assert found["alone"] == StepStatus.DONE
    assert found["look"] == StepStatus.CURRENT
    assert set(list(found.values())[2:]) == {StepStatus.LATER}


def test_a_condition_does_not_count_before_its_turn() -> None:
    """Both are NORMAL at the beginning of a restart as well as at its end."""
    found = statuses(after(scene=CALM), book("planned-restart"))
    assert found["before"] == StepStatus.DONE
    assert found["stop-backup"] == StepStatus.CURRENT
    assert found["whole-backup"] == StepStatus.LATER


def test_a_ticked_step_stays_ticked_when_its_condition_changes() -> None:
    tick = act("runbook-step", "main-down/look", how="done")
    down = act("runbook-step", "main-down/down", how="seen")
    prove = act("runbook-step", "main-down/prove", how="skipped")
    found = statuses(after(START, act("runbook-step", "main-down/alone", how="seen"), tick, prove, down))
    assert [found[key] for key in ("alone", "look", "prove", "down")] == [StepStatus.DONE] * 4
    assert found["usable"] == StepStatus.CURRENT


def test_steps_that_a_recovery_makes_needless_are_skipped() -> None:
    """R-177: after a return within MCLT no step is needed, and Set Partner Down is not offered."""
    found = after(START, act("runbook-step", "main-down/alone", how="seen"), answer(MAIN), answer(BACKUP))
    keys = statuses(found)
    assert [keys[key] for key in ("look", "prove", "down", "usable")] == [StepStatus.NEEDLESS] * 4
    assert keys["settled"] == StepStatus.DONE
    assert current(progress(DOWN, look(found))) is None


def test_a_gate_that_no_longer_holds_is_the_current_step_again() -> None:
    """R-226: an operator returns hours later, and the state of the pair has changed since the gate was passed."""
    which = book("planned-restart")
    begun = act("runbook-start", "planned-restart", NOW - 60, server=BACKUP)
    passed = [act("runbook-step", f"planned-restart/{key}", how="seen") for key in ("before",)]
    assert statuses(after(begun, *passed, scene=CALM), which)["stop-backup"] == StepStatus.CURRENT
    troubled = after(begun, *passed, answer(MAIN, NOW, "COMMUNICATIONS-INTERRUPTED"), scene=CALM)
    found = progress(which, look(troubled, which)) if which else ()
    assert [found[0].status, found[1].status] == [StepStatus.CURRENT, StepStatus.LATER]
    assert found[0].missing == "no longer: dhcp-a is COMMUNICATIONS-INTERRUPTED"


def test_a_new_start_removes_earlier_ticks() -> None:
    tick = act("runbook-step", "main-down/look", NOW - 90, how="done")
    old = act("runbook-start", "main-down", NOW - 100)
    assert statuses(after(old, tick))["look"] == StepStatus.DONE
    assert statuses(after(old, tick, START))["look"] == StepStatus.CURRENT
    assert not after(START, act("runbook-end", "main-down")).pairs[PAIR].marks


def test_the_server_that_is_left_is_fixed_at_the_start() -> None:
    """When the main has returned and the backup does not answer, the roles in the runbook stay the same."""
    found = after(START, answer(MAIN))
    assert look(found).at(LEFT).name == BACKUP
    assert look(found).at(GONE).name == MAIN


def test_a_replay_gives_the_same_ticks() -> None:
    """5.8, R-219: a tick is an observation; after a round trip through JSON it gives the same marks."""
    ticks = [START, act("runbook-step", "main-down/look", how="done")]
    again = [from_json(as_json(each)) for each in ticks]
    assert after(*again).pairs[PAIR].marks == after(*ticks).pairs[PAIR].marks
    timeline = [entry.text for entry in after(*ticks).pairs[PAIR].timeline]
    assert "jo: runbook-step main-down/look" in timeline


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        (MAIN_LOST, "main-down"),
        (RACE, "race"),
        (CALM, "planned-restart"),
        (
            [[answer(MAIN, NOW, "POTENTIAL-CONFLICT")], [answer(BACKUP, NOW, "POTENTIAL-CONFLICT")]],
            "potential-conflict",
        ),
        ([[answer(MAIN, config_mismatch=["mclt"])], [answer(BACKUP)]], "config-mismatch"),
        (STRANDED, "lost-in-recovery"),
    ],
)
def test_the_runbook_that_fits_best_is_first(scene: Iterable[Iterable[Observation]], name: str) -> None:
    best, fit = fitting(after(scene=scene).pairs[PAIR], NOW, ZONE)[0]
    assert best.name == name
    assert fit < UNDER_WAY


def test_a_started_runbook_is_before_one_that_fits_better() -> None:
    found = after(act("runbook-start", "lost-database"))
    assert fitting(found.pairs[PAIR], NOW, ZONE)[0][0].name == "lost-database"


@pytest.mark.parametrize("which", BOOKS, ids=lambda each: each.name)
@pytest.mark.parametrize("scene", [CALM, MAIN_LOST, RACE, BOTH_DOWN], ids=["calm", "lost", "race", "both-down"])
def test_every_step_has_a_status_and_a_text_in_every_scene(
    which: Runbook, scene: Iterable[Iterable[Observation]]
) -> None:
    """Texts have the names of servers and no unfilled role; conditions and evidence always return a result."""
    seen = look(after(scene=scene), which)
    keys = [step.key for step in which.steps]
    assert len(set(keys)) == len(keys)
    for step in which.steps:
        for words in (step.text, step.stop, *step.commands):
            assert "{" not in seen.words(words)
        assert step.who in WHO
        assert step.check is None or step.check(seen) is None or step.check(seen)
        assert step.evidence is None or isinstance(step.evidence(seen), str)
        assert step.remedy is None or step.remedy[0] in ActionName
        assert not (step.gate and step.check is None), "a gate that nothing opens"
        assert not (step.gate and step.remedy), "a gate is waited for, not run"
    for stage in which.stages:
        assert stage.abort
        assert "{" not in seen.words(stage.abort + stage.title)


def test_the_last_step_of_each_runbook_is_a_gate() -> None:
    """A runbook never ends with a step that a person ticks."""
    for each in BOOKS:
        assert each.steps[-1].check is not None, each.name


def test_a_server_that_lost_its_partner_in_recovery_is_led_to_the_way_out() -> None:
    """R-150: Set Partner Down is a step of the runbook, and the wait for the probes is ticked when they end."""
    which = book("lost-in-recovery")
    begun = act("runbook-start", "lost-in-recovery", NOW - 60, server=BACKUP)
    done = [
        act("runbook-step", f"lost-in-recovery/{key}", how="done") for key in ("alone", "bring-back", "copy", "prove")
    ]
    found = after(begun, *done, scene=STRANDED)
    assert which is not None
    step = current(progress(which, look(found, which)))
    assert step is not None
    assert step.step.remedy == (ActionName.SET_PARTNER_DOWN, LEFT, "")
    down = {"communications": "interrupted", "link": None, "partner_pool_usable_at": text(NOW - 1)}
    probing = after(
        answer(BACKUP, NOW, "PARTNER-DOWN", **down, probe_until=text(NOW + 3600)), scene=[found_of(begun, done)]
    )
    assert statuses(probing, which)["down"] == StepStatus.DONE
    assert statuses(probing, which)["probes"] == StepStatus.CURRENT
    over = after(answer(BACKUP, NOW, "PARTNER-DOWN", **down, probe_until=None), scene=[found_of(begun, done)])
    assert statuses(over, which)["probes"] == StepStatus.DONE


def found_of(begun: OperatorAction, done: list[OperatorAction]) -> list[Observation]:
    """The scene of the runbook after its first steps."""
    return [*(each for part in STRANDED for each in part), begun, *done]
