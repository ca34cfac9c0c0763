"""The source of a configured server, by its make. A new make has a case here.

The modules of a make are loaded when a server of it is opened, which keeps the start fast.
"""

from console.makes.cisco.settings import CiscoServer
from console.makes.isc.settings import IscServer
from console.makes.kea.settings import KeaServer
from console.makes.pairwatch.settings import PairwatchServer
from console.makes.source import Source
from console.makes.windows.settings import WindowsServer


def open_source(server: PairwatchServer | IscServer | KeaServer | WindowsServer | CiscoServer, pair: str) -> Source:
    """The source of a server of a pair. Raises ConfigError when a password is missing."""
    match server:
        case PairwatchServer():
            from console.makes.pairwatch.source import open_pairwatch

            return open_pairwatch(server, pair)
        case IscServer():
            from console.makes.isc.source import open_isc

            return open_isc(server, pair)
        case KeaServer():
            from console.makes.kea.both import open_kea

            return open_kea(server)
        case WindowsServer():
            from console.makes.windows.source import open_windows

            return open_windows(server)
        case CiscoServer():
            from console.makes.cisco.source import open_cisco

            return open_cisco(server, pair)
