"""The clients of a configuration's servers."""

from collections.abc import Mapping

from console.makes.pairwatch.client import ServerClient
from console.settings.document import PairSettings, password

Clients = Mapping[str, ServerClient]


def clients(pair: PairSettings) -> dict[str, ServerClient]:
    """A client for each server of the pair, by name. Raises ConfigError when a password is missing."""
    return {server.name: ServerClient(server.api, server.user, password(server)) for server in pair.server}
