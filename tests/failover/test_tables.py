"""The tables say what the documents say, and every cell leads somewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover import gate, states
from dhcpserver.failover.gate import Gate, MessageKind, Rule
from dhcpserver.failover.hashing import ALL_BUCKETS, MAIN_BUCKETS, assignment, bucket, is_mains
from dhcpserver.failover.states import Ask, Event, Origin, State
from dhcpserver.leases.lease import client_key

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


# Who answers

#                                            new named renew rebind init inform bootp lq
ANSWERS = [
    (NORMAL, True, False, "                   Y   Y     kn    kn     kn   Y      Y     Y"),
    (NORMAL, False, False, "                  N   kn    kn    kn     kn   N      N     Y"),
    (NORMAL, True, True, "                    H   Y     kn    kn     Hkn  H      H     Y"),
    (NORMAL, False, True, "                   H   Y     kn    kn     Hkn  H      H     Y"),
    (INTERRUPTED, False, True, "              Y   Y     kn    kn     kn   Y      Y     Y"),
    (RESOLUTION, True, False, "               Y   Y     kn    kn     kn   Y      Y     Y"),
    (CONFLICT_DONE, True, True, "             Y   Y     kn    kn     kn   Y      Y     Y"),
    (DONE, False, False, "                    N   N     kn    kn     N    N      N     Y"),
    (DOWN, False, True, "                     Y   Y     Y     Y      Y    Y      Y     Y"),
    *((state, True, False, "N N N N N N N N") for state in (State.STARTUP, RECOVER, WAIT, CONFLICT, PAUSED, SHUTDOWN)),
]


@pytest.mark.parametrize(("state", "main", "balancing", "row"), ANSWERS)
def test_the_gate_opens_as_the_table_says(state: State, main: bool, balancing: bool, row: str) -> None:
    """R-014, R-158, R-160, R-162, R-164 to R-166, R-180."""
    expected = [Rule({"Hkn": "H kn"}.get(cell, cell)) for cell in row.split()]
    assert list(gate.rules(state, main, balancing).values()) == expected


def test_every_state_has_a_row() -> None:
    for state in State:
        for main in (True, False):
            for balancing in (True, False):
                assert set(gate.rules(state, main, balancing)) == set(MessageKind)


@given(st.binary(max_size=30), st.binary(min_size=1, max_size=17))
def test_exactly_one_server_answers_a_new_client(client_id: bytes, hardware: bytes) -> None:
    """R-159, R-161."""
    key = client_key(client_id or None, hardware)
    answers = [Gate(NORMAL, main, True).answers(MessageKind.NEW, key) for main in (True, False)]
    assert sorted(verdict.answer for verdict in answers) == [False, True]
    assert "belongs to partner" in next(verdict.reason for verdict in answers if not verdict.answer)


def test_silence_has_a_reason() -> None:
    """R-174: the text that an operator looks for on the backup."""
    verdict = Gate(NORMAL, False, False).answers(MessageKind.NEW, b"\0\1abc")
    assert not verdict.answer
    assert verdict.reason == "failover is in NORMAL state and this is the backup"


def test_only_partner_down_uses_more_than_its_own_share() -> None:
    assert Gate(INTERRUPTED, True, False).answers(MessageKind.NEW, b"\0\1a").own_pool_only
    assert not Gate(DOWN, True, False).answers(MessageKind.NEW, b"\0\1a").own_pool_only


# The hash

VECTORS = [
    ("", 0),
    ("001122334455", 135),
    ("020000000001", 133),
    ("020000000002", 45),
    ("020000000003", 182),
    ("ffffffffffff", 79),
    ("000000000000", 254),
    ("01001122334455", 223),
    ("01020000000001", 14),
    ("0001000123456789020000000001", 150),
    ("00030001020000000001", 174),
    ("00030001020000000002", 47),
    ("000102030405060708090a0b0c0d0e0f", 155),
    ("000102030405060708090a0b0c0d0e0f10", 155),
    ("616263", 170),
    ("636c69656e742d31", 1),
]


@pytest.mark.parametrize(("key", "expected"), VECTORS)
def test_the_hash_has_these_values(key: str, expected: int) -> None:
    """R-161."""
    assert bucket(bytes.fromhex(key)) == expected


def test_consecutive_clients_split_in_half() -> None:
    """R-162."""
    keys = (client_key(None, b"\1" + bytes.fromhex("020000") + number.to_bytes(3, "big")) for number in range(65536))
    assert sum(map(is_mains, keys)) == 32768


def test_the_hash_takes_the_identifier_else_the_address_alone() -> None:
    assert is_mains(client_key(b"abc", b"\1xxxxxx")) is (bucket(b"abc") < 128)
    assert is_mains(client_key(None, b"\1" + b"\0\x11\x22\x33\x44\x55")) is (
        bucket(bytes.fromhex("001122334455")) < 128
    )


def test_the_assignment_marks_the_mains_buckets() -> None:
    assert assignment(False) == ALL_BUCKETS
    assert [n for n in range(256) if assignment(True)[n >> 3] >> (n & 7) & 1] == list(range(128))
    assert len(MAIN_BUCKETS) == 32
