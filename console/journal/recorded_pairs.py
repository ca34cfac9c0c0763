"""The pairs of a recording: as it lists them itself, or as its observations name them."""

from collections.abc import Iterable

from console.journal.files import Recording
from console.makes.registry import DEFAULT, profile
from console.model.observations import Observation, PollAnswer, PollFailure
from console.model.picture import PairPicture, ServerPicture
from console.state.store import empty_pair


def pairs_of(recording: Recording) -> list[PairPicture]:
    """The pairs of a recording: those of its description, or those in its observations."""
    if recording.about is None:
        return pairs_in(recording.observations)
    return [
        empty_pair(
            pair.name,
            pair.environment,
            [(server.name, server.role, profile(server.make, server.polled)) for server in pair.servers],
        )
        for pair in recording.about.pairs
        if len(pair.servers) == 2
    ]


def pairs_in(observations: Iterable[Observation]) -> list[PairPicture]:
    """The pairs that a recording speaks of, for one that comes without a configuration.

    Roles are what the servers reported; a server that never answered gets the role that is left. Their make is not in
    the observations, and is taken to be the usual one.
    """
    roles: dict[str, dict[str, str]] = {}
    for each in observations:
        if isinstance(each, PollAnswer):
            roles.setdefault(each.pair, {})[each.server] = each.facts.role
        elif isinstance(each, PollFailure):
            roles.setdefault(each.pair, {}).setdefault(each.server, "")
    return [_pair(name, servers) for name, servers in roles.items() if name]


def _pair(name: str, servers: dict[str, str]) -> PairPicture:
    missing = [role for role in ("main", "backup") if role not in servers.values()]
    make = profile(DEFAULT)
    pictures = {}
    for server, role in list(servers.items())[:2]:
        known = role if role in ("main", "backup") else missing.pop(0) if missing else "backup"
        pictures[server] = ServerPicture(server, known, make)
    for role in missing[: 2 - len(pictures)]:
        pictures[f"({role})"] = ServerPicture(f"({role})", role, make)
    return PairPicture(name, "recording", pictures)
