"""Silences alarms by plan: of the configuration, and of those that operators planned in a console.

Only the process that collects does so. A silence is an observation like that of an operator, so the journal has it.
"""

from collections.abc import Callable, Sequence

from console.insight.alarms.plan_text import plans_of
from console.insight.alarms.planned import Plan, due_silences
from console.state.store import PictureStore


class Silencer:
    """Silences what is due. `may_act` is whether this process collects at present."""

    def __init__(self, configured: Sequence[Plan], store: PictureStore, may_act: Callable[[], bool]) -> None:
        self._configured = configured
        self._store = store
        self._may_act = may_act

    def silence_due(self) -> None:
        """Silence the alarms that a plan is about now."""
        if not self._may_act():
            return
        picture, now = self._store.picture, self._store.clock()
        for action in list(due_silences(plans_of(self._configured, picture.own.plans), picture, now)):
            self._store.observe(action)
