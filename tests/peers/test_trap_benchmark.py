"""The benchmark of trap receivers counts every trap of a small load, for both receivers."""

from pathlib import Path

import pytest

from benchmarks import traps
from benchmarks.trapload import traps as load
from benchmarks.trapreceivers import RECEIVERS, Received, Receiver
from snmp.codec import ber
from tests.peers.programs import program

pytestmark = [pytest.mark.peer, pytest.mark.live]


@pytest.mark.parametrize("receiver", [RECEIVERS[0], RECEIVERS[-1]], ids=lambda each: each.name)
def test_a_small_load_is_received_without_loss(receiver: Receiver, tmp_path: Path) -> None:
    program("snmptrapd")
    found = traps.probe(receiver, tmp_path, 500, 1_000, "distinct", True)
    assert (found.lost, found.received.lines, found.kept_up, found.adds_up) == (0, 500, True, True)
    assert found.received.kernel_drops == 0
    assert 0.4 < found.seconds < 5.0
    assert found.cpu > 0.0


def test_the_traps_of_the_load_differ_in_the_scope_only() -> None:
    distinct = load(3, True)
    assert len({ber.decode(octets).varbinds for octets in distinct}) == 3
    assert len({len(octets) for octets in distinct}) == 1
    assert len(set(load(3, False))) == 1


def test_counters_that_do_not_add_up_are_detected() -> None:
    counters = {"received": 9, "decoded": 5, "coalesced": 1, "rejected": 0, "dropped": 3, "kernel_drops": 1}
    assert Received(6, 5, counters, 1).adds_up(10)
    assert not Received(6, 5, counters, 1).adds_up(11)
    assert not Received(5, 5, counters, 1).adds_up(10)
    assert not Received(6, 5, {**counters, "dropped": 2}, 1).adds_up(10)
    assert Received(6, 5, counters, 1).drops(10) == "1 kernel, 3 receiver, counted"
