"""The check of I5: what it excuses, and what it does not."""

from dataclasses import replace

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.service.turn import SetPartnerDown
from tests.simulation.checks.base import Violation
from tests.simulation.checks.reuse import Reuse
from tests.simulation.disk import Written
from tests.simulation.site import Site
from tests.simulation.test_findings import running
from tests.simulation.world import World


def alone() -> tuple[World, Reuse, Written]:
    """Return a main in PARTNER-DOWN, the check, and the change that frees the address of its new client."""
    world = running(Site(near=12, lease_time=300, mclt=60))
    world.backup.crash()
    world.run(5)
    world.main.submit(SetPartnerDown("pair", None, False, "jo"))
    world.run(1)
    assert world.main.state is State.PARTNER_DOWN
    lease = world.lease(2)
    assert lease is not None
    old = world.main.disk.rows[lease.address]
    assert old[4] > world.main.now + 30
    new = (old[0], int(Status.FREE), *old[2:4], 0, *old[5:])
    check = next(each for each in world.checks if isinstance(each, Reuse))
    return world, check, Written(old, new)


@pytest.mark.parametrize("left", [True, False])
def test_an_address_whose_client_left_after_a_nak_may_be_free(left: bool) -> None:
    """I5: the lease of a client that is still there may not be freed before its end."""
    world, check, change = alone()
    if left:
        check.lease_ended(client_key(*change.old[2:4]) if change.old else b"", change.new[0])
        check.stored(world.main, [change], None)
    else:
        with pytest.raises(Violation, match="may have it until"):
            check.stored(world.main, [change], None)


def test_a_takeover_that_is_over_excuses_nothing() -> None:
    """I5: the partner-down time stays in the record. Only in PARTNER-DOWN may a server free an address alone."""
    world, check, change = alone()
    world.backup.start()
    assert world.until_normal(600)
    record = world.main.disk.record
    assert record is not None
    world.main.disk.record = replace(record, partner_down_time=int(world.main.now) - 1000)
    world.main.before = State.NORMAL
    binding = check._bindings["main", change.new[0]]
    binding.promised, binding.over = 0, False
    ended = (*change.new[:1], int(Status.EXPIRED), *change.new[2:])
    with pytest.raises(Violation, match="the partner has not agreed"):
        check.stored(world.main, [Written(ended, change.new)], None)
