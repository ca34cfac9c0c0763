"""`python -m dhcpserver.client.command6`: DHCPv6 clients that send real packets, until it is stopped."""

from functools import partial
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import click

from dhcpserver.client.command import crowd_options, run, schedule
from dhcpserver.client.population6 import PopulationSettings6
from dhcpserver.client.runner import Family6


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
@click.option("--rapid-commit", is_flag=True, help="Accept a REPLY to SOLICIT.")
@crowd_options
def main(
    servers: tuple[tuple[str, int], ...],
    links: tuple[IPv6Address, ...],
    rapid_commit: bool,
    journal: Path | None,
    report: float,
    seconds: float | None,
    **crowd: Any,
) -> None:
    settings = PopulationSettings6(servers, links, rapid_commit=rapid_commit, **schedule(**crowd))
    run(partial(Family6, settings), journal, report, seconds, "check that IPv6 is enabled on loopback")


if __name__ == "__main__":
    main()
