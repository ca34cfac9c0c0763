"""A share of `python -m tests.wire.fuzz6`."""

from dhcpserver.wire import dhcp6
from tests.wire import fuzz6
from tests.wire.samples6 import client_messages


def test_mutated_messages_and_frames_raise_nothing_but_wire_errors() -> None:
    outcome = fuzz6.run(6_000, seed=8415)
    assert outcome.messages > 500
    assert outcome.frames > 500


def test_what_is_not_mutated_is_accepted() -> None:
    for octets in client_messages():
        assert fuzz6.take_message(octets)
        assert dhcp6.parse(octets).xid == 0x123456
