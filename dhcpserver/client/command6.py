"""`python -m dhcpserver.client.command6`: DHCPv6 clients that send real packets, until it is stopped."""

import asyncio
import contextlib
import json
import signal
import sys
from dataclasses import asdict
from ipaddress import IPv6Address
from pathlib import Path
from typing import TextIO

import click

from dhcpserver.client.ledger import Event, line
from dhcpserver.client.population6 import PopulationSettings6
from dhcpserver.client.runner6 import PopulationRunner6


def read_server(value: str) -> tuple[str, int]:
    """Return the address and the port of `[ADDRESS]:PORT`. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"{value!r} is not [ADDRESS]:PORT, such as [::1]:5547")
    return str(IPv6Address(host[1:-1])), int(port)


def _servers(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    try:
        return tuple(read_server(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _links(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[IPv6Address, ...]:
    try:
        return tuple(IPv6Address(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(help="DHCPv6 clients behind relays on loopback. Writes its statistics to standard output as JSON lines.")
@click.option("--server", "servers", multiple=True, required=True, callback=_servers, metavar="[ADDRESS]:PORT")
@click.option("--link", "links", multiple=True, required=True, callback=_links, metavar="LINK-ADDRESS")
@click.option("--clients", default=100, show_default=True, type=click.IntRange(min=1, max=1_000_000))
@click.option("--rate", default=10.0, show_default=True, type=click.FloatRange(min=0.001), help="Arrivals per second.")
@click.option("--stay", type=click.FloatRange(min=0.1), help="Average stay of a client in seconds; default: for good.")
@click.option(
    "--away", default=30.0, show_default=True, type=click.FloatRange(min=0.1), help="Average absence in seconds."
)
@click.option("--release-share", default=0.3, show_default=True, type=click.FloatRange(0, 1))
@click.option("--rapid-commit", is_flag=True, help="Accept a REPLY to SOLICIT.")
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--first-client", default=0, show_default=True, type=click.IntRange(min=0))
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="File for all leases, as JSON lines.")
@click.option("--report", "report_seconds", default=1.0, show_default=True, type=click.FloatRange(min=0.05))
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after so many seconds; without it, at SIGTERM.")
def main(
    servers: tuple[tuple[str, int], ...],
    links: tuple[IPv6Address, ...],
    clients: int,
    rate: float,
    stay: float | None,
    away: float,
    release_share: float,
    rapid_commit: bool,
    seed: int,
    first_client: int,
    journal: Path | None,
    report_seconds: float,
    seconds: float | None,
) -> None:
    settings = PopulationSettings6(
        servers,
        links,
        clients,
        rate,
        rapid_commit=rapid_commit,
        stay_seconds=stay,
        away_seconds=away,
        release_share=release_share,
        seed=seed,
        first_client=first_client,
    )
    try:
        with contextlib.ExitStack() as stack:
            journal_file = None if journal is None else stack.enter_context(journal.open("a", encoding="utf-8"))
            asyncio.run(_run(settings, journal_file, report_seconds, seconds))
    except OSError as error:
        print(f"population: {error}: check that IPv6 is enabled on loopback", file=sys.stderr)
        sys.exit(1)


async def _run(
    settings: PopulationSettings6, journal: TextIO | None, report_seconds: float, seconds: float | None
) -> None:
    def record(event: Event) -> None:
        if journal is not None:
            journal.write(line(event))
            journal.flush()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = PopulationRunner6(settings, record)
    try:
        runner.open()
        end = None if seconds is None else loop.time() + seconds
        while not stop.is_set() and (end is None or loop.time() < end):
            with contextlib.suppress(TimeoutError):
                left = report_seconds if end is None else min(report_seconds, end - loop.time())
                await asyncio.wait_for(stop.wait(), left)
            print(json.dumps(asdict(runner.stats())), flush=True)
    finally:
        runner.close()


if __name__ == "__main__":
    main()
