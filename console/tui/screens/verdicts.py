"""The verdicts of guards as lines: what blocks first, then what the operator must confirm."""

from collections.abc import Iterable

from textual.content import Content

from console.insight.guarded.row import Verdict


def verdict_lines(verdicts: Iterable[Verdict], *, passed: bool = True) -> list[Content]:
    """A line for each verdict; `passed`: also for those that hold."""
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
