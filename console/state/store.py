"""The store of the picture while the console runs.

Sources and actions pass observations in; they are folded into the picture and sent to the journal. Screens draw
`picture` when `version` has grown. Not thread-safe: everything runs on the event loop.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import tzinfo

from console.insight.fold import fold, news
from console.model.observations import ActionOutcome, ClockTick, Health, Observation, OperatorAction
from console.model.picture import PairPicture, Picture, ServerPicture
from console.model.profiles import MakeProfile

Clock = Callable[[], float]


class PictureStore:
    """Holds the picture, the clock (Unix seconds) and the time zone that screens use; `local` is the zone of this host.

    `judges`: whether alarms are derived here from polls and the clock; otherwise another console's alarms are taken.
    `lives_on`: an observation that cannot be folded is left out, and `fault` has the reason; otherwise it raises.
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
        self.lives_on = False
        self.fault: str | None = None
        self._keep = keep
        self._early: list[Observation] | None = None

    def begin_early(self) -> None:
        """Observe before the journal has been read; `remember` puts the journal's picture before these observations."""
        self._early = []

    def remember(self, remembered: Picture, keep: Callable[[Observation], None]) -> None:
        """Continue from the journal's picture, with the early observations on top.

        Of those, `keep` gets the actions of people only; polls will be repeated.
        """
        early, self._early = self._early or [], None
        self._keep = keep
        self.picture = self._folded(remembered, early, judges=False)
        self.version += 1
        for each in early:
            if isinstance(each, OperatorAction | ActionOutcome):
                keep(each)

    def observe(self, observation: Observation) -> None:
        """Fold one observation into the picture, and keep it in the journal with the alarms that it changed."""
        if self._early is not None:
            self._early.append(observation)
        self._advance(observation)

    def notice(self, health: Health) -> None:
        """Fold in the health of this console without keeping it: the journal has the collector's only."""
        self.picture = fold(self.picture, health)
        self.version += 1

    def tick(self) -> None:
        """Advance the clock. The journal keeps only the alarms that this changed."""
        self._advance(ClockTick(self.clock()))

    def _advance(self, observation: Observation) -> None:
        before = self.picture
        self.picture = self._folded(before, [observation], self.judges)
        same = self.picture.own is before.own and self.picture.pairs is before.pairs
        if not (same and isinstance(observation, ClockTick)):
            self.version += 1
        if self._keep is not None:
            self._keep(observation)
            if self.judges:
                for found in news(before, self.picture, observation):
                    self._keep(found)

    def recall(self, observations: Iterable[Observation]) -> None:
        """Fold in observations from the journal, without keeping them again. Their alarms are among them."""
        self.picture = self._folded(self.picture, observations, judges=False)
        self.version += 1

    def play(self, observations: Iterable[Observation]) -> None:
        """Fold in a part of a recording, with its recorded alarms, or deriving them where it has none."""
        self.picture = self._folded(self.picture, observations, self.judges)
        self.version += 1

    def _folded(self, picture: Picture, observations: Iterable[Observation], judges: bool) -> Picture:
        """The picture after the observations, without those that a fault of this program keeps from being folded."""
        for each in observations:
            try:
                picture = fold(picture, each, judges=judges)
            except Exception as error:
                if not self.lives_on:
                    raise
                logging.getLogger(__name__).exception("an observation cannot be folded")
                subject = f"{each.kind} of {each.pair}" if each.pair else each.kind
                self.fault = f"left out, please report it: {subject}: {type(error).__name__}: {error}"
        return picture

    def pair(self, name: str) -> PairPicture:
        """The picture of a pair, or of the console itself. Raises KeyError for an unknown name."""
        found = self.picture.named(name)
        if found is None:
            raise KeyError(name)
        return found


def empty_pair(name: str, environment: str, servers: Iterable[tuple[str, str, MakeProfile]]) -> PairPicture:
    """A pair without facts; `servers` are names with roles and makes."""
    return PairPicture(name, environment, {server: ServerPicture(server, role, make) for server, role, make in servers})
