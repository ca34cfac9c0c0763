"""The clients of a configuration's servers."""

from collections.abc import Mapping

from console.config import PairSettings, password
from console.sources.pairwatch_server import ServerClient

Clients = Mapping[str, ServerClient]


def clients(pair: PairSettings) -> dict[str, ServerClient]:
    """A client for each server of the pair, by name. Raises ConfigError when a password is missing."""
    return {server.name: ServerClient(server.api, server.user, password(server)) for server in pair.server}
