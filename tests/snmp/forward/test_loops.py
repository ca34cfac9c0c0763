"""A notification that was forwarded is recognised when it comes back, and no other one is."""

from dataclasses import replace

import pytest

from snmp.forward.loops import LOOP_SECONDS, MAXIMUM_SENT, SentRecently
from snmp.mib import standard
from snmp.mib.notification import Notification, Varbind

RECIPIENT = "198.51.100.9"
PORT = Varbind("1.3.6.1.2.1.2.2.1.1.7", "if-index", 7, "7")
TRAP = Notification(
    "link-down", f"{standard.GENERIC}.3", ("192.0.2.1", 5000), None, "v2c", 1000.0, 4711, (PORT,), 1, octets=b"first"
)
ADDRESS = Varbind(standard.TRAP_ADDRESS, "trap-address", "192.0.2.1", "192.0.2.1")


@pytest.fixture
def sent() -> SentRecently:
    found = SentRecently([RECIPIENT])
    assert not found.has(TRAP, 10.0)
    found.add(TRAP, 10.0)
    return found


@pytest.mark.parametrize(
    "returned",
    [
        replace(TRAP, source=("203.0.113.1", 1)),
        replace(TRAP, source=(RECIPIENT, 1), octets=b"other request ID"),
        replace(TRAP, source=("203.0.113.1", 1), octets=b"again", agent="192.0.2.1", varbinds=(PORT, ADDRESS)),
        replace(TRAP, octets=b"by the sender, which is a relay itself"),
    ],
)
def test_a_notification_that_comes_back_is_recognised(returned: Notification, sent: SentRecently) -> None:
    assert sent.has(returned, 10.0 + LOOP_SECONDS - 0.1)
    assert not sent.has(returned, 10.0 + LOOP_SECONDS)


@pytest.mark.parametrize(
    "other",
    [
        replace(TRAP, octets=b"later", uptime_centiseconds=4712),
        replace(TRAP, octets=b"other port", varbinds=(PORT._replace(value=8),)),
        replace(TRAP, octets=b"other device", source=("192.0.2.2", 5000)),
        replace(TRAP, octets=b"other kind", oid=f"{standard.GENERIC}.4"),
    ],
)
def test_another_notification_is_not_held_back(other: Notification, sent: SentRecently) -> None:
    assert not sent.has(other, 10.1)


def test_the_table_is_bounded(sent: SentRecently) -> None:
    for number in range(MAXIMUM_SENT):
        sent.add(replace(TRAP, octets=str(number).encode(), uptime_centiseconds=number + 10_000), 11.0)
    assert len(sent._until) == MAXIMUM_SENT
    assert not sent.has(TRAP, 11.0)
