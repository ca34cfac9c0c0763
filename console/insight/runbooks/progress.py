"""The interpreter: a runbook, a picture, a time and marks go in; where each step stands comes out.

Steps come one after the other. One is done when it was ticked, skipped, or its condition holds; the first that is not
is the current one, and everything after it waits. A condition counts only when its turn has come: what holds at the end
of an incident held before it too.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from console.insight.runbooks.steps import Runbook, Scene, Step
from console.model.picture import Mark, PairPicture


class StepStatus(StrEnum):
    """Whether it is a step's turn."""

    DONE = "done"
    NEEDLESS = "needless"
    CURRENT = "current"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a step stands. `missing` is why its condition does not hold; `mark` who ticked it; `evidence` is live."""

    step: Step
    stage: int
    status: StepStatus
    missing: str = ""
    mark: Mark | None = None
    evidence: str = ""


def scene_of(book: Runbook, pair: PairPicture, now: float, zone: tzinfo) -> Scene:
    """The pair as the runbook looks at it: since its start, if it was started."""
    begun = started(book, pair)
    return Scene(pair, now, zone, now if begun is None else begun.at, "" if begun is None else begun.server, book.name)


def started(book: Runbook, pair: PairPicture) -> Mark | None:
    """Who started it and when; None while nobody did."""
    return pair.marks.get(f"{book.name}/")


def progress(book: Runbook, scene: Scene) -> tuple[Standing, ...]:
    """Where every step stands."""
    found: list[Standing] = []
    waiting = False
    for number, stage in enumerate(book.stages):
        for step in stage.steps:
            standing = _later(step, number) if waiting else _stands(book, step, number, scene)
            if standing.status == StepStatus.CURRENT and found and (again := _shut_again(found[-1], scene)) is not None:
                found[-1], standing = again, _later(step, number)
                waiting = True
            waiting = waiting or standing.status == StepStatus.CURRENT
            found.append(standing)
    return tuple(found)


def _shut_again(before: Standing, scene: Scene) -> Standing | None:
    """A gate that opened once and does not hold any more, right before the step whose turn it is: somebody may come
    back to a runbook hours later."""
    step = before.step
    missing = step.check(scene) if step.gate and step.check is not None else None
    if missing is None:
        return None
    return Standing(step, before.stage, StepStatus.CURRENT, f"no longer: {missing}", evidence=before.evidence)


def current(standings: tuple[Standing, ...]) -> Standing | None:
    """The step whose turn it is; None when all are done."""
    return next((each for each in standings if each.status == StepStatus.CURRENT), None)


def _later(step: Step, stage: int) -> Standing:
    return Standing(step, stage, StepStatus.LATER)


def _stands(book: Runbook, step: Step, stage: int, scene: Scene) -> Standing:
    evidence = step.told(scene) if step.told is not None else ""
    mark = scene.pair.marks.get(f"{book.name}/{step.key}")
    if mark is not None:
        return Standing(step, stage, StepStatus.DONE, mark=mark, evidence=evidence)
    if step.needless is not None and step.needless(scene):
        return Standing(step, stage, StepStatus.NEEDLESS, evidence=evidence)
    missing = None if step.check is None else step.check(scene)
    if step.check is not None and missing is None:
        return Standing(step, stage, StepStatus.DONE, evidence=evidence)
    return Standing(step, stage, StepStatus.CURRENT, missing or "", evidence=evidence)
