"""The benchmarks: the search, perfdhcp's reports, and pairs that really run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import isc, perfdhcp, report, search
from benchmarks.kea import KeaPair
from benchmarks.network import Network, network
from benchmarks.pair import CpuSeconds
from benchmarks.pairwatch import PairwatchPair
from benchmarks.perfdhcp import Counts, Probe
from benchmarks.report import Result, Work
from benchmarks.search import SearchResult
from tests.peers.programs import need_root, program

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
def test_the_search_ends_between_a_passing_and_a_failing_rate(limit: int, first: int) -> None:
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


def test_repeats_a_failed_probe_once() -> None:
    rates: list[int] = []

    def measure(rate: int) -> Measured:
        rates.append(rate)
        return Measured(len(rates) != 2, rate)

    found = search.highest(measure, 100, 400, 0.1)
    assert rates == [100, 200, 200, 400]
    assert found.best == Measured(True, 400)


def test_reads_a_report_of_perfdhcp() -> None:
    read = perfdhcp.counts(REPORT)
    assert (read.discovers, read.acks) == (4, 3)
    assert read.latencies_ms == pytest.approx((1.5, 2.5, 4.0))


def test_reads_a_report_of_perfdhcp_with_dhcpv6() -> None:
    renamed = REPORT.replace("DISCOVER-OFFER", "SOLICIT-ADVERTISE").replace("REQUEST-ACK", "REQUEST-REPLY")
    assert perfdhcp.counts(renamed) == perfdhcp.counts(REPORT)


def probe(counts: Counts, main: float = 0.1, machine: float = 1.0, lost: int = 0) -> Probe:
    return Probe(100, 1.0, counts, CpuSeconds(main, 0.1), 0.3, machine, 2.0, (lost, 0))


def test_a_probe_passes_below_one_percent_of_drops_at_the_requested_rate() -> None:
    assert probe(Counts(100, 100, ())).passed
    assert not probe(Counts(100, 99, ())).passed
    assert not probe(Counts(90, 90, ())).passed, "the generator did not reach the rate"
    assert not probe(Counts(0, 0, ())).passed


def test_a_probe_reports_what_was_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    counts = Counts(100, 100, (1.0, 2.0, 9.0))
    assert probe(counts).limit.startswith("waiting, not computing (generator 15%, main 10%, backup 10%, others 25%)")
    assert probe(counts, main=0.9).limit.startswith("processor of the main (")
    assert probe(counts, machine=4.0).limit.startswith("processors of the machine (")
    assert probe(Counts(100, 50, ()), lost=40).limit.startswith(
        "the generator, whose socket buffer was full for 40 replies"
    )
    assert probe(Counts(100, 50, ()), lost=10).limit.startswith("waiting")
    assert (probe(counts).latency_ms(0.5), probe(counts).latency_ms(1.0)) == (2.0, 9.0)


@pytest.fixture(scope="module")
def wires() -> Iterator[Network]:
    need_root()
    program("ip")
    with network() as made:
        yield made


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize("tuned", [False, True])
def test_an_isc_pair_is_normal_and_balanced_and_serves(wires: Network, tmp_path: Path, tuned: bool) -> None:
    pair = isc.IscPair(wires, program("dhcpd"), tmp_path, 2_000, tuned)
    assert "isc-dhcpd-4" in pair.about
    running = pair.start()
    try:
        measured = perfdhcp.run(program("perfdhcp"), wires, running, rate=20, seconds=2, series=7)
        assert "total 2000  free 1000  backup 1000" in running.log("primary")
        assert "I move from startup to normal" in running.log("secondary")
        granted = running.log("primary").count("DHCPACK on 10.70.")
    finally:
        running.stop()
    assert measured.counts.acks > 0
    assert granted >= measured.counts.acks == len(measured.counts.latencies_ms)
    assert measured.cpu.main > 0
    assert not list(tmp_path.iterdir()), "its files are removed"


@pytest.mark.peer
@pytest.mark.live
def test_a_pairwatch_pair_is_normal_and_balanced_and_serves_at_each_start(wires: Network, tmp_path: Path) -> None:
    pair = PairwatchPair(wires, tmp_path, 2_000)
    assert "one SQLite commit" in pair.about
    for _ in range(2):
        running = pair.start()
        try:
            assert running.normal()
            assert running.balanced(2_000)
            assert running.count("main", "status = 2") == 0
            measured = perfdhcp.run(program("perfdhcp"), wires, running, rate=20, seconds=2, series=7)
            again = perfdhcp.run(program("perfdhcp"), wires, running, rate=20, seconds=1, series=8, clients=5)
            granted = running.count("main", "status = 2")
        finally:
            running.stop()
        assert measured.counts.acks > 0
        assert again.counts.acks > 5
        assert granted == measured.counts.acks + 5, "the five renewed, all others were new"
        assert measured.cpu.main > 0


@pytest.mark.peer
@pytest.mark.live
def test_pairs_with_dhcpv6_serve_and_store_on_both_partners(wires: Network, tmp_path: Path) -> None:
    """Ours and Kea's with the same load: every exchange is answered, and the partner has the lease."""
    kea = KeaPair(wires, program("kea-dhcp6"), tmp_path, 2_000)
    assert "kea-dhcp6 2" in kea.about
    running = kea.start()
    try:
        measured = perfdhcp.run(program("perfdhcp"), wires, running, rate=20, seconds=2, series=7)
        assert measured.drops == 0
        assert running.leases("main") == running.leases("backup") == measured.counts.acks > 30
    finally:
        running.stop()
    ours = PairwatchPair(wires, tmp_path, 2_000, family=6).start()
    try:
        measured = perfdhcp.run(program("perfdhcp"), wires, ours, rate=20, seconds=2, series=7)
        assert measured.drops == 0
        assert len(measured.counts.latencies_ms) == measured.counts.acks > 30
        granted = [ours.count(role, "status = 2", "lease6") for role in ("main", "backup")]
        assert granted == [measured.counts.acks] * 2
    finally:
        ours.stop()


def test_ratios_compare_the_same_work_on_the_same_pool_size() -> None:
    def result(pair: str, pool: int, rate: int, ended: bool) -> Result:
        best, failed = probe(Counts(100, 100, (1.0,))), probe(Counts(100, 50, ()))
        found = SearchResult(replace(best, rate=rate), failed if ended else None)
        return Result(pair, "", pool, Work.NEW, found)

    results = [result("ISC", 10, 200, True), result("Pairwatch", 10, 500, False), result("Pairwatch", 20, 900, True)]
    (ratio,) = report.ratios(results)
    assert ratio.endswith("500/s and 200/s, at least 2.5 times ISC")
    overloaded = replace(results[1].found, failed=probe(Counts(100, 50, ()), lost=90))
    assert report.ratio(replace(results[1], found=overloaded), results[0]) == "at least 2.5 times ISC"
    complete = replace(results[1].found, failed=probe(Counts(100, 50, ())))
    assert report.ratio(replace(results[1], found=complete), results[0]) == "2.5 times ISC"
    lines = report.section(results, ["a machine"])
    assert any(line.startswith("| new clients | 20 | Pairwatch | 900/s | 1.00 ms |") for line in lines)
    assert "- a machine" in lines


def test_a_run_replaces_its_own_section_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    report.write("DHCPv4", ["first"], page)
    report.write("DHCPv6", ["second", "", "### The pairs", "", "- one"], page)
    report.write("DHCPv4", ["third"], page)
    assert page.read_text() == (
        "# Performance\n\n## DHCPv4\n\nthird\n\n## DHCPv6\n\nsecond\n\n### The pairs\n\n- one\n"
    )


def test_a_result_is_disturbed_if_other_processes_used_the_processors() -> None:
    quiet, busy = probe(Counts(100, 50, ()), machine=0.6), probe(Counts(100, 50, ()), machine=3.0)
    assert not Result("", "", 1, Work.NEW, SearchResult(None, quiet)).disturbed
    assert Result("", "", 1, Work.NEW, SearchResult(None, busy)).disturbed


@pytest.mark.peer
def test_reports_why_an_isc_pair_cannot_start(wires: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isc, "TUNING", "no such statement;\n")
    with pytest.raises(RuntimeError, match="does not reach normal"):
        isc.IscPair(wires, program("dhcpd"), tmp_path, 10, tuned=True).start()
    assert not list(tmp_path.iterdir())
