"""The benchmark of outages: real faults, survivors that serve, and a returning partner that gets all leases."""

from pathlib import Path

import pytest

from benchmarks import catchup, outages
from benchmarks.outages import ADDRESSES, Fault, Start
from tests.peers.programs import need_root, program


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize(
    ("start", "fault"),
    [(outages.ours, outages.kill_main), (outages.ours, outages.cut_main), (outages.theirs, outages.cut_main)],
    ids=["ours, kill_main", "ours, cut off", "ISC's, cut off"],
)
def test_a_new_client_waits_until_the_survivor_detects_the_fault(tmp_path: Path, start: Start, fault: Fault) -> None:
    """R-009, R-011: before the fault the backup serves no new client, after it the first one that it receives."""
    need_root()
    program("ip")
    program("dhcpd")
    assert len(ADDRESSES) == 3
    assert outages.wait(start, fault, tmp_path / "pair") > 0


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize("wiped", [False, True])
def test_a_returning_partner_receives_all_leases_that_it_missed(
    tmp_path: Path, wiped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-010, R-195: with its disk or without, while clients are served."""
    need_root()
    program("ip")
    for name, value in (("MISSED_RATE", 500), ("MEANWHILE_RATE", 100), ("SPARE", 1_500)):
        monkeypatch.setattr(catchup, name, value)
    caught = catchup.measure(tmp_path / "pair", program("perfdhcp"), 1_000, wiped=wiped)
    assert caught.sent >= caught.leases >= 990
    assert caught.probe.counts.acks > 0
    assert 0 < caught.memory_before <= caught.memory_main
