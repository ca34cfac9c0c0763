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
from benchmarks.kea import KeaPair
from benchmarks.network import Network, network
from benchmarks.pair import Pair, wait_for_quiet
from benchmarks.pairwatch import PairwatchPair
from benchmarks.perfdhcp import Probe
from benchmarks.programs import program
from benchmarks.report import Result, Work

POOLS = (32_000, 130_000)
"""The rate may depend on the size of the pool."""
LEASES6 = 1_000_000
"""A prefix of 64 bits is not listed, so its size limits nothing: this is `max-leases`."""
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
@click.option(
    "--family", "families", multiple=True, type=click.Choice(["4", "6"]), help="DHCPv4 or DHCPv6; default: both."
)
@click.option("--pool", "pools", multiple=True, type=click.IntRange(2_000, max(POOLS)), help="Addresses in the pool.")
@click.option("--write", is_flag=True, help="Write docs/performance.md.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="The folder for leases.")
def main(quick: bool, families: tuple[str, ...], pools: tuple[int, ...], write: bool, directory: Path | None) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # Removes namespaces and servers.
    effort = QUICK if quick else FULL
    generator = program("perfdhcp")
    with network() as made, tempfile.TemporaryDirectory(prefix="pairwatch-bench-", dir=directory) as disk:
        machine = report.machine(perfdhcp.version(generator), perfdhcp.filesystem(Path(disk)))
        print("\n".join(machine))
        for family in families or ("4", "6"):
            measure = _measure_dhcp4 if family == "4" else _measure_dhcp6
            results = measure(made, Path(disk), generator, effort, pools)
            print()
            print("\n".join(report.ratios(results)))
            if write:
                report.write(f"DHCPv{family}", report.section(results, machine))


def _measure_dhcp4(made: Network, disk: Path, generator: str, effort: Effort, pools: tuple[int, ...]) -> list[Result]:
    dhcpd = program("dhcpd")
    chosen = pools or effort.pools
    work = [(Work.NEW, pool) for pool in chosen] + [(Work.RETURNING, chosen[0])] * effort.returning
    results: list[Result] = []
    for kind, pool in work:
        peers = effort.tuned if kind is Work.NEW else effort.tuned[-1:]
        pairs: list[Pair] = [IscPair(made, dhcpd, disk, pool, tuned) for tuned in peers]
        pairs.append(PairwatchPair(made, disk, pool))
        results += [_measure(pair, kind, generator, made, effort) for pair in pairs]
    return results


def _measure_dhcp6(made: Network, disk: Path, generator: str, effort: Effort, _pools: tuple[int, ...]) -> list[Result]:
    """One address for each client, out of a /64."""
    pairs: list[Pair] = [
        KeaPair(made, program("kea-dhcp6"), disk, LEASES6),
        PairwatchPair(made, disk, LEASES6, family=6),
    ]
    works = [Work.NEW] + [Work.RETURNING] * effort.returning
    return [_measure(pair, work, generator, made, effort) for work in works for pair in pairs]


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
    ceiling = min(HIGHEST_RATE, pair.pool // 2 // SHORTEST_PROBE) if work is Work.NEW else HIGHEST_RATE
    found = search.highest(measure, min(FIRST_RATE, ceiling), ceiling, effort.resolution)
    result = Result(pair.name, pair.about, pair.pool, work, found)
    print(report.verdict(result), flush=True)
    return result


def _seconds(pair: Pair, rate: int, effort: Effort) -> int:
    """How long the main's half of the pool lasts at that rate, at most the length of a probe."""
    return max(SHORTEST_PROBE, min(effort.seconds, pair.pool // 2 // rate))


if __name__ == "__main__":
    main()
