"""Shares of a main that became the backup: what its partner has not acknowledged is not its own."""

import random
from dataclasses import replace

import pytest

from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from tests.failover.books import FIRST, NOW, book, bound, lease_of
from tests.settings import pair_settings
from tests.simulation.batch import run

AS_MAIN = FailoverRecord(State.NORMAL, NOW, main=True, mclt=3600)


def given_away() -> Book:
    """Of three addresses one was given to the partner with its acknowledgement, one without, and one is leased."""
    subject = book(4)
    for number in (0, 1):
        subject.set_status(lease_of(subject, FIRST + number), Status.BACKUP, NOW)
        lease_of(subject, FIRST + number).needs_update = number == 0
    bound(subject, 2).needs_update = True
    return subject


def start(subject: Book, record: FailoverRecord | None, *, main: bool) -> Endpoint:
    return Endpoint(pair_settings(main=main), subject, record, NOW + 9, random.Random(1), frozenset())


def statuses(subject: Book) -> list[Status]:
    return [lease_of(subject, FIRST + number).status for number in range(3)]


KEPT = [Status.BACKUP, Status.BACKUP, Status.ACTIVE]
TAKEN_BACK = [Status.FREE, Status.BACKUP, Status.ACTIVE]


@pytest.mark.parametrize(
    ("record", "main", "expected"),
    [
        (AS_MAIN, False, TAKEN_BACK),
        (AS_MAIN, True, KEPT),
        (replace(AS_MAIN, main=False), False, KEPT),
        (replace(AS_MAIN, main=False, exchanged=True), False, TAKEN_BACK),
        (None, False, KEPT),
    ],
)
def test_a_former_main_takes_back_what_was_not_acknowledged(
    record: FailoverRecord | None, main: bool, expected: list[Status]
) -> None:
    """I3, R-205: the partner, now the main, has such an address FREE as its own share. The record says so until both
    are NORMAL, since a crash can come after it was stored and before the leases were."""
    subject = given_away()
    start(subject, record, main=main)
    assert statuses(subject) == expected
    assert lease_of(subject).needs_update


def test_the_course_of_events_that_found_it() -> None:
    """I3: roles exchanged before an update of the balance was sent, then Set Partner Down at the new main."""
    outcome = run(1804)
    assert outcome.violation is None
