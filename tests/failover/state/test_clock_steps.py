"""Steps of a server's clock: intervals last as long as without them. Two real servers in virtual time."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Contact
from tests.failover.books import MAC, book, lease_of
from tests.failover.scripted import Bench, bench_in
from tests.simulation.host import Host
from tests.simulation.site import Site
from tests.simulation.world import World

HOUR, DAY = 3600.0, 86_400.0


def normal_pair(**site: object) -> World:
    world = World(clients=0, site=Site(**site), checks=())  # type: ignore[arg-type]
    world.start()
    assert world.until_normal()
    world.run(60)
    return world


def host(world: World, name: str) -> Host:
    return world.main if name == "main" else world.backup


@pytest.mark.parametrize("name", ["main", "backup"])
@pytest.mark.parametrize(("error", "seconds"), [(HOUR, 15), (DAY, 30), (-HOUR, 15), (-DAY, 30)])
def test_a_clock_that_is_wrong_for_seconds_keeps_the_servers_apart_for_a_minute(
    name: str, error: float, seconds: float
) -> None:
    """An hour ahead for 15 s made that server not dial for an hour, and its partner entered PARTNER-DOWN."""
    world = normal_pair(use_safe_period=True, safe_period=600)
    host(world, name).error = error
    world.run(seconds)
    host(world, name).error = 0.0
    assert world.run(150, lambda: world.both_normal() and not host(world, name).error)
    world.run(700)
    assert world.both_normal()
    for server in ("main", "backup"):
        assert "PARTNER-DOWN" not in world.traced(server, since=300)


@pytest.mark.parametrize("name", ["main", "backup"])
@pytest.mark.parametrize("error", [6 * HOUR, -6 * HOUR])
def test_startup_with_a_wrong_clock_lasts_as_long_as_with_a_right_one(name: str, error: float) -> None:
    """A server that starts 6 h ahead and is put right after 3 s was silent in STARTUP for 6 h."""
    world = normal_pair()
    host(world, name).crash()
    world.run(5)
    host(world, name).error = error
    host(world, name).start()
    world.run(3)
    host(world, name).error = 0.0
    assert world.until_normal(120)


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY, 1.5])
def test_the_safe_period_has_its_length_whatever_the_clock_is_set_to(step: float) -> None:
    world = normal_pair(use_safe_period=True, safe_period=4 * 3600)
    world.link.cut()
    assert world.run(120, lambda: world.main.state is State.COMMUNICATIONS_INTERRUPTED)
    began = world.timeline.now
    world.run(HOUR)
    world.main.error = step
    assert not world.run(3 * HOUR - 200, lambda: world.main.state is State.PARTNER_DOWN)
    assert world.run(400, lambda: world.main.state is State.PARTNER_DOWN)
    assert world.timeline.now - began == pytest.approx(4 * HOUR, abs=2)


def test_a_safe_period_survives_a_clock_that_is_wrong_for_a_while() -> None:
    world = normal_pair(use_safe_period=True, safe_period=4 * 3600)
    world.link.cut()
    assert world.run(120, lambda: world.main.state is State.COMMUNICATIONS_INTERRUPTED)
    began = world.timeline.now
    for error in (DAY, 0.0, -DAY, 0.0):
        world.run(600)
        world.main.error = error
    assert world.run(4 * HOUR, lambda: world.main.state is State.PARTNER_DOWN)
    assert world.timeline.now - began == pytest.approx(4 * HOUR, abs=2)
    endpoint = world.main.core.endpoint
    assert endpoint is not None
    down = endpoint.view(world.main.now).partner_down_time
    assert down == pytest.approx(world.main.now - 4 * HOUR, abs=3)


@pytest.mark.parametrize("errors", [(DAY,), (-DAY,), (DAY, 0.0), (-DAY, 0.0)])
def test_recover_wait_is_never_over_early(errors: tuple[float, ...]) -> None:
    world = normal_pair(mclt=1800, safe_period=600)
    world.backup.crash()
    world.backup.disk.lose(b"new".ljust(16, b"\0"))
    world.run(30)
    world.backup.start()
    assert world.run(120, lambda: world.backup.state is State.RECOVER_WAIT)
    began = world.timeline.now
    for error in errors:
        world.run(300)
        world.backup.error = error
    assert world.run(3700, lambda: world.backup.state is not State.RECOVER_WAIT)
    lasted = world.timeline.now - began
    assert 1750 <= lasted <= 1800 + 600 + 20
    if len(errors) == 2 and errors[0] > 0:
        assert lasted == pytest.approx(1800, abs=60), "a step and its reverse leave the end where it was"


def test_the_steps_are_logged_and_smaller_ones_are_not() -> None:
    world = normal_pair()
    count = len([line for line in world.log.lines() if "clock of this server was set" in line])
    assert not count
    world.main.error = 0.9
    world.run(20)
    assert not any("clock of this server was set" in line for line in world.log.lines())
    world.main.error = 2.4
    world.run(20)
    (line,) = [line for line in world.log.lines() if "clock of this server was set" in line]
    assert "forward by 1.5 s" in line
    world.main.error = 0.0
    world.run(20)
    assert any("set back by 2.4 s" in line for line in world.log.lines())


@pytest.mark.parametrize(("step", "contacts"), [(HOUR, 1), (-HOUR, 0)])
def test_contact_is_sent_at_once_after_a_step_forward(step: float, contacts: int) -> None:
    """The machine may have been suspended for hours: it must find at once that the partner closed the connection."""
    bench = bench_in(State.NORMAL)
    bench.now += step
    bench.turn(lambda now: bench.core.shift_clock(step, now))
    assert len(bench.take(Contact)) == contacts
    assert bench.core.communications_ok
    view = bench.core.view(bench.now)
    assert view.last_contact == pytest.approx(bench.now)


@pytest.mark.parametrize("restarts", [True, False])
def test_times_of_a_clock_that_was_ahead_are_corrected_when_it_is_right(restarts: bool) -> None:
    """A start in the future is later than all that the partner sends: updates went to and fro without end."""
    subject = book()
    lease = lease_of(subject)
    subject.set_client(lease, None, MAC)
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    subject.set_status(lease, Status.FREE, int(bench.now + 2 * HOUR))
    lease.cltt = int(bench.now + 2 * HOUR)
    if restarts:
        bench = Bench(True, bench.records[-1], subject)
    else:
        bench.turn(lambda now: bench.core.shift_clock(-2 * HOUR, now))
    assert lease in bench.stored
    assert (lease.sos, lease.cltt) == (bench.now, bench.now)
