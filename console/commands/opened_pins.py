"""The notes and planned silences of the journal, opened for a command that may change them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from console.actions.audit import AuditLog
from console.actions.operator import this_operator
from console.actions.pins import PinActions
from console.journal.store import Journal
from console.model.observations import Observation
from console.settings.document import Settings
from console.settings.setup import empty_picture
from console.state.store import PictureStore
from console.state.zones import LocalZone


@dataclass(frozen=True, slots=True)
class OpenedPins:
    """The picture with the notes and plans, and the actions of the operator of this process."""

    store: PictureStore
    actions: PinActions


@contextmanager
def opened_pins(settings: Settings) -> Iterator[OpenedPins]:
    """Open the journal. What was changed is written to it at the end, unless the block fails. Raises JournalError."""
    journal = Journal.open(settings.journal_url)
    try:
        written: list[Observation] = []
        store = PictureStore(empty_picture(settings.pair), time.time, LocalZone(), written.append)
        store.judges = False
        store.recall(journal.pins_until(store.clock()))
        operator = this_operator(settings.console.operator)
        yield OpenedPins(store, PinActions(store, operator, AuditLog(settings.audit_log)))
        journal.append(written)
    finally:
        journal.close()
