"""The marks in runbooks. Every console that reads the journal, and every replay, folds the same marks.

runbook-start    it is started: its earlier marks are removed
runbook-step     a step is done, skipped, or was seen to hold; `subject` is `RUNBOOK/STEP`
runbook-untick   the mark of a step is taken back
runbook-end      it is ended, complete or not
"""

from dataclasses import replace

from console.model.observations import OperatorAction
from console.model.picture import Mark, MarkHow, PairPicture

START, STEP, UNTICK, END = "runbook-start", "runbook-step", "runbook-untick", "runbook-end"
TICKS = (START, STEP, UNTICK, END)


def mark_how(word: object) -> MarkHow:
    """The way that a word of the journal names; DONE for a word of another version."""
    try:
        return MarkHow(str(word))
    except ValueError:
        return MarkHow.DONE


def marked(pair: PairPicture, seen: OperatorAction) -> PairPicture:
    """The pair after an action on a runbook."""
    if seen.action not in TICKS:
        return pair
    book, _, step = seen.subject.partition("/")
    how = mark_how(seen.detail.get("how"))
    reason = str(seen.detail.get("reason") or "")
    mark = Mark(seen.at, seen.operator, how, str(seen.detail.get("server") or ""), reason)
    if seen.action == UNTICK:
        return replace(pair, marks={key: each for key, each in pair.marks.items() if key != seen.subject})
    if seen.action == STEP:
        return replace(pair, marks={**pair.marks, f"{book}/{step}": mark})
    others = {key: each for key, each in pair.marks.items() if key.partition("/")[0] != book}
    return replace(pair, marks={**others, f"{book}/": mark} if seen.action == START else others)
