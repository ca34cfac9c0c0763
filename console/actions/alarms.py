"""An operator's actions on alarms: written to the audit log first, then observed, so that every console receives them.

No server is changed, so a read-only console may do this too; a replay may not.
"""

from collections.abc import Sequence
from typing import Any

from console.actions.audit import AuditLog
from console.actions.operator import Operator
from console.model.observations import OperatorAction
from console.model.picture import Alarm
from console.model.times import rfc3339
from console.state.store import PictureStore


class AlarmActions:
    """The actions of console.model.alarm_actions for one operator."""

    def __init__(self, store: PictureStore, operator: Operator, audit: AuditLog | None) -> None:
        self._store = store
        self._audit = audit
        self.operator = operator

    def take(self, action: str, pair: str, alarms: Sequence[Alarm], **detail: Any) -> None:
        """Apply an action to these alarms of a pair. Raises AuditError; then nothing was done."""
        if not alarms:
            return
        at = self._store.clock()
        ids = [alarm.id for alarm in alarms]
        subject = ids[0] if len(ids) == 1 else alarms[0].kind
        given = {name: value for name, value in detail.items() if value not in (None, "")}
        if len(ids) > 1:
            given["alarms"] = ids
        if self._audit is not None:
            who = {"operator": self.operator.name, "origin": self.operator.origin, "host": self.operator.host}
            what = {"event": "done", "action": action, "pair": pair, "alarms": ids}
            until: dict[str, Any] = {"until": rfc3339(given["until"])} if "until" in given else {}
            words: dict[str, Any] = {name: given[name] for name in ("comment", "reason") if name in given}
            self._audit.record({"at": rfc3339(at), **who, **what, **until, **words})
        self._store.observe(OperatorAction(at, pair, self.operator.name, action, subject, given))
