"""The benchmarks measure what they say: the search, perfdhcp's reports, and a peer that is really up."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import isc, perfdhcp, search
from benchmarks.network import Network, network
from benchmarks.pair import CpuSeconds
from benchmarks.perfdhcp import Counts, Probe
from tests.peers.programs import program

REPORT = """\
***Rate statistics***
Rate: 1.5 4-way exchanges/second, expected rate: 2

***Statistics for: DISCOVER-OFFER***
sent packets: 4
received packets: 3
drops: 1
drops ratio: 25 %

***Statistics for: REQUEST-ACK***
sent packets: 3
received packets: 3
drops: 0

***Timestamps for packets: DISCOVER-OFFER***
sent / received: 000000.000078 / 000001.022702

***Timestamps for packets: REQUEST-ACK***
sent / received: 000000.000000 / 000000.004000
sent / received: 000001.000000 / 000001.001500
sent / received: 000002.000000 / 000002.002500
"""


@dataclass(frozen=True)
class Measured:
    passed: bool
    rate: int


@given(st.integers(0, 5_000), st.integers(1, 500))
def test_the_search_ends_between_a_rate_that_passes_and_one_that_does_not(limit: int, first: int) -> None:
    found = search.highest(lambda rate: Measured(rate <= limit, rate), first, 4_000, 0.1)
    if found.best is not None:
        assert found.best.rate <= limit
    if limit >= 4_000:
        assert found.best is not None
        assert (found.best.rate, found.failed) == (4_000, None)
        return
    assert found.failed is not None
    low = 0 if found.best is None else found.best.rate
    assert low <= limit < found.failed.rate
    assert found.failed.rate - low <= max(1, 0.1 * found.failed.rate)


def test_a_probe_that_was_spoilt_is_tried_again() -> None:
    rates: list[int] = []

    def measure(rate: int) -> Measured:
        rates.append(rate)
        return Measured(len(rates) != 2, rate)

    found = search.highest(measure, 100, 400, 0.1)
    assert rates == [100, 200, 200, 400]
    assert found.best == Measured(True, 400)


def test_a_report_of_perfdhcp_is_read() -> None:
    read = perfdhcp.counts(REPORT)
    assert (read.discovers, read.acks) == (4, 3)
    assert read.latencies_ms == pytest.approx((1.5, 2.5, 4.0))


def probe(counts: Counts, main: float = 0.1, machine: float = 1.0) -> Probe:
    return Probe(100, 1.0, counts, CpuSeconds(main, 0.1), 0.3, machine, 2.0)


def test_a_probe_passes_under_one_percent_of_drops_at_the_rate_that_was_asked_for() -> None:
    assert probe(Counts(100, 100, ())).passed
    assert not probe(Counts(100, 99, ())).passed
    assert not probe(Counts(90, 90, ())).passed, "the generator did not reach the rate"
    assert not probe(Counts(0, 0, ())).passed


def test_a_probe_says_what_was_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    counts = Counts(100, 100, (1.0, 2.0, 9.0))
    assert probe(counts).limit.startswith("waiting, not computing (generator 30%, main 10%, backup 10%, others 25%)")
    assert probe(counts, main=0.9).limit.startswith("processor of the main (")
    assert probe(counts, machine=4.0).limit.startswith("processors of the machine (")
    assert (probe(counts).latency_ms(0.5), probe(counts).latency_ms(1.0)) == (2.0, 9.0)


@pytest.fixture(scope="module")
def wires() -> Iterator[Network]:
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    program("ip")
    with network() as made:
        yield made


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize("tuned", [False, True])
def test_an_isc_pair_comes_up_normal_and_balanced_and_serves(wires: Network, tmp_path: Path, tuned: bool) -> None:
    pair = isc.IscPair(wires, program("dhcpd"), tmp_path, 2_000, tuned)
    assert "isc-dhcpd-4" in pair.about
    running = pair.start()
    try:
        measured = perfdhcp.run(program("perfdhcp"), wires.generator, running, rate=20, seconds=2, series=7)
        assert "total 2000  free 1000  backup 1000" in running.log("primary")
        assert "I move from startup to normal" in running.log("secondary")
        granted = running.log("primary").count("DHCPACK on 10.70.")
    finally:
        running.stop()
    assert measured.counts.acks > 0
    assert granted >= measured.counts.acks == len(measured.counts.latencies_ms)
    assert measured.cpu.main > 0
    assert not list(tmp_path.iterdir()), "what it wrote is gone"


@pytest.mark.peer
def test_an_isc_pair_that_cannot_start_says_why(
    wires: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isc, "TUNING", "no such statement;\n")
    with pytest.raises(RuntimeError, match="does not reach normal"):
        isc.IscPair(wires, program("dhcpd"), tmp_path, 10, tuned=True).start()
    assert not list(tmp_path.iterdir())
