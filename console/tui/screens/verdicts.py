"""The verdicts of guards as lines: first those that block, then those that the operator must confirm."""

from collections.abc import Iterable

from textual.content import Content

from console.insight.guarded.row import Verdict


def verdict_lines(verdicts: Iterable[Verdict], *, passed: bool = True) -> list[Content]:
    """A line for each verdict; with `passed`, also for guards that passed."""
    lines = []
    for each in sorted(verdicts, key=lambda each: (each.passed, not each.hard)):
        if each.passed and passed:
            lines.append(Content.assemble(("✔ ", "$success"), each.text))
        elif each.passed:
            continue
        elif each.hard:
            lines.append(Content.assemble(("✘ BLOCKED ", "$error bold"), each.reason))
        else:
            lines.append(Content.assemble(("? CONFIRM ", "$warning bold"), each.reason))
    return lines
