"""The endpoint's record while it runs: each change is stored, except in STARTUP."""

from dataclasses import replace

from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.states import State
from tests.failover.books import NOW

RECORD = FailoverRecord(State.NORMAL, NOW, True)


def test_stores_nothing_in_startup() -> None:
    """RFC 8156 section 8.3.2, step 1."""
    current = CurrentRecord(RECORD)
    current.set(replace(RECORD, last_operational=NOW))
    assert current.take_store() is None


def test_stores_the_changes_of_startup_with_the_state_that_follows() -> None:
    current = CurrentRecord(RECORD)
    current.set(replace(RECORD, last_contact=NOW))
    current.enter(State.COMMUNICATIONS_INTERRUPTED, NOW + 10, State.STARTUP)
    store = current.take_store()
    assert store == Store(
        replace(
            RECORD,
            state=State.COMMUNICATIONS_INTERRUPTED,
            since=NOW + 10,
            previous=State.STARTUP,
            last_contact=NOW,
        )
    )


def test_stores_each_change_once() -> None:
    current = CurrentRecord(RECORD)
    current.enter(State.NORMAL, NOW, State.STARTUP)
    current.take_store()
    assert current.take_store() is None
    current.set(replace(current.value, last_contact=NOW))
    assert current.take_store() == Store(current.value)
