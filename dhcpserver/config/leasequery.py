"""Checks of lease queries: what a listener of bulk queries needs."""

from collections.abc import Iterator

from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault


def check_leasequery(configuration: Configuration) -> Iterator[Fault]:
    """Yield listeners of bulk queries that would answer no requester, or that are there twice."""
    server = configuration.server
    seen: set[tuple[str, int]] = set()
    for index, listener in enumerate(configuration.leasequery_listener):
        place = ("leasequery-listener", index)
        if not server.leasequery:
            yield place, "it needs leasequery = true in [server]"
        name = "leasequery-relays" if listener.address.version == 4 else "leasequery-relays6"
        listed = server.leasequery_relays if listener.address.version == 4 else server.leasequery_relays6
        if not listed:
            yield place, f"a bulk query returns all leases: list the networks of its requesters in {name}"
        where = (str(listener.address), listener.tcp_port)
        if where in seen:
            yield place, f"{listener.address} port {listener.tcp_port} is there twice"
        seen.add(where)
