"""Receiving SNMPv3 without a network: the memory that a storm takes is bounded."""

import random
import tracemalloc
from dataclasses import replace

import pytest

from snmp.receive import usm
from snmp.receive.reasons import Reason
from snmp.receive.usm import UsmIntake
from snmp.security.access import User
from snmp.security.engine import MasterKeys
from snmp.security.enginestate import EngineState
from snmp.send.recipient import Recipient
from snmp.send.usmcarrier import UsmCarrier
from tests.snmp.codec.test_lenient import element
from tests.snmp.fuzz import DISCOVERY, OUR_ID, SENDER_ID, USERS
from tests.snmp.oddv3 import v3
from tests.snmp.send.test_sender import EVERY_TRAP

HERE = EngineState(OUR_ID, 1)


def message(user: int = 2, engine_id: bytes = SENDER_ID) -> bytes:
    carrier = UsmCarrier(Recipient("x", "127.0.0.1", 9, version="v3", user=USERS[user]), (), EngineState(engine_id, 3))
    (octets,) = carrier.octets(EVERY_TRAP[2], 4711)
    carrier.close()
    return octets


def test_memory_does_not_grow_with_the_number_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """pysnmp stores data of each message for a number of its ticks: for few in this test."""
    monkeypatch.setattr(usm, "MESSAGES_PER_TICK", 1)
    subject, octets = UsmIntake(USERS, HERE), message(0)
    subject._engine._outbox.set_timer_resolution(10.0)
    sizes = []
    tracemalloc.start()
    for number in range(800):
        assert subject.handle(octets, "192.0.2.1", float(number)).message is not None
        if number % 400 == 399:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    subject.close()
    assert sizes[1] - sizes[0] < 50_000, "400 more messages, each of which needs 450 octets for a while"


def test_the_table_of_senders_is_bounded_and_senders_are_added_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usm, "MAXIMUM_SENDERS", 2)
    subject = UsmIntake(USERS, HERE)
    messages = [message(1, SENDER_ID + bytes((number,))) for number in range(4)]
    for octets in (*messages, *messages):
        assert subject.handle(octets, "192.0.2.1", 10.0).message is not None
    assert len(subject._senders) == len(subject._clocks) == 2
    subject.close()


def test_a_sender_with_a_wrong_digest_is_not_added() -> None:
    """Otherwise a sender with only a user name could fill the table, and each entry takes much time."""
    subject = UsmIntake(USERS, HERE)
    octets = bytearray(message(1))
    octets[octets.index(SENDER_ID) + 3] ^= 0xFF
    result = subject.handle(bytes(octets), "192.0.2.1", 10.0)
    assert (result.message, result.reason, result.answers) == (None, Reason.DIGEST, ())
    assert not subject._senders
    subject.close()


def test_engine_discovery_is_answered_and_counted_as_discovery() -> None:
    subject = UsmIntake(USERS, HERE)
    result = subject.handle(bytes.fromhex(DISCOVERY), "192.0.2.1", 10.0)
    assert result.reason is Reason.DISCOVERY
    (answer,) = result.answers
    assert OUR_ID in answer
    subject.close()


def test_a_message_that_is_cut_off_is_rejected() -> None:
    subject, entropy = UsmIntake(USERS, HERE), random.Random(7)
    octets = message()
    for _ in range(50):
        result = subject.handle(octets[: entropy.randrange(len(octets))], "192.0.2.1", 10.0)
        assert result.reason is Reason.MESSAGE
    subject.close()


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_odd_values_are_mended_for_the_authentic_sender_only(user: User) -> None:
    """Values that the engine cannot decode; with a wrong key the message is rejected before they are read."""
    octets = v3(MasterKeys(user), element(0x42, b"\xff\xff\xff\xff"), 7)
    result = UsmIntake((user,), HERE).handle(octets, "192.0.2.1", 10.0)
    assert result.mended
    assert result.message is not None
    assert result.message.varbinds[-1].value == 2**32 - 1
    if user.auth is not None:
        other = replace(user, auth_key="another long key")
        refused = UsmIntake((other,), HERE).handle(octets, "192.0.2.1", 10.0)
        assert (refused.message, refused.reason) == (None, Reason.DIGEST)


def test_octets_after_a_message_are_nul_or_it_is_rejected() -> None:
    (user,) = (each for each in USERS if each.auth is None)
    octets = v3(MasterKeys(user), element(0x02, b"\x01"), 7)
    assert UsmIntake((user,), HERE).handle(octets + b"\0\0", "192.0.2.1", 10.0).mended
    assert UsmIntake((user,), HERE).handle(octets + b"\0x", "192.0.2.1", 10.0).reason is Reason.MESSAGE
