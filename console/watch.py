"""The one place that holds the picture while the console runs.

Sources and actions hand observations in; the picture is folded, the journal is told, and whoever draws
looks at `picture` when `version` has grown. Not thread-safe: everything happens on the event loop.
"""

from collections.abc import Callable, Iterable
from datetime import tzinfo

from console.insight.fold import fold, fold_all
from console.model.observations import Observation
from console.model.picture import PairPicture, Picture, ServerPicture

Clock = Callable[[], float]


class Watch:
    """The live picture, with the clock (Unix seconds) and the zone that its readers use."""

    def __init__(
        self,
        picture: Picture,
        clock: Clock,
        zone: tzinfo,
        keep: Callable[[Observation], None] | None = None,
    ) -> None:
        self.picture = picture
        self.clock = clock
        self.zone = zone
        self.version = 0
        self._keep = keep

    def observe(self, observation: Observation) -> None:
        """Fold one observation in, and have the journal keep it."""
        self.picture = fold(self.picture, observation)
        self.version += 1
        if self._keep is not None:
            self._keep(observation)

    def recall(self, observations: Iterable[Observation]) -> None:
        """Fold what the journal remembers in, without keeping it once more."""
        self.picture = fold_all(self.picture, observations)
        self.version += 1

    def pair(self, name: str) -> PairPicture:
        """The pair's picture. Raises KeyError for a name that is not watched."""
        return self.picture.pairs[name]


def empty_pair(name: str, environment: str, servers: Iterable[tuple[str, str]]) -> PairPicture:
    """A pair of which nothing is known yet; `servers` are names with roles."""
    return PairPicture(name, environment, {server: ServerPicture(server, role) for server, role in servers})
