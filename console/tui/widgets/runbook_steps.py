"""The steps of a runbook as text: a line for each, and the details of the present one."""

from textual.content import Content

from console.insight.reasons import CannotTell
from console.insight.runbooks.progress import StepProgress, StepStatus
from console.insight.runbooks.steps import Scene, Step
from console.model.picture import MarkHow

SIGNS = {
    StepStatus.DONE: ("✔", "$success"),
    StepStatus.NEEDLESS: ("~", "$stale"),
    StepStatus.CURRENT: ("▶", "$warning bold"),
    StepStatus.LATER: ("·", "$stale"),
}
SKIPPED_SIGN = ("⤼", "$warning bold")
"""A skipped step was not done, so it has no tick."""
WHO = {"you": "you", "both": "both servers", "network": "the network"}


def step_line(scene: Scene, standing: StepProgress) -> Content:
    """A step with its sign, and who marked it."""
    glyph, style = SIGNS[standing.status]
    step, mark = standing.step, standing.mark
    gate = "GATE " if step.gate else ""
    by = "" if mark is None or mark.how is MarkHow.SEEN else f"[{mark.how}: {mark.who}] "
    if mark is not None and mark.how is MarkHow.SKIPPED:
        glyph, style = SKIPPED_SIGN
        by = f"[SKIPPED by {mark.who}: {mark.reason or 'no reason'}] "
    plain = (
        "$stale"
        if standing.status in (StepStatus.LATER, StepStatus.NEEDLESS)
        else "bold"
        if standing.status == StepStatus.CURRENT
        else ""
    )
    return Content.assemble((f"  {glyph} ", style), (f"{gate}{by}{scene.words(step.text)}", plain))


def step_details(scene: Scene, standing: StepProgress, keys: str) -> Content:
    """The present step: who does it, its commands, its evidence, what it waits for, and the keys."""
    step = standing.step
    who = WHO.get(step.who) or scene.at(step.who).name
    lines = [Content.assemble((f"{who}: ", "bold $primary"), (scene.words(step.text), "bold"))]
    lines += [Content.assemble(("  $ ", "$stale"), scene.words(command)) for command in step.commands]
    if standing.evidence:
        lines.append(Content.assemble(("now   ", "$stale"), standing.evidence))
    if step.check is not None:
        told = not isinstance(standing.missing, CannotTell)
        before = ("waits for ", "$warning") if told else ("CANNOT TELL: ", "$error bold")
        lines.append(Content.assemble(before, str(standing.missing)))
    if step.stop:
        lines.append(Content.assemble(("CAUTION: ", "$error bold"), scene.words(step.stop)))
    lines.append(Content.styled(keys, "$accent"))
    return Content("\n").join(lines)


def step_keys(scene: Scene, step: Step, missing: str = "") -> str:
    """The keys for the present step of a started runbook. `missing`: why its condition does not hold."""
    keys = []
    if step.remedy is not None:
        action, role, _ = step.remedy
        keys.append(f"Enter: run {action} on {scene.at(role).name}")
    if step.gate and step.by_word and isinstance(missing, CannotTell):
        keys.append("a gate that the console cannot judge: verify it yourself, then y")
    elif step.gate:
        keys.append("a gate: it opens automatically and cannot be skipped")
    elif step.check is None or step.remedy is None:
        keys += ["y: done", "s: skip"]
    else:
        keys += ["or by command, then y: done", "s: skip"]
    return "   ".join([*keys, "c: copy commands"] if step.commands else keys)
