"""`python -m benchmarks`: what a pair can do beside its peers, in the same minutes on the same machine.

For each pair it searches the highest rate of new clients, each a four-way exchange with a hardware address never seen
before, of which fewer than one in a hundred fail, both partners being NORMAL. A pair is started anew for every probe.
"""

import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import perfdhcp, search
from benchmarks.isc import IscPair
from benchmarks.network import network
from benchmarks.pair import Pair
from benchmarks.perfdhcp import Probe

POOLS = (32_000, 130_000)
"""What a pair can do may depend on how many addresses it looks after."""
FIRST_RATE = 100
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how closely to look."""

    seconds: int
    """Of every probe."""
    resolution: float
    pools: tuple[int, ...]
    tuned: tuple[bool, ...]
    """Which ISC pairs: as it comes, tuned."""


FULL = Effort(seconds=5, resolution=0.1, pools=POOLS, tuned=(False, True))
QUICK = Effort(seconds=2, resolution=0.25, pools=POOLS[:1], tuned=(True,))


@click.command(help=__doc__)
@click.option(
    "--quick", is_flag=True, help="Shorter probes, a coarser search, one pool and one peer: a minute, and rough."
)
@click.option("--pool", "pools", multiple=True, type=click.IntRange(1_000, max(POOLS)), help="Addresses.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="Where leases are written.")
def main(quick: bool, pools: tuple[int, ...], directory: Path | None) -> None:
    effort = QUICK if quick else FULL
    dhcpd, generator = _program("dhcpd"), _program("perfdhcp")
    with network() as made, tempfile.TemporaryDirectory(prefix="pairwatch-bench-", dir=directory) as disk:
        print(
            f"perfdhcp {perfdhcp.version(generator)}; {platform.platform()}; {os.cpu_count()} processors;"
            f" leases on {perfdhcp.filesystem(Path(disk))}"
        )
        for pool in pools or effort.pools:
            for tuned in effort.tuned:
                _measure(IscPair(made, dhcpd, Path(disk), pool, tuned), generator, made.generator, effort)


def _program(name: str) -> str:
    path = shutil.which(name, path=SYSTEM_PATH)
    if path is None:
        print(f"benchmarks: {name} is not installed: apt-get install isc-dhcp-server kea-admin", file=sys.stderr)
        sys.exit(1)
    return path


def _measure(pair: Pair, generator: str, namespace: str, effort: Effort) -> None:
    """Find the highest rate of a pair, and say it."""
    print(f"\n{pair.name}, {pair.pool} addresses: {pair.about}", flush=True)

    def measure(rate: int) -> Probe:
        running = pair.start()
        try:
            probe = perfdhcp.run(generator, namespace, running, rate, effort.seconds, series=1)
        finally:
            running.stop()
        print(
            f"  {rate:6d}/s  drops {probe.drops:6.2%}  ACK p50 {probe.latency_ms(0.5):7.2f} ms"
            f"  p99 {probe.latency_ms(0.99):7.2f} ms  {probe.limit}",
            flush=True,
        )
        return probe

    # The main gives away its half of the pool, and a client that finds it empty would count as a drop.
    ceiling = pair.pool // 2 // effort.seconds
    found = search.highest(measure, FIRST_RATE, ceiling, effort.resolution)
    print(_verdict(found.best, found.failed), flush=True)


def _verdict(best: Probe | None, failed: Probe | None) -> str:
    if best is None:
        return "  no rate passed"
    limit = "the size of the pool" if failed is None else failed.limit
    return (
        f"  highest rate under 1 % drops: {best.rate}/s, ACK p50 {best.latency_ms(0.5):.2f} ms,"
        f" p99 {best.latency_ms(0.99):.2f} ms; limited by {limit}"
    )


if __name__ == "__main__":
    main()
