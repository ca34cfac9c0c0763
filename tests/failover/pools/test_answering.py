"""Who answers a client: every state, role, setting of load balancing and kind of message; and the hash of RFC 3074."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.link.handshake import ALL_BUCKETS, MAIN_BUCKETS, assignment
from dhcpserver.failover.pools.answering import AnswerRules, MessageKind
from dhcpserver.failover.pools.hashing import belongs_to_main, bucket
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import client_key

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN

LINES = {
    #                         new named renew rebind init inform bootp lq
    "silent": "               N   N     N     N      N    N      N     N",
    "normal main off": "      Y   Y     kn    kn     kn   Y      Y     Y",
    "normal backup off": "    N   kn    kn    kn     kn   N      N     Y",
    "normal main on": "       H   Y     kn    kn     Hkn  H      H     Y",
    "normal backup on": "     H   Y     kn    kn     Hkn  H      H     Y",
    "interrupted": "          Y   Y     kn    kn     kn   Y      Y     Y",
    "recover done": "         N   N     kn    kn     N    N      N     Y",
    "partner down": "         Y   Y     Y     Y      Y    Y      Y     Y",
}
SILENT = (State.STARTUP, State.RECOVER, State.RECOVER_WAIT, State.POTENTIAL_CONFLICT, State.PAUSED, State.SHUTDOWN)


def line_of(state: State, main: bool, balancing: bool) -> str:
    """Return the line of the table that applies."""
    if state in SILENT:
        return LINES["silent"]
    if state is NORMAL:
        return LINES[f"normal {'main' if main else 'backup'} {'on' if balancing else 'off'}"]
    if state is State.RECOVER_DONE:
        return LINES["recover done"]
    return LINES["partner down" if state is DOWN else "interrupted"]


MAIN_CLIENT, BACKUP_CLIENT = b"\0\1\2\0\0\0\0\2", b"\0\1\2\0\0\0\0\1"
"""Clients of the main's buckets and of the backup's: hashes 45 and 133."""
CASES = [
    (state, main, balancing, kind, cell)
    for state in State
    for main in (True, False)
    for balancing in (True, False)
    for kind, cell in zip(MessageKind, line_of(state, main, balancing).split(), strict=True)
]


@pytest.mark.parametrize(("state", "main", "balancing", "kind", "cell"), CASES)
def test_answers_as_the_table_has_it(state: State, main: bool, balancing: bool, kind: MessageKind, cell: str) -> None:
    """R-014, R-158, R-160, R-162, R-164 to R-166, R-180; I8: all 384 cells, each for a client of each server."""
    rules = AnswerRules(state, main, balancing)
    for key, clients_main in ((MAIN_CLIENT, True), (BACKUP_CLIENT, False)):
        decision = rules.answers(kind, key)
        expected = cell != "N" and (cell[0] != "H" or clients_main is main)
        assert decision.answer is expected
        if expected:
            assert decision.known_only is cell.endswith("kn")
            assert decision.own_pool_only is (state is not DOWN)
        else:
            assert decision.reason


def test_the_two_clients_of_this_test_belong_to_different_servers() -> None:
    assert belongs_to_main(MAIN_CLIENT)
    assert not belongs_to_main(BACKUP_CLIENT)


@given(st.binary(max_size=30), st.binary(min_size=1, max_size=17))
def test_exactly_one_server_answers_a_new_client(client_id: bytes, hardware: bytes) -> None:
    """R-159, R-161."""
    key = client_key(client_id or None, hardware)
    answers = [AnswerRules(NORMAL, main, True).answers(MessageKind.NEW, key) for main in (True, False)]
    assert sorted(decision.answer for decision in answers) == [False, True]
    assert "belongs to partner" in next(decision.reason for decision in answers if not decision.answer)


def test_a_decision_not_to_answer_has_a_reason() -> None:
    """R-174: the text that an operator searches in the backup's log."""
    decision = AnswerRules(NORMAL, False, False).answers(MessageKind.NEW, b"\0\1abc")
    assert not decision.answer
    assert decision.reason == "failover is in NORMAL state and this is the backup"


def test_only_partner_down_uses_the_partners_share() -> None:
    assert AnswerRules(INTERRUPTED, True, False).answers(MessageKind.NEW, b"\0\1a").own_pool_only
    assert not AnswerRules(DOWN, True, False).answers(MessageKind.NEW, b"\0\1a").own_pool_only


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
def test_the_hash_has_the_values_of_rfc_3074(key: str, expected: int) -> None:
    """R-161."""
    assert bucket(bytes.fromhex(key)) == expected


def test_consecutive_clients_are_divided_evenly() -> None:
    """R-162."""
    keys = (client_key(None, b"\1" + bytes.fromhex("020000") + number.to_bytes(3, "big")) for number in range(65536))
    assert sum(map(belongs_to_main, keys)) == 32768


def test_hashes_the_client_identifier_or_else_the_hardware_address() -> None:
    assert belongs_to_main(client_key(b"abc", b"\1xxxxxx")) is (bucket(b"abc") < 128)
    assert belongs_to_main(client_key(None, b"\1" + b"\0\x11\x22\x33\x44\x55")) is (
        bucket(bytes.fromhex("001122334455")) < 128
    )


def test_the_assignment_marks_the_buckets_of_the_main() -> None:
    assert assignment(False) == ALL_BUCKETS
    assert [n for n in range(256) if assignment(True)[n >> 3] >> (n & 7) & 1] == list(range(128))
    assert len(MAIN_BUCKETS) == 32


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=200))
def test_ignores_octets_after_the_sixteenth(key: bytes, more: bytes) -> None:
    """RFC 3074 section 4: a longer identifier must not move its client to the other server."""
    assert bucket(key + more) == bucket(key)


def test_the_assignment_and_the_answers_agree_on_every_bucket() -> None:
    """R-161, R-162: the option of CONNECT and the server's answers."""
    owned = assignment(True)
    main = AnswerRules(NORMAL, True, True)
    for number in range(4000):
        key = client_key(None, b"\1" + number.to_bytes(6, "big"))
        place = bucket(key[2:])
        assert main.answers(MessageKind.NEW, key).answer is bool(owned[place >> 3] >> (place & 7) & 1)
