"""The share of a main that became the backup: without the partner's acknowledgement it is not its own."""

from dataclasses import replace

import pytest

from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.failover.books import FIRST, NOW, book, lease_of, outgoing
from tests.settings import pair_settings
from tests.simulation.batch import run


def rules(state: State, *, main: bool, exchanged: bool, down_time: float = 0.0) -> tuple[LeaseRules, bool, bool]:
    """The rules, whether a free address of the own share has a source, and whether its former client may have it."""
    subject = book(4)
    lease = lease_of(subject)
    subject.set_status(lease, Status.FREE if main else Status.BACKUP, NOW)
    settings = replace(pair_settings(main=main), mclt=100)
    found = LeaseRules(settings, subject, outgoing(subject, main))
    found.enter(state, down_time, down_time, 100, exchanged=exchanged)
    pool = subject.pools["scope"]
    now = NOW + 50.0
    return found, any(FIRST in each for each in found.sources(pool, now)), found.may_give(lease, b"key", now)


@pytest.mark.parametrize("state", [State.NORMAL, State.COMMUNICATIONS_INTERRUPTED])
@pytest.mark.parametrize(
    ("main", "exchanged", "expected"),
    [(False, True, False), (False, False, True), (True, True, True), (True, False, True)],
)
def test_a_former_main_withholds_its_share(state: State, main: bool, exchanged: bool, expected: bool) -> None:
    """I3, R-205: the partner, now the main, may have these addresses FREE as its own share."""
    _, source, given = rules(state, main=main, exchanged=exchanged)
    assert (source, given) == (expected, expected)


@pytest.mark.parametrize(("down_time", "expected"), [(NOW - 60.0, True), (NOW - 40.0, False)])
def test_in_partner_down_it_uses_it_as_it_uses_the_share_of_the_partner(down_time: float, expected: bool) -> None:
    """R-205: MCLT after the partner-down time."""
    _, source, given = rules(State.PARTNER_DOWN, main=False, exchanged=True, down_time=down_time)
    assert (source, given) == (expected, expected)


@pytest.mark.parametrize("seed", [1804, 535])
def test_the_courses_of_events_that_found_it(seed: int) -> None:
    """I3. 1804: roles exchanged before an update of the balance was sent, then Set Partner Down at the new main. 535:
    roles exchanged twice, so that addresses that had only been taken back in the store were given again."""
    assert run(seed).violation is None
