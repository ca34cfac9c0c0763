"""The tables of states against the documents, cell by cell."""

import pytest

from dhcpserver.failover.state.tables import (
    Requester,
    StartReason,
    StateEvent,
    on_event,
    on_report,
    resumed_state,
    start_state,
)
from dhcpserver.failover.states import State, by_number

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
PAUSED, SHUTDOWN = State.PAUSED, State.SHUTDOWN
COLUMNS = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE, PAUSED, SHUTDOWN)
STATES = {
    "N": NORMAL,
    "I": INTERRUPTED,
    "D": DOWN,
    "C": CONFLICT,
    "R": RESOLUTION,
}
# A letter: the next state; "-": stay; "v": through COMMUNICATIONS-INTERRUPTED. Update requests: "?" by either server,
# "m" by the main, "b" by the backup.
#                    NORM INT DOWN CONF RES CDONE REC WAIT DONE PAUSE SHUT
REPORTS = {
    NORMAL: "         -    v    v    v    v   -     I   I    -    I     D",
    INTERRUPTED: "    N    N    C    C    C   C     -   -    N    -     D",
    DOWN: "           C    C    C    C    C   C     -   -    N    -     -",
    RESOLUTION: "     C    C    C    C    C   C     C   C    C    -     -",
    CONFLICT_DONE: "  N    -    C    -    -   -     -   -    -    -     -",
    RECOVER: "        ?    ?    ?    C    C   C     ?   ?    ?    -     -",
    WAIT: "           -    -    -    -    -   -     -   -    -    -     -",
    DONE: "           N    -    -    C    C   C     I   I    N    -     -",
    CONFLICT: "       -    -    -    m    -   b     -   -    -    R     R",
}


@pytest.mark.parametrize("state", REPORTS)
def test_a_report_leads_to_the_state_of_the_table(state: State) -> None:
    """The rows of R-178 to R-195."""
    for partner, cell in zip(COLUMNS, REPORTS[state].split(), strict=True):
        rule = on_report(state, partner)
        assert rule.to is STATES.get(cell), f"{state} <- {partner}"
        assert rule.via is (cell == "v"), f"{state} <- {partner}"
        requester = {"?": Requester.EITHER, "m": Requester.MAIN, "b": Requester.BACKUP}.get(cell, Requester.NONE)
        assert rule.requester is requester, f"{state} <- {partner}"


def test_states_have_their_numbers_on_the_wire() -> None:
    numbers = {"STARTUP": 1, "NORMAL": 2, "COMMUNICATIONS-INTERRUPTED": 3, "PARTNER-DOWN": 4, "POTENTIAL-CONFLICT": 5}
    numbers |= {"RECOVER": 6, "PAUSED": 7, "SHUTDOWN": 8, "RECOVER-DONE": 9, "RESOLUTION-INTERRUPTED": 10}
    numbers |= {"CONFLICT-DONE": 11, "RECOVER-WAIT": 254}
    assert {state.value: state.number for state in State} == numbers
    assert all(by_number(number) is State(name) for name, number in numbers.items())
    assert by_number(12) is None
    assert by_number(None) is None


@pytest.mark.parametrize(
    ("state", "event", "main", "expected"),
    [
        (NORMAL, StateEvent.COMMUNICATIONS_FAILED, True, INTERRUPTED),
        (CONFLICT, StateEvent.COMMUNICATIONS_FAILED, True, RESOLUTION),
        (DOWN, StateEvent.COMMUNICATIONS_FAILED, True, None),
        (RECOVER, StateEvent.COMMUNICATIONS_FAILED, False, None),
        (NORMAL, StateEvent.OPERATOR_PARTNER_DOWN, True, DOWN),
        (INTERRUPTED, StateEvent.OPERATOR_PARTNER_DOWN, False, DOWN),
        (RESOLUTION, StateEvent.OPERATOR_PARTNER_DOWN, False, DOWN),
        (CONFLICT_DONE, StateEvent.OPERATOR_PARTNER_DOWN, True, DOWN),
        (WAIT, StateEvent.OPERATOR_PARTNER_DOWN, True, DOWN),
        (DONE, StateEvent.OPERATOR_PARTNER_DOWN, False, DOWN),
        (RECOVER, StateEvent.OPERATOR_PARTNER_DOWN, False, DOWN),
        (DOWN, StateEvent.OPERATOR_PARTNER_DOWN, False, None),
        (INTERRUPTED, StateEvent.SAFE_PERIOD_OVER, True, DOWN),
        (NORMAL, StateEvent.SAFE_PERIOD_OVER, True, None),
        (CONFLICT, StateEvent.UPDATE_DONE, True, CONFLICT_DONE),
        (CONFLICT, StateEvent.UPDATE_DONE, False, NORMAL),
        (RECOVER, StateEvent.UPDATE_DONE, False, WAIT),
        (NORMAL, StateEvent.UPDATE_DONE, False, None),
        (WAIT, StateEvent.WAIT_OVER, False, DONE),
        (NORMAL, StateEvent.STOP_SHORT, True, PAUSED),
        (NORMAL, StateEvent.STOP_LONG, True, SHUTDOWN),
    ],
)
def test_an_event_leads_to_the_state_of_the_table(
    state: State, event: StateEvent, main: bool, expected: State | None
) -> None:
    assert on_event(state, event, main) is expected


@pytest.mark.parametrize(
    ("stored", "main", "recover", "expected"),
    [
        (None, True, False, (DOWN, StartReason.FIRST_START)),
        (None, False, False, (RECOVER, StartReason.FIRST_START)),
        (NORMAL, True, False, (INTERRUPTED, StartReason.STORED)),
        (CONFLICT, True, False, (RESOLUTION, StartReason.STORED)),
        (DOWN, False, False, (DOWN, StartReason.STORED)),
        (NORMAL, True, True, (RECOVER, StartReason.FAILOVER_RECOVER)),
    ],
)
def test_a_start_resumes_the_stored_state(
    stored: State | None, main: bool, recover: bool, expected: tuple[State, StartReason]
) -> None:
    """R-031, R-190, R-196, R-229; C-20."""
    assert start_state(stored, main, recover) == expected


@pytest.mark.parametrize(
    ("start", "origin", "partner", "since", "has_record", "expected"),
    [
        (DOWN, StartReason.FIRST_START, RECOVER, 0, False, DOWN),
        (DOWN, StartReason.FIRST_START, INTERRUPTED, 0, True, RECOVER),
        (INTERRUPTED, StartReason.STORED, INTERRUPTED, 0, True, INTERRUPTED),
        (INTERRUPTED, StartReason.STORED, DOWN, 1001, True, RECOVER),
        (INTERRUPTED, StartReason.STORED, DOWN, 999, True, CONFLICT),
        (WAIT, StartReason.STORED, DOWN, 999, True, WAIT),
        (RECOVER, StartReason.FAILOVER_RECOVER, DOWN, 999, True, RECOVER),
    ],
)
def test_startup_compares_which_server_failed_first(
    start: State, origin: StartReason, partner: State, since: int, has_record: bool, expected: State
) -> None:
    """R-193 to R-195, R-216: this server failed at 1000; the partner entered PARTNER-DOWN before or after."""
    state, _ = resumed_state(
        start, origin, partner=partner, partner_since=since, partner_has_record=has_record, time_of_failure=1000
    )
    assert state is expected
