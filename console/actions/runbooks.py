"""What a person does to a runbook: into the audit log first, then observed, so that every console and replay sees it.

No server is changed by it: a console that may only read may follow a runbook too, a replay may not.
"""

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.insight.runbooks.progress import Standing, StepStatus, started
from console.insight.runbooks.steps import Runbook, Scene, left_to_serve
from console.model.observations import OperatorAction
from console.model.picture import MarkHow
from console.model.runbook_marks import END, START, STEP
from console.model.times import rfc3339
from console.state.store import PictureStore


class RunbookActions:
    """Ticks of one person. Every method raises AuditError, and then nothing was ticked."""

    def __init__(self, store: PictureStore, operator: Operator, audit: AuditLog | None) -> None:
        self._store = store
        self._operator = operator
        self._audit = audit

    def start(self, book: Runbook, pair: str) -> None:
        """Somebody follows it from now on. Which server is left to serve is settled here, for all its steps."""
        picture, now = self._store.pair(pair), self._store.clock()
        self._tell(pair, START, book.name, {"server": left_to_serve(picture, now)})

    def tick(self, book: Runbook, pair: str, scene: Scene, standing: Standing, how: MarkHow) -> None:
        """A step is done, or skipped. A gate is neither: it holds or not. What is said to be done and is not seen to
        be is recorded as that, with what was seen."""
        step = standing.step
        if step.gate and how is not MarkHow.SEEN:
            return
        said = {"how": str(how), "comment": f"{how}: {scene.words(step.text)}"}
        if how is MarkHow.DONE and standing.missing:
            saw = f"{MarkHow.UNSEEN}, the console saw: {standing.missing}"
            said = {"how": str(MarkHow.UNSEEN), "saw": standing.missing, "comment": f"{saw}: {scene.words(step.text)}"}
        self._tell(pair, STEP, f"{book.name}/{step.key}", said)

    def keep(self, book: Runbook, pair: str, scene: Scene, standings: tuple[Standing, ...]) -> bool:
        """Keep what ticked itself, of a runbook that is followed; whether there was anything."""
        if started(book, self._store.pair(pair)) is None:
            return False
        found = [each for each in standings if each.status is StepStatus.DONE and each.mark is None]
        for standing in found:
            self.tick(book, pair, scene, standing, MarkHow.SEEN)
        return bool(found)

    def end(self, book: Runbook, pair: str) -> None:
        """It is over, or given up."""
        self._tell(pair, END, book.name, {})

    def _tell(self, pair: str, action: str, subject: str, said: dict[str, str]) -> None:
        at, who = self._store.clock(), self._operator
        if self._audit is not None:
            by = {"operator": who.name, "origin": who.origin, "host": who.host}
            what = {"event": "done", "action": action, "pair": pair, "runbook": subject}
            self._audit.record({"at": rfc3339(at), **by, **what, **said})
        self._store.observe(OperatorAction(at, pair, who.name, action, subject, said))
