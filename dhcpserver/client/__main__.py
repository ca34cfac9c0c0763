"""`python -m dhcpserver.client`: a population of DHCP clients that send real packets, until it is stopped."""

import asyncio
import contextlib
import json
import signal
import sys
from dataclasses import asdict
from ipaddress import IPv4Address
from pathlib import Path
from typing import TextIO

import click

from dhcpserver.client.ledger import Event, line
from dhcpserver.client.population import PopulationSettings, Stats
from dhcpserver.client.runner import PopulationRunner


def _server(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    servers = []
    for value in values:
        host, _, port = value.rpartition(":")
        try:
            servers.append((str(IPv4Address(host)), int(port)))
        except ValueError:
            raise click.BadParameter(f"{value!r} is not ADDRESS:PORT, such as 127.0.0.11:6067") from None
    return tuple(servers)


def _relay(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[IPv4Address, ...]:
    try:
        relays = tuple(IPv4Address(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if outside := [relay for relay in relays if not relay.is_loopback]:
        raise click.BadParameter(f"{outside[0]} is not in 127.0.0.0/8; relays must be on loopback")
    return relays


@click.command(help="DHCP clients behind relays on loopback. Writes its statistics to standard output as JSON lines.")
@click.option("--server", "servers", multiple=True, required=True, callback=_server, metavar="ADDRESS:PORT")
@click.option("--relay", "relays", multiple=True, required=True, callback=_relay, metavar="GIADDR")
@click.option("--clients", default=100, show_default=True, type=click.IntRange(min=1, max=1_000_000))
@click.option("--rate", default=10.0, show_default=True, type=click.FloatRange(min=0.001), help="Arrivals per second.")
@click.option("--stay", type=click.FloatRange(min=0.1), help="Average stay of a client in seconds; default: for good.")
@click.option(
    "--away",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0.1),
    help="Average absence in seconds.",
)
@click.option("--release-share", default=0.3, show_default=True, type=click.FloatRange(0, 1))
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--first-client", default=0, show_default=True, type=click.IntRange(min=0))
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="File for all leases, as JSON lines.")
@click.option("--report", "report_seconds", default=1.0, show_default=True, type=click.FloatRange(min=0.05))
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after so many seconds; without it, at SIGTERM.")
def main(
    servers: tuple[tuple[str, int], ...],
    relays: tuple[IPv4Address, ...],
    clients: int,
    rate: float,
    stay: float | None,
    away: float,
    release_share: float,
    seed: int,
    first_client: int,
    journal: Path | None,
    report_seconds: float,
    seconds: float | None,
) -> None:
    settings = PopulationSettings(servers, relays, clients, rate, stay, away, release_share, seed, first_client)
    try:
        with contextlib.ExitStack() as stack:
            journal_file = None if journal is None else stack.enter_context(journal.open("a", encoding="utf-8"))
            asyncio.run(_run(settings, journal_file, report_seconds, seconds))
    except OSError as error:
        print(f"population: {error}: DHCP's ports need privileges and must be free", file=sys.stderr)
        sys.exit(1)


async def _run(
    settings: PopulationSettings, journal: TextIO | None, report_seconds: float, seconds: float | None
) -> None:
    def record(event: Event) -> None:
        if journal is not None:
            journal.write(line(event))
            journal.flush()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = PopulationRunner(settings, record)
    try:
        runner.open()
        end = None if seconds is None else loop.time() + seconds
        while not stop.is_set() and (end is None or loop.time() < end):
            with contextlib.suppress(TimeoutError):
                left = report_seconds if end is None else min(report_seconds, end - loop.time())
                await asyncio.wait_for(stop.wait(), left)
            _report(runner.stats())
    finally:
        runner.close()


def _report(stats: Stats) -> None:
    print(json.dumps(asdict(stats)), flush=True)


if __name__ == "__main__":
    main()
