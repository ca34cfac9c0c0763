"""The tables say what the documents say, and every cell leads somewhere."""

import pytest

from dhcpserver.failover import states
from dhcpserver.failover.states import Ask, Event, Origin, State

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN
CONFLICT, RESOLUTION, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE
RECOVER, WAIT, DONE = State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
PAUSED, SHUTDOWN = State.PAUSED, State.SHUTDOWN
COLUMNS = (NORMAL, INTERRUPTED, DOWN, CONFLICT, RESOLUTION, CONFLICT_DONE, RECOVER, WAIT, DONE, PAUSED, SHUTDOWN)
SHORT = {
    "N": NORMAL,
    "I": INTERRUPTED,
    "D": DOWN,
    "C": CONFLICT,
    "R": RESOLUTION,
}
# A letter: the state gone to; "-": stay; "v": through COMMUNICATIONS-INTERRUPTED; "?": ask for updates.
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
def test_reports_move_states_as_the_table_says(state: State) -> None:
    """The rows of R-178 to R-195."""
    for partner, cell in zip(COLUMNS, REPORTS[state].split(), strict=True):
        move = states.on_report(state, partner)
        assert move.to is SHORT.get(cell), f"{state} <- {partner}"
        assert move.via is (cell == "v"), f"{state} <- {partner}"
        asks = {"?": Ask.EITHER, "m": Ask.MAIN, "b": Ask.BACKUP}.get(cell, Ask.NOBODY)
        assert move.ask is asks, f"{state} <- {partner}"


def test_numbers_are_those_of_the_wire() -> None:
    numbers = {"STARTUP": 1, "NORMAL": 2, "COMMUNICATIONS-INTERRUPTED": 3, "PARTNER-DOWN": 4, "POTENTIAL-CONFLICT": 5}
    numbers |= {"RECOVER": 6, "PAUSED": 7, "SHUTDOWN": 8, "RECOVER-DONE": 9, "RESOLUTION-INTERRUPTED": 10}
    numbers |= {"CONFLICT-DONE": 11, "RECOVER-WAIT": 254}
    assert {state.value: state.number for state in State} == numbers
    assert all(states.by_number(number) is State(name) for name, number in numbers.items())
    assert states.by_number(12) is None
    assert states.by_number(None) is None


@pytest.mark.parametrize(
    ("state", "event", "main", "expected"),
    [
        (NORMAL, Event.COMMUNICATIONS_FAILED, True, INTERRUPTED),
        (CONFLICT, Event.COMMUNICATIONS_FAILED, True, RESOLUTION),
        (DOWN, Event.COMMUNICATIONS_FAILED, True, None),
        (RECOVER, Event.COMMUNICATIONS_FAILED, False, None),
        (NORMAL, Event.OPERATOR_PARTNER_DOWN, True, DOWN),
        (INTERRUPTED, Event.OPERATOR_PARTNER_DOWN, False, DOWN),
        (RESOLUTION, Event.OPERATOR_PARTNER_DOWN, False, DOWN),
        (RECOVER, Event.OPERATOR_PARTNER_DOWN, False, None),
        (DOWN, Event.OPERATOR_PARTNER_DOWN, False, None),
        (INTERRUPTED, Event.SAFE_PERIOD_OVER, True, DOWN),
        (NORMAL, Event.SAFE_PERIOD_OVER, True, None),
        (CONFLICT, Event.UPDATE_DONE, True, CONFLICT_DONE),
        (CONFLICT, Event.UPDATE_DONE, False, NORMAL),
        (RECOVER, Event.UPDATE_DONE, False, WAIT),
        (NORMAL, Event.UPDATE_DONE, False, None),
        (WAIT, Event.WAIT_OVER, False, DONE),
        (NORMAL, Event.STOP_SHORT, True, PAUSED),
        (NORMAL, Event.STOP_LONG, True, SHUTDOWN),
    ],
)
def test_events_move_states_as_the_table_says(state: State, event: Event, main: bool, expected: State | None) -> None:
    assert states.on_event(state, event, main) is expected


@pytest.mark.parametrize(
    ("stored", "main", "recover", "expected"),
    [
        (None, True, False, (DOWN, Origin.FIRST_START)),
        (None, False, False, (RECOVER, Origin.FIRST_START)),
        (NORMAL, True, False, (INTERRUPTED, Origin.STORED)),
        (CONFLICT, True, False, (RESOLUTION, Origin.STORED)),
        (DOWN, False, False, (DOWN, Origin.STORED)),
        (NORMAL, True, True, (RECOVER, Origin.FAILOVER_RECOVER)),
    ],
)
def test_a_start_resumes_what_was_stored(
    stored: State | None, main: bool, recover: bool, expected: tuple[State, Origin]
) -> None:
    """R-031, R-190, R-196, R-229; C-20."""
    assert states.candidate(stored, main, recover) == expected


@pytest.mark.parametrize(
    ("start", "origin", "partner", "since", "knows", "expected"),
    [
        (DOWN, Origin.FIRST_START, RECOVER, 0, False, DOWN),
        (DOWN, Origin.FIRST_START, INTERRUPTED, 0, True, RECOVER),
        (INTERRUPTED, Origin.STORED, INTERRUPTED, 0, True, INTERRUPTED),
        (INTERRUPTED, Origin.STORED, DOWN, 1001, True, RECOVER),
        (INTERRUPTED, Origin.STORED, DOWN, 999, True, CONFLICT),
        (WAIT, Origin.STORED, DOWN, 999, True, WAIT),
        (RECOVER, Origin.FAILOVER_RECOVER, DOWN, 999, True, RECOVER),
    ],
)
def test_startup_compares_who_failed_first(
    start: State, origin: Origin, partner: State, since: int, knows: bool, expected: State
) -> None:
    """R-193 to R-195, R-216: failed at 1000; the partner set this server down before or after."""
    state, _ = states.resume(
        start, origin, partner=partner, partner_since=since, partner_knows_us=knows, time_of_failure=1000
    )
    assert state is expected
