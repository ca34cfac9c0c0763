"""`python -m benchmarks`: the highest rate of a pair and of its peers, measured together on one host.

For each pair it searches for the highest rate of clients, each with a four-way exchange, at which fewer than one in a
hundred exchanges fail while both partners are NORMAL. Each probe starts a new pair.
"""

import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import perfdhcp, report, search
from benchmarks.isc import IscPair
from benchmarks.network import Network, network
from benchmarks.pair import Pair, wait_for_quiet
from benchmarks.pairwatch import PairwatchPair
from benchmarks.perfdhcp import Probe
from benchmarks.programs import program
from benchmarks.report import Result, Work

POOLS = (32_000, 130_000)
"""The rate may depend on the size of the pool."""
FIRST_RATE = 500
SHORTEST_PROBE = 2
SERIES = 1
RETURNING = 2_000
"""The number of returning clients, and the rate at which they get their first lease."""
FIRST_LEASES_RATE = 500
HIGHEST_RATE = 40_000
"""More than the generator can send."""
QUIET_PATIENCE = 10.0
"""Seconds that a probe waits until other processes on the host are idle."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The length and the precision of the search."""

    seconds: int
    """The length of a probe, unless the pool would be empty before."""
    resolution: float
    pools: tuple[int, ...]
    tuned: tuple[bool, ...]
    """The ISC pairs: with default settings, tuned. Returning clients are measured with the last one only."""
    returning: bool


FULL = Effort(seconds=5, resolution=0.1, pools=POOLS, tuned=(False, True), returning=True)
QUICK = Effort(seconds=2, resolution=0.3, pools=POOLS[:1], tuned=(True,), returning=False)


@click.command(help=__doc__)
@click.option(
    "--quick", is_flag=True, help="Shorter probes, a coarser search, one pool and one peer: two minutes, imprecise."
)
@click.option("--pool", "pools", multiple=True, type=click.IntRange(2_000, max(POOLS)), help="Addresses in the pool.")
@click.option("--write", is_flag=True, help="Write docs/performance.md.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="The folder for leases.")
def main(quick: bool, pools: tuple[int, ...], write: bool, directory: Path | None) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # Removes namespaces and servers.
    effort = QUICK if quick else FULL
    dhcpd, generator = program("dhcpd"), program("perfdhcp")
    results: list[Result] = []
    with network() as made, tempfile.TemporaryDirectory(prefix="pairwatch-bench-", dir=directory) as disk:
        machine = report.machine(perfdhcp.version(generator), perfdhcp.filesystem(Path(disk)))
        print("\n".join(machine))
        chosen = pools or effort.pools
        work = [(Work.NEW, pool) for pool in chosen] + [(Work.RETURNING, chosen[0])] * effort.returning
        for kind, pool in work:
            peers = effort.tuned if kind is Work.NEW else effort.tuned[-1:]
            pairs: list[Pair] = [IscPair(made, dhcpd, Path(disk), pool, tuned) for tuned in peers]
            pairs.append(PairwatchPair(made, Path(disk), pool))
            results += [_measure(pair, kind, generator, made, effort) for pair in pairs]
    print()
    print("\n".join(report.ratios(results)))
    if write:
        report.PAGE.write_text(report.page(results, machine), encoding="utf-8")


def _measure(pair: Pair, work: Work, generator: str, made: Network, effort: Effort) -> Result:
    """Find the highest rate of a pair, and print it."""
    print(f"\n{pair.name}, {work.value}, {pair.pool} addresses: {pair.about}", flush=True)

    def measure(rate: int) -> Probe:
        wait_for_quiet(report.QUIET, QUIET_PATIENCE)
        running = pair.start()
        try:
            if work is Work.RETURNING:
                seconds = RETURNING // FIRST_LEASES_RATE
                perfdhcp.run(generator, made, running, FIRST_LEASES_RATE, seconds, SERIES, RETURNING)
                probe = perfdhcp.run(generator, made, running, rate, effort.seconds, SERIES, RETURNING)
            else:
                probe = perfdhcp.run(generator, made, running, rate, _seconds(pair, rate, effort), SERIES)
        finally:
            running.stop()
        print(
            f"  {rate:6d}/s  drops {probe.drops:6.2%}  ACK p50 {probe.latency_ms(0.5):7.2f} ms"
            f"  p99 {probe.latency_ms(0.99):7.2f} ms  {probe.limit}",
            flush=True,
        )
        return probe

    # The main uses its half of the pool, and a client that gets no address would count as a drop.
    ceiling = pair.pool // 2 // SHORTEST_PROBE if work is Work.NEW else HIGHEST_RATE
    found = search.highest(measure, min(FIRST_RATE, ceiling), ceiling, effort.resolution)
    result = Result(pair.name, pair.about, pair.pool, work, found)
    print(report.verdict(result), flush=True)
    return result


def _seconds(pair: Pair, rate: int, effort: Effort) -> int:
    """How long the main's half of the pool lasts at that rate, at most the length of a probe."""
    return max(SHORTEST_PROBE, min(effort.seconds, pair.pool // 2 // rate))


if __name__ == "__main__":
    main()
