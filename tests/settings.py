"""`pair_settings`: settings of a failover pair with the defaults of the configuration, for tests."""

from dataclasses import replace

from dhcpserver import VERSION
from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.server import Server
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.settings import PairSettings
from dhcpserver.service import pairing


def pair_settings(name: str = "pair", main: bool = True, **changes: object) -> PairSettings:
    """Return the settings of a pair for which only the required attributes are set, with `changes`."""
    configuration = Configuration(
        server=Server(name="main" if main else "backup"),
        cluster=(Cluster(name="main"), Cluster(name="backup")),
        failover_pair=(FailoverPair(name=name, main="main", backup="backup"),),
    )
    settings = pairing.pair_settings(configuration, bytes(16), VERSION)
    assert settings is not None
    unset = replace(settings, config_digest=(), local_name="", partner_name="")
    return replace(unset, **changes)  # type: ignore[arg-type]
