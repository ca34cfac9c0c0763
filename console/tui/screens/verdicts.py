"""Verdicts of guards as they are drawn on every screen of an action: what blocks first, then what asks."""

from collections.abc import Iterable

from textual.content import Content

from console.insight.guarded.row import Verdict


def verdict_lines(verdicts: Iterable[Verdict], *, passed: bool = True) -> list[Content]:
    """A line for each; without those that hold unless they are wanted."""
    lines = []
    for each in sorted(verdicts, key=lambda each: (each.passed, not each.hard)):
        if each.passed and passed:
            lines.append(Content.assemble(("✔ ", "$success"), each.text))
        elif each.passed:
            continue
        elif each.hard:
            lines.append(Content.assemble(("✘ BLOCKS ", "$error bold"), each.reason))
        else:
            lines.append(Content.assemble(("? ASKS   ", "$warning bold"), each.reason))
    return lines
