"""The whole step from one picture to the next: the facts by the reducer, then the alarms that follow from
them.

Whoever collects judges: it sees every poll. Who reads a journal sees thinned ones, and takes what was judged from there
(`AlarmsJudged`), so that a follower and a replay have the very alarms that the collector had. Traps, log lines and what
people do are kept one by one, and every reader folds them itself.
"""

from collections.abc import Iterable
from dataclasses import replace

from console.insight.alarms.judging import judged_by_poll
from console.insight.alarms.lifecycle import bounded, expired, judged
from console.insight.alarms.own import judged_own
from console.insight.alarms.signals import logged, strayed, trapped
from console.model.alarm_records import kept_alarms, read_alarms
from console.model.observations import (
    AlarmsJudged,
    ClockTick,
    Health,
    LogLine,
    Observation,
    PollAnswer,
    PollFailure,
    PollUnchanged,
    TrapSeen,
)
from console.model.picture import PairPicture, Picture
from console.model.reduce import reduce


def fold(picture: Picture, observation: Observation, *, judges: bool = True) -> Picture:
    """The picture, alarms included, after one more observation. `judges`: whether polls and the clock raise and clear
    alarms here; without it they only let time run out."""
    picture = reduce(picture, observation)
    match observation:
        case ClockTick(at=at):
            pairs = {name: _looked(pair, at, judges) for name, pair in picture.pairs.items()}
            if any(pairs[name] is not picture.pairs[name] for name in pairs):
                picture = replace(picture, pairs=pairs)
            return picture.having(bounded(judged_own(picture, at) if judges else expired(picture.own, at)))
        case Health(at=at, host=host):
            return picture.having(bounded(judged_own(picture, at, host))) if judges else picture
        case TrapSeen() if observation.pair not in picture.pairs:
            return picture.having(bounded(strayed(picture.own, observation)))
    pair = picture.named(observation.pair)
    return picture if pair is None else picture.having(bounded(_alarmed(pair, observation, judges)))


def fold_all(picture: Picture, observations: Iterable[Observation], *, judges: bool = True) -> Picture:
    """Many observations in order: what replay does."""
    for observation in observations:
        picture = fold(picture, observation, judges=judges)
    return picture


JUDGED = (PollAnswer, PollUnchanged, PollFailure, ClockTick, Health)
"""What a journal keeps thinned or not at all: what follows from these is kept as `AlarmsJudged`."""


def news(before: Picture, after: Picture, observation: Observation) -> list[AlarmsJudged]:
    """What the judgement of an observation changed, for the journal."""
    if not isinstance(observation, JUDGED):
        return []
    names = [*after.pairs] if isinstance(observation, ClockTick) else [observation.pair]
    found = []
    for name in dict.fromkeys([*names, after.own.name]):
        was, now = before.named(name), after.named(name)
        if was is None or now is None or was.alarms is now.alarms:
            continue
        changed = [alarm for key, alarm in now.alarms.items() if alarm is not was.alarms.get(key)]
        if changed:
            found.append(AlarmsJudged(observation.at, name, kept_alarms(changed)))
    return found


def _looked(pair: PairPicture, at: float, judges: bool) -> PairPicture:
    return bounded(judged_by_poll(pair, at) if judges else expired(pair, at))


def _alarmed(pair: PairPicture, observation: Observation, judges: bool) -> PairPicture:
    pair = expired(pair, observation.at)
    match observation:
        case TrapSeen():
            return trapped(pair, observation)
        case LogLine():
            return logged(pair, observation)
        case PollAnswer() | PollUnchanged() | PollFailure():
            return judged_by_poll(pair, observation.at) if judges else pair
        case AlarmsJudged():
            for alarm in read_alarms(observation.alarms).values():
                pair = judged(pair, alarm)
            return pair
        case _:
            return pair
