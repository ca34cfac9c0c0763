"""Every make by its name: its profile, and the form of its servers' configuration.

A new make has a line in `ServerSettings` and one in `PROFILES`; `opening` opens its sources.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from console.makes.cisco.profile import CISCO
from console.makes.cisco.settings import CiscoServer
from console.makes.isc.profile import ISC
from console.makes.isc.settings import IscServer
from console.makes.kea.profile import KEA
from console.makes.kea.settings import KeaServer
from console.makes.pairwatch.profile import PAIRWATCH
from console.makes.pairwatch.settings import PairwatchServer
from console.makes.windows.profile import WINDOWS
from console.makes.windows.settings import WindowsServer
from console.model.profiles import NO_MAKE, MakeProfile, unpolled

ServerSettings = Annotated[
    PairwatchServer | IscServer | KeaServer | WindowsServer | CiscoServer, Field(discriminator="make")
]
"""The configuration of a server, by its make."""

DEFAULT = PAIRWATCH.name
"""The make of a pair that names none."""

PROFILES: Mapping[str, MakeProfile] = {each.name: each for each in (PAIRWATCH, ISC, KEA, WINDOWS, CISCO)}


def profile(name: str, polled: bool = True) -> MakeProfile:
    """The profile of a make; that of an unknown one for a name that this version does not know. `polled` False: of a
    server that is not polled, whatever its make."""
    found = PROFILES.get(name, NO_MAKE)
    return found if polled else unpolled(found)
