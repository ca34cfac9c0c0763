"""Observations: everything that the console ever learns, each one thing at one instant.

They are what the journal keeps and what the reducer folds, so each turns into JSON and back without loss.
`at` is Unix seconds by this host's clock: when it was learnt, not when it happened there.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from console.model.configs import ConfigObject
from console.model.fact_records import UnreadableRecord, read_record, record_json
from console.model.facts import PairFacts
from console.model.leases import LeaseFacts

PACKED_LEVEL = 6
LARGEST_RAW = 32 << 20
"""Octets that a raw answer may have when it is unpacked."""


NO_SUCH_PAIR = "does not know the pair"
"""What every make puts into the error of a poll that a server answered without having that pair."""


class UnreadableObservation(ValueError):
    """A journal entry that this version cannot read; the text says why."""


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """A server answered. `facts` are what its make read from the answer, and `raw` is the whole answer as JSON values.

    The journal keeps the raw answer with its snapshots only (console/journal/recording.py); without it `raw` is None.
    """

    kind: ClassVar[str] = "poll-answer"
    at: float
    pair: str
    server: str
    facts: PairFacts
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PollUnchanged:
    """A server answered the same as before. The journal keeps this small one instead of another whole
    answer."""

    kind: ClassVar[str] = "poll-unchanged"
    at: float
    pair: str
    server: str


@dataclass(frozen=True, slots=True)
class PollFailure:
    """A server could not be asked. `error` is a short text for a person."""

    kind: ClassVar[str] = "poll-failure"
    at: float
    pair: str
    server: str
    error: str


@dataclass(frozen=True, slots=True)
class TrapSeen:
    """A notification arrived. `pair` and `server` are empty when its source is nobody that is configured.

    `varbinds` maps names (or OIDs) to text for a person; `count` is how many identical ones stand behind it.
    """

    kind: ClassVar[str] = "trap"
    at: float
    pair: str
    server: str
    name: str
    oid: str
    source: str
    version: str
    varbinds: Mapping[str, str] = field(default_factory=dict)
    count: int = 1


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a server's log, as read, without its line end. `past`: it stood there before watching
    began, so it is history to show and no news to raise an alarm for."""

    kind: ClassVar[str] = "log"
    at: float
    pair: str
    server: str
    text: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """A person did something here. `action` is a word such as `set-partner-down` or `acknowledge`.

    `subject` is what it was done to (a server, an alarm's id), `detail` the rest for the record.
    """

    kind: ClassVar[str] = "action"
    at: float
    pair: str
    operator: str
    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What came of an action: `succeeded`, and one line for a person."""

    kind: ClassVar[str] = "outcome"
    at: float
    pair: str
    operator: str
    action: str
    subject: str
    succeeded: bool
    text: str


@dataclass(frozen=True, slots=True)
class ClockTick:
    """Time passed and nothing else. `pair` is empty: it concerns all of them."""

    kind: ClassVar[str] = "clock"
    at: float
    pair: str = ""


@dataclass(frozen=True, slots=True)
class AlarmsKept:
    """All alarms of a pair as they stood, cleared ones of late included: where a reader may begin.

    `alarms` are JSON objects (`console.model.alarm_records`).
    """

    kind: ClassVar[str] = "alarms"
    at: float
    pair: str
    alarms: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class AlarmsJudged:
    """Alarms of a pair as polls or the clock changed them just now, each as in `AlarmsKept`.

    Polls are thinned before they are kept, so that judging them again could find something else, or the same at
    another time. Readers of a journal take what was found; who owns an alarm is not theirs to take from here.
    """

    kind: ClassVar[str] = "alarms-judged"
    at: float
    pair: str
    alarms: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Health:
    """What a console says of itself. `facts` are troubles by name, with the words for a person, `None` where there is
    none; `counters` only grow, until its process starts anew. `pair` is `console.model.picture.OWN`."""

    kind: ClassVar[str] = "health"
    at: float
    pair: str
    host: str
    facts: Mapping[str, str | None]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Notified:
    """People were told of an alarm: `stage` (first, repeat, escalation, resolved) by the notification named `target`.

    It is what keeps the next collector from telling them again.
    """

    kind: ClassVar[str] = "notified"
    at: float
    pair: str
    target: str
    stage: str
    alarm: str


@dataclass(frozen=True, slots=True)
class ArrivalsKept:
    """How new clients arrived at each server of a pair, by server and pool (`console.model.arrivals`): a day of it is
    more than a reader folds again."""

    kind: ClassVar[str] = "arrivals"
    at: float
    pair: str
    servers: Mapping[str, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class LeaseAnswer:
    """A server was asked for the lease of an address or a client, `query` as it was typed.

    `leases` are none where it has none; `error` is why it could not be asked.
    """

    kind: ClassVar[str] = "lease"
    at: float
    pair: str
    server: str
    query: str
    leases: tuple[LeaseFacts, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ConfigAnswer:
    """A server was asked for its configuration; `error` is why it could not be."""

    kind: ClassVar[str] = "config"
    at: float
    pair: str
    server: str
    objects: tuple[ConfigObject, ...]
    error: str | None = None


Observation = (
    PollAnswer
    | PollUnchanged
    | PollFailure
    | TrapSeen
    | LogLine
    | OperatorAction
    | ActionOutcome
    | ClockTick
    | AlarmsKept
    | AlarmsJudged
    | Health
    | Notified
    | ArrivalsKept
    | LeaseAnswer
    | ConfigAnswer
)

KINDS: dict[str, type[Observation]] = {
    each.kind: each
    for each in (
        PollAnswer,
        PollUnchanged,
        PollFailure,
        TrapSeen,
        LogLine,
        OperatorAction,
        ActionOutcome,
        ClockTick,
        AlarmsKept,
        AlarmsJudged,
        Health,
        Notified,
        ArrivalsKept,
        LeaseAnswer,
        ConfigAnswer,
    )
}


def as_json(observation: Observation) -> dict[str, Any]:
    """A JSON object with `kind` and every field; `from_json` is its inverse."""
    values: dict[str, Any] = {"kind": observation.kind}
    for each in fields(observation):
        value = getattr(observation, each.name)
        values[each.name] = dict(value) if isinstance(value, Mapping) else value
    match observation:
        case PollAnswer():
            values["facts"] = record_json(observation.facts)
            values["raw"] = None if observation.raw is None else packed(observation.raw)
            return {name: value for name, value in values.items() if name != "raw" or value is not None}
        case LeaseAnswer():
            values["leases"] = [record_json(each) for each in observation.leases]
        case ConfigAnswer():
            values["objects"] = [record_json(each) for each in observation.objects]
    return values


def from_json(raw: Mapping[str, Any]) -> Observation:
    """The observation that `as_json` wrote. Raises UnreadableObservation for anything else."""
    kind = KINDS.get(str(raw.get("kind")))
    if kind is None:
        raise UnreadableObservation(f"unknown kind of observation {raw.get('kind')!r}")
    known = {each.name for each in fields(kind)}
    values = {name: value for name, value in raw.items() if name in known}
    try:
        if kind is PollAnswer:
            values["facts"] = read_record(PairFacts, values.get("facts"))
            values["raw"] = unpacked(values.get("raw"))
        elif kind is LeaseAnswer:
            values["leases"] = tuple(read_record(LeaseFacts, each) for each in values.get("leases", ()))
        elif kind is ConfigAnswer:
            values["objects"] = tuple(read_record(ConfigObject, each) for each in values.get("objects", ()))
        return kind(**values)
    except (TypeError, UnreadableRecord) as wrong:
        raise UnreadableObservation(f"{kind.kind}: {wrong}") from wrong


def packed(raw: Mapping[str, Any]) -> str:
    """A raw answer for the journal: JSON, compressed, in base64. A quarter of its size as it came."""
    return b64encode(zlib.compress(json.dumps(raw).encode(), PACKED_LEVEL)).decode()


def unpacked(text: object) -> Mapping[str, Any] | None:
    """The raw answer that `packed` wrote; None for anything else, since nothing depends on it."""
    if not isinstance(text, str):
        return None
    try:
        reader = zlib.decompressobj()
        found = json.loads(reader.decompress(b64decode(text), LARGEST_RAW))
    except (ValueError, zlib.error, RecursionError):
        return None
    return found if isinstance(found, dict) else None
