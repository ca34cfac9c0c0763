"""The interpreter of runbooks: what is done, what is next, what waits, and what nobody can skip."""

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
from tests.console.scenes import BACKUP, BOTH_DOWN, CALM, MAIN, MAIN_LOST, NOW, PAIR, RACE, ZONE, answer, picture

WHO = {THE_MAIN, THE_BACKUP, LEFT, GONE, "you", "both", "network"}
DOWN = next(each for each in BOOKS if each.name == "main-down")


def act(action: str, subject: str, at: float = NOW, **said: str) -> OperatorAction:
    return OperatorAction(at, PAIR, "jo", action, subject, said)


START = act("runbook-start", "main-down", NOW - 60, server=BACKUP)


def after(*more: Observation, scene: Iterable[Iterable[Observation]] = MAIN_LOST) -> Picture:
    """The picture of a scene, and after more."""
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


def test_a_step_ticks_itself_and_the_next_is_the_current_one() -> None:
    found = statuses(after(START))
    assert found["alone"] == StepStatus.DONE
    assert found["look"] == StepStatus.CURRENT
    assert set(list(found.values())[2:]) == {StepStatus.LATER}


def test_what_holds_out_of_turn_does_not_count() -> None:
    """Both NORMAL is the end of a restart and its beginning too."""
    found = statuses(after(scene=CALM), book("planned-restart"))
    assert found["before"] == StepStatus.DONE
    assert found["stop-backup"] == StepStatus.CURRENT
    assert found["whole-backup"] == StepStatus.LATER


def test_what_was_ticked_stays_ticked_when_the_incident_moves_on() -> None:
    tick = act("runbook-step", "main-down/look", how="done")
    down = act("runbook-step", "main-down/down", how="seen")
    prove = act("runbook-step", "main-down/prove", how="skipped")
    found = statuses(after(START, act("runbook-step", "main-down/alone", how="seen"), tick, prove, down))
    assert [found[key] for key in ("alone", "look", "prove", "down")] == [StepStatus.DONE] * 4
    assert found["usable"] == StepStatus.CURRENT


def test_what_a_recovery_makes_needless_is_passed_over() -> None:
    """R-177: back within MCLT, nothing is to be done; nobody is led to Set Partner Down."""
    found = after(START, act("runbook-step", "main-down/alone", how="seen"), answer(MAIN), answer(BACKUP))
    keys = statuses(found)
    assert [keys[key] for key in ("look", "prove", "down", "usable")] == [StepStatus.NEEDLESS] * 4
    assert keys["settled"] == StepStatus.DONE
    assert current(progress(DOWN, look(found))) is None


def test_a_gate_that_no_longer_holds_is_shut_again() -> None:
    """R-226: somebody comes back hours later, and the pair is not what it was when the gate opened."""
    which = book("planned-restart")
    begun = act("runbook-start", "planned-restart", NOW - 60, server=BACKUP)
    passed = [act("runbook-step", f"planned-restart/{key}", how="seen") for key in ("before",)]
    assert statuses(after(begun, *passed, scene=CALM), which)["stop-backup"] == StepStatus.CURRENT
    troubled = after(begun, *passed, answer(MAIN, NOW, "COMMUNICATIONS-INTERRUPTED"), scene=CALM)
    found = progress(which, look(troubled, which)) if which else ()
    assert [found[0].status, found[1].status] == [StepStatus.CURRENT, StepStatus.LATER]
    assert found[0].missing == "no longer: dhcp-a is COMMUNICATIONS-INTERRUPTED"


def test_a_start_forgets_what_was_ticked_the_last_time() -> None:
    tick = act("runbook-step", "main-down/look", NOW - 90, how="done")
    old = act("runbook-start", "main-down", NOW - 100)
    assert statuses(after(old, tick))["look"] == StepStatus.DONE
    assert statuses(after(old, tick, START))["look"] == StepStatus.CURRENT
    assert not after(START, act("runbook-end", "main-down")).pairs[PAIR].marks


def test_who_is_left_is_settled_at_the_start() -> None:
    """When the main is back and the backup silent, the runbook still speaks of the same two."""
    found = after(START, answer(MAIN))
    assert look(found).at(LEFT).name == BACKUP
    assert look(found).at(GONE).name == MAIN


def test_a_replay_folds_the_same_ticks() -> None:
    """5.8, R-219: what was ticked is an observation; through JSON it gives the same marks."""
    ticks = [START, act("runbook-step", "main-down/look", how="done")]
    again = [from_json(as_json(each)) for each in ticks]
    assert after(*again).pairs[PAIR].marks == after(*ticks).pairs[PAIR].marks
    story = [entry.text for entry in after(*ticks).pairs[PAIR].timeline]
    assert "jo: runbook-step main-down/look" in story


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
    ],
)
def test_the_one_that_fits_is_offered_first(scene: Iterable[Iterable[Observation]], name: str) -> None:
    best, fit = fitting(after(scene=scene).pairs[PAIR], NOW, ZONE)[0]
    assert best.name == name
    assert fit < UNDER_WAY


def test_one_under_way_comes_before_what_fits_better() -> None:
    found = after(act("runbook-start", "lost-database"))
    assert fitting(found.pairs[PAIR], NOW, ZONE)[0][0].name == "lost-database"


@pytest.mark.parametrize("which", BOOKS, ids=lambda each: each.name)
@pytest.mark.parametrize("scene", [CALM, MAIN_LOST, RACE, BOTH_DOWN], ids=["calm", "lost", "race", "both-down"])
def test_every_step_can_be_judged_and_read_in_every_scene(
    which: Runbook, scene: Iterable[Iterable[Observation]]
) -> None:
    """Texts name servers, never a place that is not filled in; conditions and evidence always answer."""
    seen = look(after(scene=scene), which)
    keys = [step.key for step in which.steps]
    assert len(set(keys)) == len(keys)
    for step in which.steps:
        for text in (step.text, step.stop, *step.commands):
            assert "{" not in seen.words(text)
        assert step.who in WHO
        assert step.check is None or step.check(seen) is None or step.check(seen)
        assert step.evidence is None or isinstance(step.evidence(seen), str)
        assert step.remedy is None or step.remedy[0] in ActionName
        assert not (step.gate and step.check is None), "a gate that nothing opens"
        assert not (step.gate and step.remedy), "a gate is waited for, not run"
    for stage in which.stages:
        assert stage.abort
        assert "{" not in seen.words(stage.abort + stage.title)


def test_the_last_word_of_each_runbook_is_what_the_servers_say() -> None:
    """A runbook never ends on somebody's word that all is well."""
    for each in BOOKS:
        assert each.steps[-1].check is not None, each.name
