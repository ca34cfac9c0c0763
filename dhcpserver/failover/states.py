"""The endpoint's state machine as data (RFC 8156 section 8, draft-12 section 9).

An endpoint has one state for all that it serves. Three things move it: what the partner reports (`ON_REPORT`, read
when a connection is established and on every STATE after it), what happens here (`ON_EVENT`), and STARTUP, which is
left by the rules of `resume`.

Communications are OK once a STATE arrived on a completed connection. Where a row says VIA, the endpoint goes through
the state that losing the partner would have led to (`FAILED`) and takes that state's row, without closing anything:
the partner's report shows that it saw an interruption which this side did not.

A report with the STARTUP flag is remembered and moves nothing: its sender will say what it resumes in a moment.
Cells that neither document fills are chosen conservative: stay.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import NamedTuple


class State(Enum):
    """An endpoint's state, by the name that operators know; `number` is the one on the wire (option 24)."""

    STARTUP = "STARTUP"
    NORMAL = "NORMAL"
    COMMUNICATIONS_INTERRUPTED = "COMMUNICATIONS-INTERRUPTED"
    PARTNER_DOWN = "PARTNER-DOWN"
    POTENTIAL_CONFLICT = "POTENTIAL-CONFLICT"
    RECOVER = "RECOVER"
    PAUSED = "PAUSED"
    SHUTDOWN = "SHUTDOWN"
    RECOVER_DONE = "RECOVER-DONE"
    RESOLUTION_INTERRUPTED = "RESOLUTION-INTERRUPTED"
    CONFLICT_DONE = "CONFLICT-DONE"
    RECOVER_WAIT = "RECOVER-WAIT"

    @property
    def number(self) -> int:
        """Its number on the wire."""
        return _NUMBERS[self]


_NUMBERS = {state: number for number, state in enumerate(State, 1)} | {State.RECOVER_WAIT: 254}
_BY_NUMBER = {number: state for state, number in _NUMBERS.items()}


def by_number(number: int | None) -> State | None:
    """The state of a number on the wire, None for a number that has none."""
    return None if number is None else _BY_NUMBER.get(number)


class Ask(IntEnum):
    """Who sends an update request on reaching a cell, unless it has one under way."""

    NOBODY = 0
    MAIN = 1
    BACKUP = 2
    EITHER = 3

    def concerns(self, main: bool) -> bool:
        """Whether the server of that role is meant."""
        return self is Ask.EITHER or self is (Ask.MAIN if main else Ask.BACKUP)


class Move(NamedTuple):
    """One cell: where to go (None: stay), whether through the interrupted state, and who asks for updates."""

    to: State | None = None
    via: bool = False
    ask: Ask = Ask.NOBODY


_START, _NORM, _INT, _DOWN, _CONF, _REC = (
    State.STARTUP,
    State.NORMAL,
    State.COMMUNICATIONS_INTERRUPTED,
    State.PARTNER_DOWN,
    State.POTENTIAL_CONFLICT,
    State.RECOVER,
)
_PAUSE, _SHUT, _DONE, _RESINT, _CONDONE, _WAIT = (
    State.PAUSED,
    State.SHUTDOWN,
    State.RECOVER_DONE,
    State.RESOLUTION_INTERRUPTED,
    State.CONFLICT_DONE,
    State.RECOVER_WAIT,
)

STAY = Move()
VIA = Move(via=True)
_ASK = Move(ask=Ask.EITHER)

ON_REPORT: Mapping[State, Mapping[State, Move]] = {
    _NORM: {
        _INT: VIA,
        _DOWN: VIA,
        _CONF: VIA,
        _RESINT: VIA,
        _REC: Move(_INT),
        _WAIT: Move(_INT),
        _PAUSE: Move(_INT),
        _SHUT: Move(_DOWN),
    },
    _INT: {
        _NORM: Move(_NORM),
        _INT: Move(_NORM),
        _DOWN: Move(_CONF),
        _CONF: Move(_CONF),
        _RESINT: Move(_CONF),
        _CONDONE: Move(_CONF),
        _DONE: Move(_NORM),
        _SHUT: Move(_DOWN),
    },
    _DOWN: {
        _NORM: Move(_CONF),
        _INT: Move(_CONF),
        _DOWN: Move(_CONF),
        _CONF: Move(_CONF),
        _RESINT: Move(_CONF),
        _CONDONE: Move(_CONF),
        _DONE: Move(_NORM),
    },
    _CONF: {
        _CONF: Move(ask=Ask.MAIN),
        _CONDONE: Move(ask=Ask.BACKUP),
        _PAUSE: Move(_RESINT),
        _SHUT: Move(_RESINT),
    },
    _RESINT: {partner: Move(_CONF) for partner in (_NORM, _INT, _DOWN, _CONF, _RESINT, _CONDONE, _REC, _WAIT, _DONE)},
    _CONDONE: {_NORM: Move(_NORM), _DOWN: Move(_CONF)},
    _REC: {
        _NORM: _ASK,
        _INT: _ASK,
        _DOWN: _ASK,
        _CONF: Move(_CONF),
        _RESINT: Move(_CONF),
        _CONDONE: Move(_CONF),
        _REC: _ASK,
        _WAIT: _ASK,
        _DONE: _ASK,
    },
    _WAIT: {},
    _DONE: {
        _NORM: Move(_NORM),
        _CONF: Move(_CONF),
        _RESINT: Move(_CONF),
        _CONDONE: Move(_CONF),
        _REC: Move(_INT),
        _WAIT: Move(_INT),
        _DONE: Move(_NORM),
    },
    _PAUSE: {},
    _SHUT: {},
}
"""Row: this server; column: the partner, as reported. A missing cell: stay."""


class Event(Enum):
    """What moves an endpoint beside the partner's reports; the value is how the log words it."""

    COMMUNICATIONS_FAILED = "communications failed"
    OPERATOR_PARTNER_DOWN = "operator set partner down"
    SAFE_PERIOD_OVER = "safe period over"
    UPDATE_DONE = "update done"
    WAIT_OVER = "MCLT wait over"
    STOP_SHORT = "server restarts"
    STOP_LONG = "server stops"


FAILED: Mapping[State, State] = {_NORM: _INT, _CONF: _RESINT}
"""What losing the partner makes of a state; of any other, nothing."""

_SERVING = (_NORM, _INT, _DOWN, _RESINT, _CONDONE, _DONE)

ON_EVENT: Mapping[Event, Mapping[State, State]] = {
    Event.COMMUNICATIONS_FAILED: FAILED,
    Event.OPERATOR_PARTNER_DOWN: {_NORM: _DOWN, _INT: _DOWN, _RESINT: _DOWN},
    Event.SAFE_PERIOD_OVER: {_INT: _DOWN},
    Event.WAIT_OVER: {_WAIT: _DONE},
    Event.STOP_SHORT: dict.fromkeys((*_SERVING, _START, _CONF, _REC, _WAIT), _PAUSE),
    Event.STOP_LONG: dict.fromkeys((*_SERVING, _START, _CONF, _REC, _WAIT), _SHUT),
}

_ON_UPDATE_DONE: Mapping[tuple[State, bool], State] = {
    (_CONF, True): _CONDONE,
    (_CONF, False): _NORM,
    (_REC, True): _WAIT,
    (_REC, False): _WAIT,
}


def on_report(state: State, partner: State) -> Move:
    """What a partner's report does to a state."""
    return ON_REPORT.get(state, {}).get(partner, STAY)


def on_event(state: State, event: Event, main: bool) -> State | None:
    """The state that an event leads to; None when it leaves the state as it is."""
    if event is Event.UPDATE_DONE:
        return _ON_UPDATE_DONE.get((state, main))
    return ON_EVENT[event].get(state)


_RECOVERING = frozenset((_REC, _WAIT, _DONE))
"""Already on the way back from an outage; the partner's PARTNER-DOWN is accounted for."""


class Origin(Enum):
    """Why a server resumes in a state; the value is how the log words it."""

    STORED = "resumed from stored state"
    FIRST_START = "first start, no stored state"
    FAILOVER_RECOVER = "failover-recover is set"
    OUT_OF_RELATIONSHIP = "failover was off here, this server served alone"
    LOST_DATABASE = "the partner knows this server, which has no record of it"
    PARTNER_TOOK_OVER = "the partner was set down after this server failed"
    STILL_RUNNING = "the partner was set down while this server ran"


def candidate(stored: State | None, main: bool, recover: bool, *, alone: bool = False) -> tuple[State, Origin]:
    """What a server starts from, before it has heard of its partner (R-031, R-196; C-20).

    `recover`: failover-recover asks for it. `alone`: failover was off since the state was stored, so that the server
    gave out whatever it wanted, which is what PARTNER-DOWN means.
    """
    if recover:
        return State.RECOVER, Origin.FAILOVER_RECOVER
    if alone:
        return State.PARTNER_DOWN, Origin.OUT_OF_RELATIONSHIP
    if stored is None:
        return (State.PARTNER_DOWN if main else State.RECOVER), Origin.FIRST_START
    return FAILED.get(stored, stored), Origin.STORED


def resume(
    start: State,
    origin: Origin,
    *,
    partner: State,
    partner_since: int,
    partner_knows_us: bool,
    time_of_failure: float,
) -> tuple[State, Origin]:
    """The state in which STARTUP ends when the partner answers."""
    if origin is Origin.FIRST_START:
        return (State.RECOVER, Origin.LOST_DATABASE) if partner_knows_us else (start, origin)
    if partner is State.PARTNER_DOWN and start not in _RECOVERING:
        if partner_since >= time_of_failure and origin is not Origin.OUT_OF_RELATIONSHIP:
            return State.RECOVER, Origin.PARTNER_TOOK_OVER
        return State.POTENTIAL_CONFLICT, Origin.STILL_RUNNING
    return start, origin
