"""The sources of a configuration's servers."""

from collections.abc import Mapping

from console.makes.opening import open_source
from console.makes.source import Source
from console.settings.document import PairSettings

Clients = Mapping[str, Source]


def clients(pair: PairSettings) -> dict[str, Source]:
    """A source for each server of the pair, by name. Raises ConfigError when a password is missing."""
    return {server.name: open_source(server, pair.name) for server in pair.server}
