"""The one place that holds the picture while the console runs.

Sources and actions hand observations in; the picture is folded, the journal is told, and whoever draws
looks at `picture` when `version` has grown. Not thread-safe: everything happens on the event loop.
"""

from collections.abc import Callable, Iterable
from datetime import tzinfo

from console.insight.fold import fold, fold_all, news
from console.model.observations import ActionOutcome, ClockTick, Health, Observation, OperatorAction
from console.model.picture import PairPicture, Picture, ServerPicture
from console.model.profiles import MakeProfile

Clock = Callable[[], float]


class PictureStore:
    """The live picture, with the clock (Unix seconds) and the zone that its readers use, which may be set to UTC for a
    while; `local` stays what the operator's machine is in.

    `judges`: whether alarms follow here from polls and the clock; otherwise they are what another console found.
    """

    def __init__(
        self,
        picture: Picture,
        clock: Clock,
        zone: tzinfo,
        keep: Callable[[Observation], None] | None = None,
    ) -> None:
        self.picture = picture
        self.clock = clock
        self.zone = self.local = zone
        self.version = 0
        self.judges = True
        self._keep = keep
        self._early: list[Observation] | None = None

    def begin_early(self) -> None:
        """Observe before it is known what the journal remembers; `remember` puts that before what came meanwhile."""
        self._early = []

    def remember(self, remembered: Picture, keep: Callable[[Observation], None]) -> None:
        """Go on from the picture that the journal adds up to, with what was observed early on top.

        Of that the journal is told what people did; who collects will poll again.
        """
        early, self._early = self._early or [], None
        self._keep = keep
        self.picture = fold_all(remembered, early, judges=False)
        self.version += 1
        for each in early:
            if isinstance(each, OperatorAction | ActionOutcome):
                keep(each)

    def observe(self, observation: Observation) -> None:
        """Fold one observation in, and have the journal keep it, with what was judged from it."""
        if self._early is not None:
            self._early.append(observation)
        self._advance(observation)

    def notice(self, health: Health) -> None:
        """Judge what this console says of itself, and tell nobody: the collector's word is what the journal keeps."""
        self.picture = fold(self.picture, health)
        self.version += 1

    def tick(self) -> None:
        """Let time pass. The journal keeps only what was judged from it."""
        self._advance(ClockTick(self.clock()))

    def _advance(self, observation: Observation) -> None:
        before = self.picture
        self.picture = fold(before, observation, judges=self.judges)
        same = self.picture.own is before.own and self.picture.pairs is before.pairs
        if not (same and isinstance(observation, ClockTick)):
            self.version += 1
        if self._keep is not None:
            self._keep(observation)
            if self.judges:
                for found in news(before, self.picture, observation):
                    self._keep(found)

    def recall(self, observations: Iterable[Observation]) -> None:
        """Fold what the journal remembers in, without keeping it once more. It has been judged."""
        self.picture = fold_all(self.picture, observations, judges=False)
        self.version += 1

    def play(self, observations: Iterable[Observation]) -> None:
        """Fold a part of a recording in, judged as it was then, or anew where nobody did."""
        self.picture = fold_all(self.picture, observations, judges=self.judges)
        self.version += 1

    def pair(self, name: str) -> PairPicture:
        """The pair's picture, or the console's own. Raises KeyError for a name that is not watched."""
        found = self.picture.named(name)
        if found is None:
            raise KeyError(name)
        return found


def empty_pair(name: str, environment: str, servers: Iterable[tuple[str, str, MakeProfile]]) -> PairPicture:
    """A pair of which nothing is known yet; `servers` are names with roles and makes."""
    return PairPicture(name, environment, {server: ServerPicture(server, role, make) for server, role, make in servers})
