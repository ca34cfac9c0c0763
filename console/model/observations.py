"""Observations: each is one thing that the console has received, at one time.

The journal keeps them and the reducer folds them, so each is converted to JSON and back without loss. `at` is Unix
seconds by the clock of this host: when it was received, not when it occurred.
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
"""The largest raw answer that is unpacked, in octets."""


class UnreadableObservation(ValueError):
    """A journal entry that this version cannot read, with the reason."""


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
    """A server gave the same answer as before. The journal keeps this in place of another whole answer."""

    kind: ClassVar[str] = "poll-unchanged"
    at: float
    pair: str
    server: str


@dataclass(frozen=True, slots=True)
class PollFailure:
    """A poll without facts. `error` is a short text for a person. `unreadable`: there was an answer, and it cannot be
    read. `no_such_pair`: the server answered that it does not have the pair."""

    kind: ClassVar[str] = "poll-failure"
    at: float
    pair: str
    server: str
    error: str
    no_such_pair: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class TrapSeen:
    """A notification arrived. `pair` and `server` are empty when its source is not configured.

    `varbinds` maps names (or OIDs) to text for a person; `count` is the number of identical notifications. `device` is
    the configured name of other equipment. `event` names the alarm that the configuration raises for the trap, of that
    `severity`, or that it ends where `clears`; `text` is the text of that alarm.
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
    device: str = ""
    event: str = ""
    severity: str = ""
    clears: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a server's log, as read, without its line end. `past`: it was in the log before watching
    began, so it is shown and raises no alarm."""

    kind: ClassVar[str] = "log"
    at: float
    pair: str
    server: str
    text: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """An action of an operator. `action` is a word such as `set-partner-down` or `acknowledge`.

    `subject` is its object (a server, the id of an alarm), `detail` has the other fields.
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
    """The result of an action: `succeeded`, and one line of text."""

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
    """The clock advanced. `pair` is empty: it concerns all pairs."""

    kind: ClassVar[str] = "clock"
    at: float
    pair: str = ""


@dataclass(frozen=True, slots=True)
class AlarmsKept:
    """All alarms of a pair at a time, with those cleared lately: a reader may begin here.

    `alarms` are JSON objects (`console.model.alarm_records`).
    """

    kind: ClassVar[str] = "alarms"
    at: float
    pair: str
    alarms: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class AlarmsJudged:
    """Alarms of a pair that polls or the clock have changed, each as in `AlarmsKept`.

    Polls are thinned before they are kept, so deriving alarms from them again could give other alarms or other times.
    Readers of a journal take these alarms, without their owners, which follow from the operators' actions.
    """

    kind: ClassVar[str] = "alarms-judged"
    at: float
    pair: str
    alarms: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a console. `facts` are faults by name with their text, None where there is none; `counters` only
    grow, until the process restarts. `pair` is `console.model.picture.OWN`."""

    kind: ClassVar[str] = "health"
    at: float
    pair: str
    host: str
    facts: Mapping[str, str | None]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Notified:
    """A notification about an alarm was sent: its `stage` (first, repeat, escalation, resolved) and its name, `target`.

    With this the next collector does not send it again.
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
    too much to fold again."""

    kind: ClassVar[str] = "arrivals"
    at: float
    pair: str
    servers: Mapping[str, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class PinsKept:
    """All notes and planned silences of a pair at a time (`console.model.pins`), by id and by name: they may be older
    than the oldest entry of the journal."""

    kind: ClassVar[str] = "pins"
    at: float
    pair: str
    notes: Mapping[str, Mapping[str, Any]]
    plans: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LeaseAnswer:
    """The answer of a server to the lookup of an address or a client, `query` as it was typed.

    `leases` is empty where the server has none; `error` is the reason where there is no answer.
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
    """The configuration of a server; `error` is the reason where there is no answer."""

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
    | PinsKept
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
        PinsKept,
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
    """A raw answer for the journal: JSON, compressed, in base64. About a quarter of the size."""
    return b64encode(zlib.compress(json.dumps(raw).encode(), PACKED_LEVEL)).decode()


def unpacked(text: object) -> Mapping[str, Any] | None:
    """The raw answer that `packed` wrote; None for anything else: it is for information only."""
    if not isinstance(text, str):
        return None
    try:
        reader = zlib.decompressobj()
        found = json.loads(reader.decompress(b64decode(text), LARGEST_RAW))
    except (ValueError, zlib.error, RecursionError):
        return None
    return found if isinstance(found, dict) else None
