"""The interpreter of runbooks: from a runbook, a picture, a time and marks to the status of each step.

The steps have an order. A step is done when it was ticked or skipped, or when its condition holds. The first step that
is not done is the current one, and all later ones wait. A condition counts only from its turn on, because a condition
for the end of an incident often holds before the incident too.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from console.insight.reasons import CannotTell, kept
from console.insight.runbooks.steps import Runbook, Scene, Step
from console.model.picture import Mark, MarkHow, PairPicture


class StepStatus(StrEnum):
    """The status of a step. `NEEDLESS`: it need not be done."""

    DONE = "done"
    NEEDLESS = "needless"
    CURRENT = "current"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """The progress of one step. `missing` is why its condition does not hold; `mark` is who ticked it and when;
    `evidence` is live."""

    step: Step
    stage: int
    status: StepStatus
    missing: str = ""
    mark: Mark | None = None
    evidence: str = ""


def scene_of(book: Runbook, pair: PairPicture, now: float, zone: tzinfo) -> Scene:
    """The pair for the checks of a runbook, since its start if it was started."""
    begun = started(book, pair)
    return Scene(pair, now, zone, now if begun is None else begun.at, "" if begun is None else begun.server, book.name)


def started(book: Runbook, pair: PairPicture) -> Mark | None:
    """Who started the runbook and when; None while it is not started."""
    return pair.marks.get(f"{book.name}/")


def progress(book: Runbook, scene: Scene) -> tuple[StepProgress, ...]:
    """The progress of every step."""
    found: list[StepProgress] = []
    waiting = False
    for number, stage in enumerate(book.stages):
        for step in stage.steps:
            entry = _later(step, number) if waiting else _judge(book, step, number, scene)
            if entry.status == StepStatus.CURRENT and found and (again := _reopen_gate(found[-1], scene)) is not None:
                found[-1], entry = again, _later(step, number)
                waiting = True
            waiting = waiting or entry.status == StepStatus.CURRENT
            found.append(entry)
    return tuple(found)


def _reopen_gate(before: StepProgress, scene: Scene) -> StepProgress | None:
    """The gate right before the current step, if its condition no longer holds; else None.

    An operator may return to a runbook hours later, so such a gate becomes the current step again.
    """
    step = before.step
    missing = step.check(scene) if step.gate and step.check is not None else None
    if missing is None or (isinstance(missing, CannotTell) and _by_word(before)):
        return None
    return StepProgress(
        step, before.stage, StepStatus.CURRENT, kept(missing, f"no longer: {missing}"), evidence=before.evidence
    )


def _by_word(gate: StepProgress) -> bool:
    """Whether a person's word opened it. Only a fact that contradicts the word closes it again."""
    return gate.step.by_word and gate.mark is not None and gate.mark.how is not MarkHow.SEEN


def current(steps: tuple[StepProgress, ...]) -> StepProgress | None:
    """The current step; None when all are done."""
    return next((each for each in steps if each.status == StepStatus.CURRENT), None)


def taken_back(steps: tuple[StepProgress, ...]) -> StepProgress | None:
    """The step whose mark a person can take back: the one that was marked last; None without one."""
    marked = [each for each in steps if each.mark is not None and each.mark.how is not MarkHow.SEEN]
    return max(marked, key=lambda each: each.mark.at if each.mark is not None else 0.0, default=None)


def _later(step: Step, stage: int) -> StepProgress:
    return StepProgress(step, stage, StepStatus.LATER)


def _judge(book: Runbook, step: Step, stage: int, scene: Scene) -> StepProgress:
    evidence = step.evidence(scene) if step.evidence is not None else ""
    mark = scene.pair.marks.get(f"{book.name}/{step.key}")
    if mark is not None:
        return StepProgress(step, stage, StepStatus.DONE, mark=mark, evidence=evidence)
    if step.needless is not None and step.needless(scene):
        return StepProgress(step, stage, StepStatus.NEEDLESS, evidence=evidence)
    missing = None if step.check is None else step.check(scene)
    if step.check is not None and missing is None:
        return StepProgress(step, stage, StepStatus.DONE, evidence=evidence)
    return StepProgress(step, stage, StepStatus.CURRENT, missing or "", evidence=evidence)
