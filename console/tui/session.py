"""The state of one operator at one terminal."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.actions.access import Access
from console.actions.alarms import AlarmActions
from console.actions.audit import AuditLog
from console.actions.inquiries import Inquiries
from console.actions.operator import Operator
from console.insight.wording import MINUTE, countdown
from console.model.picture import Alarm
from console.settings import paths
from console.settings.outline import Attention
from console.state.replay import Player
from console.state.store import PictureStore
from console.tui.navigation import Navigator, NoNavigator

if TYPE_CHECKING:
    from console.actions.execute import ActionRunner
    from console.actions.pins import PinActions
    from console.actions.runbooks import RunbookActions
    from console.incidents.saving import Incidents
    from console.insight.alarm_quality.measures import Quality
    from console.journal.history import Histories
    from console.model.observations import Observation

EXPERT_SECONDS = 15 * MINUTE
"""Expert mode ends after this time, so that it is off at the next incident."""

DECISION_SECONDS = 0.15
"""An Enter that follows the last letter sooner was pasted with it, or arrived with it over a slow line."""


def _no_trouble() -> str | None:
    return None


@dataclass(slots=True)
class Session:
    """The state that the screens of one operator share.

    `colours`: the header's background by pair, where one is configured. `actions`: by pair, for the pairs that
    accept actions; empty in a replay. `runbook_actions` returns what records the steps of runbooks. `trouble`: a
    failure of the console itself, None if there is none. `inquiries` requests leases and configurations; None in a
    replay. `incidents` saves incidents, `incident_folder` has those that were saved, and `histories` reads what was
    recorded (None: nothing is recorded). `quality` measures the alarms of a range, `shift_actions` reads what was done
    in it, and `pin_actions` returns what pins notes. `logs`: the log files on this host, by pair and server.
    `navigator` opens other screens. `access`: whether anything can be changed. `command` starts this program in another
    process. `decision_seconds`: an Enter that follows the last letter sooner is ignored. `starting`: the first
    facts are not on the screen yet; what needs further modules is drawn after them.
    """

    store: PictureStore
    actions: "Mapping[str, ActionRunner]" = field(default_factory=dict)
    writable: Mapping[str, bool] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    operator: str = "operator"
    player: Player | None = None
    alarm_actions: AlarmActions | None = None
    runbook_actions: "Callable[[], RunbookActions] | None" = None
    attention: Attention = "off"
    trouble: Callable[[], str | None] = _no_trouble
    incidents: "Incidents | None" = None
    incident_folder: Path = field(default_factory=paths.incidents)
    histories: "Histories | None" = None
    quality: "Callable[[float, float], Quality] | None" = None
    shift_actions: "Callable[[float, float], Sequence[Observation]] | None" = None
    pin_actions: "Callable[[], PinActions] | None" = None
    inquiries: Inquiries | None = None
    logs: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    navigator: Navigator = field(default_factory=NoNavigator)
    command: Sequence[str] = ()
    access: Access = Access.OPERATE
    decision_seconds: float = DECISION_SECONDS
    complaints: list[str] = field(default_factory=list)
    starting: bool = False
    _expert_until: float | None = None

    @property
    def now(self) -> float:
        return self.store.clock()

    @property
    def expert(self) -> bool:
        """Whether expert mode is on and has not expired (R-149)."""
        return self._expert_until is not None and self.now < self._expert_until

    def toggle_expert(self) -> None:
        """Switch expert mode on for fifteen minutes, or off."""
        self._expert_until = None if self.expert else self.now + EXPERT_SECONDS

    @property
    def unchangeable(self) -> str:
        """Why nothing can be changed here; empty if something can."""
        if self.player is not None:
            return "off in a replay"
        return "off in a watch-only console" if self.access is Access.WATCH_ONLY else ""

    @property
    def fallback_log(self) -> AuditLog | None:
        """The audit log of a session that was given no actions: none, or one that refuses."""
        return None if self.access is Access.OPERATE else AuditLog(Path(os.devnull), self.access)

    def mode(self, pair: str) -> str:
        """The permissions and the mode for the header."""
        if self.player is not None:
            return "REPLAY"
        if self.access is Access.WATCH_ONLY:
            return "WATCH-ONLY"
        words = "WRITE" if self.writable.get(pair) else "READ-ONLY"
        if self.expert and self._expert_until is not None:
            words += f"  EXPERT {countdown(self._expert_until - self.now)}"
        return words

    def act_on_alarms(self, action: str, alarms: Sequence[Alarm], **detail: Any) -> None:
        """Run an action on alarms of any pair and of the console. Raises AuditError. Does nothing in a replay."""
        if self.player is not None:
            return
        actor = self.alarm_actions or AlarmActions(self.store, Operator(self.operator, "", ""), self.fallback_log)
        for pair in (*self.store.picture.pairs.values(), self.store.picture.own):
            actor.take(action, pair.name, [alarm for alarm in alarms if alarm.id in pair.alarms], **detail)
