"""The two clocks: which differences are steps, and what a step moves in the core."""

import random

import pytest

from dhcpserver.config.document import read
from dhcpserver.service.clock import Clock
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Inputs, Moment
from dhcpserver.wire.options4 import MessageType
from tests.service.standalone import CONFIGURATION, LINK, Client, Site


def test_the_first_reading_is_not_a_step_whatever_the_origins() -> None:
    clock = Clock()
    assert clock.read(Moment(1.7e9, 12.0)) == 0.0
    assert clock.read(Moment(1.7e9 + 5, 17.0)) == 0.0
    assert clock.steady(1.7e9 + 65) == pytest.approx(77.0)


def test_a_step_is_returned_once_and_moves_later_deadlines() -> None:
    clock = Clock()
    clock.read(Moment(1000.0, 0.0))
    assert clock.read(Moment(4610.0, 10.0)) == pytest.approx(3600.0)
    assert clock.read(Moment(4620.0, 20.0)) == 0.0
    assert clock.steady(4625.0) == pytest.approx(25.0)
    assert clock.read(Moment(1030.0, 30.0)) == pytest.approx(-3600.0)


def test_small_differences_are_ignored_until_they_add_up() -> None:
    clock = Clock()
    clock.read(Moment(1000.0, 0.0))
    steps = [clock.read(Moment(1000.0 + number * 1.06, number * 1.0)) for number in range(1, 3)]
    assert steps == [0.0, pytest.approx(0.12)]


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_an_offer_ends_after_its_time_when_the_clock_is_set(step: float) -> None:
    site = Site()
    client = Client(site, 1)
    site.turn(client.octets(MessageType.DISCOVER))
    assert site.core.book.pools["s1"].offered == 1
    turn = site.core.turn
    turn(Moment(site.now + 5 + step, site.now + 5), Inputs())
    assert site.core.book.pools["s1"].offered == 1
    due = site.core.deadline()
    assert due == pytest.approx(site.now + 10)
    turn(Moment(site.now + 10.1 + step, site.now + 10.1), Inputs())
    assert site.core.book.pools["s1"].offered == 0


@pytest.mark.parametrize(("step", "reported"), [(0.9, False), (1.1, True), (-1.1, True)])
def test_a_step_of_more_than_a_second_is_logged(step: float, reported: bool) -> None:
    core = Core(read(CONFIGURATION), bytes(16), "test")
    core.start(None, Moment(1e6, 50.0), random.Random(1))
    core.turn(Moment(1e6, 50.0), Inputs())
    lines = core.turn(Moment(1e6 + 10 + step, 60.0), Inputs()).lines
    assert [line.id for line in lines] == ([18126] if reported else [])
    assert [line.id for line in core.turn(Moment(1e6 + 20 + step, 70.0), Inputs()).lines] == []


def test_the_statistics_of_clients_and_relays_follow_the_clock() -> None:
    site = Site()
    client = Client(site, 1)
    site.turn(client.octets(MessageType.DISCOVER), arrival=LINK)
    pool = site.core.book.pools["s1"]
    pool.new_clients = 3
    site.wait(61)
    core = site.core
    core.turn(Moment(site.now - 86_400, site.now), Inputs())
    now = site.now - 86_400 + 120
    core.turn(Moment(now, site.now + 120), Inputs())
    assert core.watch.new_clients.recent("s1", now) == 3
    (relay,) = core.relays.recent(now)
    assert relay.clients == 1
    assert now - 240 < relay.last <= now
