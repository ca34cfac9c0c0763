"""`python -m dhcpserver.client`: a population of DHCPv4 clients that send real packets, until it is stopped."""

from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import click

from dhcpserver.client.command import crowd_options, run, schedule
from dhcpserver.client.population import PopulationSettings
from dhcpserver.client.runner import Family4


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
@crowd_options
def main(
    servers: tuple[tuple[str, int], ...],
    relays: tuple[IPv4Address, ...],
    journal: Path | None,
    report: float,
    seconds: float | None,
    **crowd: Any,
) -> None:
    settings = PopulationSettings(servers, relays, **schedule(**crowd))
    run(partial(Family4, settings), journal, report, seconds, "DHCP's ports need privileges and must be free")


if __name__ == "__main__":
    main()
