"""SNMPv3 taken in, without a network: what is remembered of a storm is bounded."""

import random
import tracemalloc

import pytest

from snmp.receive import usm
from snmp.receive.reasons import Reason
from snmp.receive.usm import UsmIntake
from snmp.security.enginestate import EngineState
from snmp.send.recipient import Recipient
from snmp.send.usmcarrier import UsmCarrier
from tests.snmp.fuzz import DISCOVERY, OUR_ID, SENDER_ID, USERS
from tests.snmp.send.test_sender import EVERY_TRAP

HERE = EngineState(OUR_ID, 1)


def message(user: int = 2, engine_id: bytes = SENDER_ID) -> bytes:
    carrier = UsmCarrier(Recipient("x", "127.0.0.1", 9, version="v3", user=USERS[user]), (), EngineState(engine_id, 3))
    (octets,) = carrier.octets(EVERY_TRAP[2], 4711)
    carrier.close()
    return octets


def test_what_is_remembered_of_messages_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The protocol stack keeps something of each, for so many of its ticks: here for few."""
    monkeypatch.setattr(usm, "MESSAGES_PER_TICK", 1)
    taking, octets = UsmIntake(USERS, HERE), message(0)
    taking._engine._outbox.set_timer_resolution(10.0)
    sizes = []
    tracemalloc.start()
    for number in range(800):
        assert taking.take(octets, "192.0.2.1", float(number)).message is not None
        if number % 400 == 399:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    taking.close()
    assert sizes[1] - sizes[0] < 50_000, "400 messages more, each of which leaves 450 octets for a time"


def test_senders_that_are_known_are_bounded_and_learnt_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usm, "MAXIMUM_SENDERS", 2)
    taking = UsmIntake(USERS, HERE)
    messages = [message(1, SENDER_ID + bytes((number,))) for number in range(4)]
    for octets in (*messages, *messages):
        assert taking.take(octets, "192.0.2.1", 10.0).message is not None
    assert len(taking._senders) == len(taking._clocks) == 2
    taking.close()


def test_what_is_not_authentic_is_not_learnt() -> None:
    """A stranger who knows a user's name could fill the table, and every entry is dear."""
    taking = UsmIntake(USERS, HERE)
    octets = bytearray(message(1))
    octets[octets.index(SENDER_ID) + 3] ^= 0xFF
    taken = taking.take(bytes(octets), "192.0.2.1", 10.0)
    assert (taken.message, taken.reason, taken.answers) == (None, Reason.DIGEST, ())
    assert not taking._senders
    taking.close()


def test_a_question_for_our_engine_id_is_answered_and_counts_as_that() -> None:
    taking = UsmIntake(USERS, HERE)
    taken = taking.take(bytes.fromhex(DISCOVERY), "192.0.2.1", 10.0)
    assert taken.reason is Reason.DISCOVERY
    (answer,) = taken.answers
    assert OUR_ID in answer
    taking.close()


def test_noise_that_begins_well_is_refused() -> None:
    taking, entropy = UsmIntake(USERS, HERE), random.Random(7)
    octets = message()
    for _ in range(50):
        taken = taking.take(octets[: entropy.randrange(len(octets))], "192.0.2.1", 10.0)
        assert taken.reason is Reason.MESSAGE
    taking.close()
