"""The endpoint's state machine as data (RFC 8156 section 8, draft-12 section 9).

An endpoint has one state for all the pools it serves. Three things change it:

    the partner's report    `ON_REPORT`; read when a connection is established and on every later STATE
    a local event           `ON_EVENT`
    the end of STARTUP      `resumed_state`

Communications are OK after a STATE arrived on an established connection. Where a cell is VIA, the partner's report
shows that the partner saw an interruption which this server did not see. The endpoint then passes through the state
that a loss of contact leads to (`FAILED`), without closing the connection, and uses the row of that state.

A report with the STARTUP flag is stored but changes nothing: its sender reports the state that it resumes shortly
after. Cells that neither document defines are conservative: stay in the state.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import NamedTuple

from dhcpserver.contract.words import StateCause
from dhcpserver.failover.states import State


class Requester(IntEnum):
    """Which server sends an update request when a cell is reached, unless its request is already open."""

    NONE = 0
    MAIN = 1
    BACKUP = 2
    EITHER = 3

    def includes(self, main: bool) -> bool:
        """Return whether the server of this role sends the request."""
        return self is Requester.EITHER or self is (Requester.MAIN if main else Requester.BACKUP)


class TransitionRule(NamedTuple):
    """One cell of `ON_REPORT`.

    Attributes:
        to: the next state; None to stay.
        via: whether to pass through the interrupted state first.
        requester: which server asks for updates.
    """

    to: State | None = None
    via: bool = False
    requester: Requester = Requester.NONE


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

STAY = TransitionRule()
VIA = TransitionRule(via=True)
_REQUEST = TransitionRule(requester=Requester.EITHER)

ON_REPORT: Mapping[State, Mapping[State, TransitionRule]] = {
    _NORM: {
        _INT: VIA,
        _DOWN: VIA,
        _CONF: VIA,
        _RESINT: VIA,
        _REC: TransitionRule(_INT),
        _WAIT: TransitionRule(_INT),
        _PAUSE: TransitionRule(_INT),
        _SHUT: TransitionRule(_DOWN),
    },
    _INT: {
        _NORM: TransitionRule(_NORM),
        _INT: TransitionRule(_NORM),
        _DOWN: TransitionRule(_CONF),
        _CONF: TransitionRule(_CONF),
        _RESINT: TransitionRule(_CONF),
        _CONDONE: TransitionRule(_CONF),
        _DONE: TransitionRule(_NORM),
        _SHUT: TransitionRule(_DOWN),
    },
    _DOWN: {
        _NORM: TransitionRule(_CONF),
        _INT: TransitionRule(_CONF),
        _DOWN: TransitionRule(_CONF),
        _CONF: TransitionRule(_CONF),
        _RESINT: TransitionRule(_CONF),
        _CONDONE: TransitionRule(_CONF),
        _DONE: TransitionRule(_NORM),
    },
    _CONF: {
        _CONF: TransitionRule(requester=Requester.MAIN),
        _CONDONE: TransitionRule(requester=Requester.BACKUP),
        _PAUSE: TransitionRule(_RESINT),
        _SHUT: TransitionRule(_RESINT),
    },
    _RESINT: {
        partner: TransitionRule(_CONF) for partner in (_NORM, _INT, _DOWN, _CONF, _RESINT, _CONDONE, _REC, _WAIT, _DONE)
    },
    _CONDONE: {_NORM: TransitionRule(_NORM), _DOWN: TransitionRule(_CONF)},
    _REC: {
        _NORM: _REQUEST,
        _INT: _REQUEST,
        _DOWN: _REQUEST,
        _CONF: TransitionRule(_CONF),
        _RESINT: TransitionRule(_CONF),
        _CONDONE: TransitionRule(_CONF),
        _REC: _REQUEST,
        _WAIT: _REQUEST,
        _DONE: _REQUEST,
    },
    _WAIT: {},
    _DONE: {
        _NORM: TransitionRule(_NORM),
        _CONF: TransitionRule(_CONF),
        _RESINT: TransitionRule(_CONF),
        _CONDONE: TransitionRule(_CONF),
        _REC: TransitionRule(_INT),
        _WAIT: TransitionRule(_INT),
        _DONE: TransitionRule(_NORM),
    },
    _PAUSE: {},
    _SHUT: {},
}
"""Row: this server's state; column: the state that the partner reports. A missing cell: stay."""


class StateEvent(Enum):
    """What changes the state beside the partner's reports. The value is the text in the log."""

    COMMUNICATIONS_FAILED = "communications failed"
    OPERATOR_PARTNER_DOWN = "operator set partner down"
    SAFE_PERIOD_OVER = "safe period over"
    UPDATE_DONE = "update done"
    WAIT_OVER = "MCLT wait over"
    STOP_SHORT = "server restarts"
    STOP_LONG = "server stops"


FAILED: Mapping[State, State] = {_NORM: _INT, _CONF: _RESINT}
"""The state that a loss of contact leads to; all other states stay as they are."""

_SERVING = (_NORM, _INT, _DOWN, _RESINT, _CONDONE, _DONE)

ON_EVENT: Mapping[StateEvent, Mapping[State, State]] = {
    StateEvent.COMMUNICATIONS_FAILED: FAILED,
    StateEvent.OPERATOR_PARTNER_DOWN: dict.fromkeys((_NORM, _INT, _RESINT, _CONDONE, _REC, _WAIT, _DONE), _DOWN),
    StateEvent.SAFE_PERIOD_OVER: {_INT: _DOWN},
    StateEvent.WAIT_OVER: {_WAIT: _DONE},
    StateEvent.STOP_SHORT: dict.fromkeys((*_SERVING, _START, _CONF, _REC, _WAIT), _PAUSE),
    StateEvent.STOP_LONG: dict.fromkeys((*_SERVING, _START, _CONF, _REC, _WAIT), _SHUT),
}

_ON_UPDATE_DONE: Mapping[tuple[State, bool], State] = {
    (_CONF, True): _CONDONE,
    (_CONF, False): _NORM,
    (_REC, True): _WAIT,
    (_REC, False): _WAIT,
}


def on_report(state: State, partner: State) -> TransitionRule:
    """Return the rule for a state and the state that the partner reports."""
    return ON_REPORT.get(state, {}).get(partner, STAY)


def on_event(state: State, event: StateEvent, main: bool) -> State | None:
    """Return the state that an event leads to; None if the state stays."""
    if event is StateEvent.UPDATE_DONE:
        return _ON_UPDATE_DONE.get((state, main))
    return ON_EVENT[event].get(state)


_RECOVERING = frozenset((_REC, _WAIT, _DONE))
"""States of a server that already recovers from an outage, so that the partner's PARTNER-DOWN is expected."""


class StartReason(Enum):
    """Why a server resumes in a state. The value is the text in the log."""

    STORED = "resumed from stored state"
    FIRST_START = "first start, no stored state"
    FAILOVER_RECOVER = "failover-recover is set"
    OUT_OF_RELATIONSHIP = "failover was off here, this server served alone"
    LOST_DATABASE = "the partner has a record of this server, which has none of the partner"
    PARTNER_TOOK_OVER = "the partner was set down after this server failed"
    RESTORED_COPY = "the partner has received more from this server than its store has: the store is an older copy"
    STILL_RUNNING = "the partner was set down while this server ran"


_BY_CONFIGURATION = (StartReason.FAILOVER_RECOVER, StartReason.OUT_OF_RELATIONSHIP)
_BY_PARTNER = (StartReason.PARTNER_TOOK_OVER, StartReason.STILL_RUNNING)


def start_cause(reason: StartReason, *, contact: bool) -> StateCause:
    """Return the cause of the state that STARTUP led to. `contact`: whether it ended with contact."""
    if reason is StartReason.RESTORED_COPY:
        return StateCause.RESTORED_COPY
    if reason is StartReason.LOST_DATABASE:
        return StateCause.LOST_RECORD
    if reason in _BY_CONFIGURATION:
        return StateCause.CONFIGURATION
    if reason in _BY_PARTNER:
        return StateCause.PARTNER_STATE
    return StateCause.CONTACT if contact else StateCause.STARTUP_OVER


def start_state(stored: State | None, main: bool, recover: bool, *, alone: bool = False) -> tuple[State, StartReason]:
    """Return the state that a server starts from, before any contact with its partner (R-031, R-196; C-20).

    `recover`: whether failover-recover requests a recovery. `alone`: whether failover was off after the state was
    stored. The server then gave out any address, as in PARTNER-DOWN.
    """
    if recover:
        return State.RECOVER, StartReason.FAILOVER_RECOVER
    if alone:
        return State.PARTNER_DOWN, StartReason.OUT_OF_RELATIONSHIP
    if stored is None:
        return (State.PARTNER_DOWN if main else State.RECOVER), StartReason.FIRST_START
    return FAILED.get(stored, stored), StartReason.STORED


def resumed_state(
    start: State,
    reason: StartReason,
    *,
    partner: State,
    partner_since: int,
    partner_has_record: bool,
    time_of_failure: float,
) -> tuple[State, StartReason]:
    """Return the state that STARTUP leads to when the partner reports its state, and why.

    `start` and `reason` are from `start_state`. `partner_since` and `time_of_failure` are Unix seconds.
    """
    if reason is StartReason.FIRST_START:
        return (State.RECOVER, StartReason.LOST_DATABASE) if partner_has_record else (start, reason)
    if partner is State.PARTNER_DOWN and start not in _RECOVERING:
        if partner_since >= time_of_failure and reason is not StartReason.OUT_OF_RELATIONSHIP:
            return State.RECOVER, StartReason.PARTNER_TOOK_OVER
        return State.POTENTIAL_CONFLICT, StartReason.STILL_RUNNING
    return start, reason
