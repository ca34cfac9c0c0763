"""The whole step from one picture to the next: the facts by the reducer, then the alarms that follow from
them."""

from collections.abc import Iterable
from dataclasses import replace

from console.insight.alarms.conditions import watched
from console.insight.alarms.signals import logged, trapped
from console.model.observations import (
    ClockTick,
    LogLine,
    Observation,
    PollAnswer,
    PollFailure,
    PollUnchanged,
    TrapSeen,
)
from console.model.picture import PairPicture, Picture
from console.model.reduce import reduce


def fold(picture: Picture, observation: Observation) -> Picture:
    """The picture, alarms included, after one more observation."""
    picture = reduce(picture, observation)
    if isinstance(observation, ClockTick):
        pairs = {name: watched(pair, observation.at) for name, pair in picture.pairs.items()}
        return picture if all(pairs[name] is picture.pairs[name] for name in pairs) else replace(picture, pairs=pairs)
    pair = picture.pairs.get(observation.pair)
    if pair is None:
        return picture
    changed = _alarmed(pair, observation)
    return picture if changed is pair else replace(picture, pairs={**picture.pairs, pair.name: changed})


def fold_all(picture: Picture, observations: Iterable[Observation]) -> Picture:
    """Many observations in order: what replay does."""
    for observation in observations:
        picture = fold(picture, observation)
    return picture


def _alarmed(pair: PairPicture, observation: Observation) -> PairPicture:
    match observation:
        case TrapSeen():
            return trapped(pair, observation)
        case LogLine():
            return logged(pair, observation)
        case PollAnswer() | PollUnchanged() | PollFailure():
            return watched(pair, observation.at)
        case _:
            return pair
