"""ISC dhcpd, known from its traps and its log only: it is not polled, reports no facts and offers no action."""

from typing import Literal

from console.makes.settings import ServerTable
from console.makes.source import UnpolledSource
from console.model.profiles import MakeProfile

ISC = MakeProfile("isc", "ISC dhcpd", polled=False, facts=frozenset(), can=frozenset())


class IscServer(ServerTable):
    """A server of make isc. It has no further settings, since it is not polled."""

    make: Literal["isc"] = "isc"


def open_isc(server: IscServer, pair: str) -> UnpolledSource:
    """The source of a server of a pair."""
    return UnpolledSource(ISC, server.name)
