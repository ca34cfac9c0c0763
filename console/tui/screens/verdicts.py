"""The verdicts of guards as lines: first those that block, then those that the operator must confirm."""

from collections.abc import Iterable

from textual.content import Content

from console.insight.guarded.decision import Decided, decision, in_order
from console.insight.guarded.row import Held, Verdict


def verdict_lines(verdicts: Iterable[Verdict], *, passed: bool = True) -> list[Content]:
    """A line for each verdict; with `passed`, also for guards that passed."""
    lines = []
    for each in in_order(tuple(verdicts)):
        if each.passed and passed:
            lines.append(Content.assemble(("✔ ", "$success"), each.text))
        elif each.passed:
            continue
        elif each.blocks and each.held is Held.CANNOT_TELL:
            lines.append(Content.assemble(("? BLOCKED, CANNOT TELL ", "$error bold"), each.reason))
        elif each.blocks:
            lines.append(Content.assemble(("✘ BLOCKED ", "$error bold"), each.reason))
        else:
            lines.append(Content.assemble(("? CONFIRM ", "$warning bold"), each.reason))
    return lines


STYLES = {
    Decided.BLOCKED: ("✘ ", "$error bold"),
    Decided.INCOMPLETE: ("… ", "$warning bold"),
    Decided.CONFIRM: ("? ", "$warning bold"),
    Decided.ALLOWED: ("✔ ", "$success"),
}


def decision_line(verdicts: Iterable[Verdict], *, typing: bool = False) -> Content:
    """The decision in one line, for the top of a screen."""
    found = decision(tuple(verdicts), typing=typing)
    sign, style = STYLES[found.decided]
    return Content.styled(f"{sign}{found.line}", style)
