"""What a person does to alarms: into the audit log first, then observed, so that every console hears of it.

No server is changed by it, so a console that may only read may do it too; a replay may not.
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
    """Deeds (console.model.alarm_actions) of one person."""

    def __init__(self, store: PictureStore, operator: Operator, audit: AuditLog | None) -> None:
        self._store = store
        self._audit = audit
        self.operator = operator

    def take(self, action: str, pair: str, alarms: Sequence[Alarm], **detail: Any) -> None:
        """Do it to these alarms of a pair. Raises AuditError, and then nothing was done."""
        if not alarms:
            return
        at = self._store.clock()
        ids = [alarm.id for alarm in alarms]
        subject = ids[0] if len(ids) == 1 else alarms[0].kind
        said = {name: value for name, value in detail.items() if value not in (None, "")}
        if len(ids) > 1:
            said["alarms"] = ids
        if self._audit is not None:
            who = {"operator": self.operator.name, "origin": self.operator.origin, "host": self.operator.host}
            what = {"event": "done", "action": action, "pair": pair, "alarms": ids}
            until: dict[str, Any] = {"until": rfc3339(said["until"])} if "until" in said else {}
            words: dict[str, Any] = {name: said[name] for name in ("comment", "reason") if name in said}
            self._audit.record({"at": rfc3339(at), **who, **what, **until, **words})
        self._store.observe(OperatorAction(at, pair, self.operator.name, action, subject, said))
