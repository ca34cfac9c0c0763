"""Kea's words for its states and roles, as phases and roles of the picture.

The states are those of Kea's documentation, "Server States". A state is not all: in hot standby both servers are
`hot-standby`, and only the one with a scope answers clients.
"""

from collections.abc import Mapping

from console.dialects.kea import PHASES
from console.model.phases import Phase

UNAVAILABLE = "unavailable"
"""As the partner's state: the server could not reach it."""

ROLES: Mapping[str, str] = {"primary": "main", "secondary": "backup", "standby": "backup", "backup": "backup"}
SHARING = frozenset({"load-balancing", "hot-standby", "passive-backup"})
"""The modes, and the states in which a server works together with its partner: Kea has one word for both."""


def phase_of(word: str | None, scopes: tuple[str, ...] | None, contact: bool | None) -> Phase:
    """The phase of a server with that state; UNKNOWN for a word without a meaning here.

    `scopes`: for whose clients it answers, None where that is not known. `contact`: with its partner.
    """
    phase = PHASES.get(word or "", Phase.UNKNOWN)
    if phase is not Phase.NORMAL:
        return phase
    if scopes is None:
        return Phase.UNKNOWN
    if not scopes:
        return Phase.STANDBY
    return Phase.ALONE if contact is False and word != "passive-backup" else Phase.NORMAL
