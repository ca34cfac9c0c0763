"""The complete step from one picture to the next: the facts by the reducer, then the alarms that follow from them.

The collector judges alarms, because it receives every poll. A journal has only some of the polls, so a reader of a
journal takes the alarms that the collector judged (`AlarmsJudged`). So a follower and a replay have the same alarms as
the collector. A journal has every trap, log line and operator action, and every reader folds these itself.
"""

from collections.abc import Iterable
from dataclasses import replace

from console.insight.alarms.judging import judge_polled
from console.insight.alarms.lifecycle import adopt_judged, drop_old_cleared, expire_alarms
from console.insight.alarms.own import judge_own
from console.insight.alarms.signals import apply_log_line, apply_trap, apply_unknown_sender
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
    """Returns the picture with its alarms after one more observation. `judges`: polls and the clock raise and clear
    alarms here; without it the clock only ends silences and clears alarms by age."""
    picture = reduce(picture, observation)
    match observation:
        case ClockTick(at=at):
            pairs = {name: _looked(pair, at, judges) for name, pair in picture.pairs.items()}
            if any(pairs[name] is not picture.pairs[name] for name in pairs):
                picture = replace(picture, pairs=pairs)
            return picture.having(
                drop_old_cleared(judge_own(picture, at) if judges else expire_alarms(picture.own, at))
            )
        case Health(at=at, host=host):
            return picture.having(drop_old_cleared(judge_own(picture, at, host))) if judges else picture
        case TrapSeen() if observation.pair not in picture.pairs:
            return picture.having(drop_old_cleared(apply_unknown_sender(picture.own, observation)))
    pair = picture.named(observation.pair)
    return picture if pair is None else picture.having(drop_old_cleared(_alarmed(pair, observation, judges)))


def fold_all(picture: Picture, observations: Iterable[Observation], *, judges: bool = True) -> Picture:
    """Returns the picture after many observations in order, as in a replay."""
    for observation in observations:
        picture = fold(picture, observation, judges=judges)
    return picture


JUDGED = (PollAnswer, PollUnchanged, PollFailure, ClockTick, Health)
"""Observations that a journal has only in part or not at all. It has the alarms from these as `AlarmsJudged`."""


def news(before: Picture, after: Picture, observation: Observation) -> list[AlarmsJudged]:
    """Returns the alarms that the judgement of an observation changed, for the journal."""
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
    return drop_old_cleared(judge_polled(pair, at) if judges else expire_alarms(pair, at))


def _alarmed(pair: PairPicture, observation: Observation, judges: bool) -> PairPicture:
    pair = expire_alarms(pair, observation.at)
    match observation:
        case TrapSeen():
            return apply_trap(pair, observation)
        case LogLine():
            return apply_log_line(pair, observation)
        case PollAnswer() | PollUnchanged() | PollFailure():
            return judge_polled(pair, observation.at) if judges else pair
        case AlarmsJudged():
            for alarm in read_alarms(observation.alarms).values():
                pair = adopt_judged(pair, alarm)
            return pair
        case _:
            return pair
