"""An operator's notes on a pair and planned silences: written to the audit log first, then observed.

No server is changed, so a read-only console may do this too; a replay may not.
"""

from typing import Any

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.insight.alarms.plan_text import plan_detail
from console.insight.alarms.planned import Plan
from console.model.observations import OperatorAction
from console.model.picture import OWN
from console.model.pins import PIN, PLAN, UNPIN, UNPLAN
from console.model.times import rfc3339
from console.state.store import PictureStore


class PinActions:
    """The notes and plans of one operator. Every method raises AuditError; then nothing was changed."""

    def __init__(self, store: PictureStore, operator: Operator, audit: AuditLog | None) -> None:
        self._store = store
        self._operator = operator
        self._audit = audit

    def pin(self, pair: str, text: str) -> None:
        """Pin a note to a pair."""
        at = self._store.clock()
        self._take(pair, PIN, f"{int(at * 1000):x}-{self._operator.name}", {"text": text, "comment": text, "at": at})

    def unpin(self, pair: str, note: str) -> None:
        """Remove a note, by its id."""
        text = self._store.pair(pair).notes[note].text
        self._take(pair, UNPIN, note, {"comment": text})

    def plan(self, plan: Plan) -> None:
        """Plan a silence, in place of one of the same name."""
        self._take(OWN, PLAN, plan.name, plan_detail(plan, self._store.clock()))

    def unplan(self, name: str) -> None:
        """Remove a planned silence."""
        self._take(OWN, UNPLAN, name, {})

    def _take(self, pair: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        at, who = self._store.clock(), self._operator
        if self._audit is not None:
            by = {"operator": who.name, "origin": who.origin, "host": who.host}
            what = {"event": "done", "action": action, "pair": pair, "subject": subject}
            self._audit.record({"at": rfc3339(at), **by, **what, "detail": detail})
        self._store.observe(OperatorAction(at, pair, who.name, action, subject, detail))
