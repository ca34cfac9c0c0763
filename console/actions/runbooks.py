"""An operator's marks in runbooks: written to the audit log first, then observed, so that every console receives them.

No server is changed, so a read-only console may follow a runbook too; a replay may not.
"""

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.insight.reasons import CannotTell
from console.insight.runbooks.progress import StepProgress, StepStatus, started
from console.insight.runbooks.steps import Runbook, Scene, Step, left_to_serve
from console.model.observations import OperatorAction
from console.model.picture import MarkHow
from console.model.runbook_marks import END, START, STEP, UNTICK
from console.model.times import rfc3339
from console.state.store import PictureStore


class RunbookActions:
    """The marks of one operator. Every method raises AuditError; then nothing was marked."""

    def __init__(self, store: PictureStore, operator: Operator, audit: AuditLog | None) -> None:
        self._store = store
        self._operator = operator
        self._audit = audit

    def start(self, book: Runbook, pair: str) -> None:
        """Start a runbook. The server that is left to serve is chosen here, for all steps."""
        picture, now = self._store.pair(pair), self._store.clock()
        self._record(pair, START, book.name, {"server": left_to_serve(picture, now)})

    def tick(
        self, book: Runbook, pair: str, scene: Scene, standing: StepProgress, how: MarkHow, reason: str = ""
    ) -> None:
        """Mark a step as done or skipped.

        A person can mark a gate only as done, and only where a person's word opens it and the console cannot tell
        whether its condition holds. A skipped step needs a reason. A step that is marked as done although its condition
        does not hold is recorded so, with what was seen.
        """
        step = standing.step
        by_word = step.by_word and how is MarkHow.DONE and isinstance(standing.missing, CannotTell)
        if step.gate and how is not MarkHow.SEEN and not by_word:
            return
        if how is MarkHow.SKIPPED and not reason:
            return
        because = f" because {reason}" if reason else ""
        detail = {"how": str(how), "comment": f"{how}{because}: {scene.words(step.text)}"}
        if reason:
            detail["reason"] = reason
        if how is MarkHow.DONE and standing.missing:
            saw = f"{MarkHow.UNSEEN}, the console saw: {standing.missing}"
            detail = {
                "how": str(MarkHow.UNSEEN),
                "saw": standing.missing,
                "comment": f"{saw}: {scene.words(step.text)}",
            }
        self._record(pair, STEP, f"{book.name}/{step.key}", detail)

    def untick(self, book: Runbook, pair: str, scene: Scene, step: Step) -> None:
        """Take the mark of a step back."""
        self._record(pair, UNTICK, f"{book.name}/{step.key}", {"comment": f"taken back: {scene.words(step.text)}"})

    def keep(self, book: Runbook, pair: str, scene: Scene, standings: tuple[StepProgress, ...]) -> bool:
        """Record the steps of an active runbook whose conditions hold; return whether there were any."""
        if started(book, self._store.pair(pair)) is None:
            return False
        found = [each for each in standings if each.status is StepStatus.DONE and each.mark is None]
        for standing in found:
            self.tick(book, pair, scene, standing, MarkHow.SEEN)
        return bool(found)

    def end(self, book: Runbook, pair: str) -> None:
        """End a runbook, complete or not."""
        self._record(pair, END, book.name, {})

    def _record(self, pair: str, action: str, subject: str, detail: dict[str, str]) -> None:
        at, who = self._store.clock(), self._operator
        if self._audit is not None:
            by = {"operator": who.name, "origin": who.origin, "host": who.host}
            what = {"event": "done", "action": action, "pair": pair, "runbook": subject}
            self._audit.record({"at": rfc3339(at), **by, **what, **detail})
        self._store.observe(OperatorAction(at, pair, who.name, action, subject, detail))
