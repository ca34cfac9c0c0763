"""The door to the encodings: bindings use the encoding that they are given, and draft-12 is one of them."""

from dhcpserver.failover.bindings.changenumbers import ChangeNumbers
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.codec import BindingUpdate
from dhcpserver.failover.draft12 import DRAFT_12
from dhcpserver.failover.rfc8156 import RFC_8156
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.wire.framing import Framer
from tests.failover.books import FIRST, HOUR, NOW, book, bound


def test_sends_updates_in_the_given_encoding() -> None:
    """A second encoding needs no change of the modules that send bindings."""
    subject = book()

    def encode(xid: int, time: int, address: int, status: int, *others: object) -> bytes:
        return f"{xid} {address} {status}".encode()

    updates = OutgoingUpdates(
        subject, True, HOUR, encode, RFC_8156.encode_update, UpdateCounters(), numbers=ChangeNumbers(1, 0)
    )
    updates.open(10)
    updates.add(bound(subject, 0))
    frames: list[bytes] = []
    updates.emit(frames, NOW)
    assert frames == [f"1 {FIRST} 2".encode()]


def test_draft_12_frames_are_read_again() -> None:
    frame = DRAFT_12.encode_update(7, NOW, FIRST, 2, None, b"\1abcdef", NOW + HOUR, NOW + HOUR, NOW, NOW, 0, None)
    (update,) = Framer().feed(frame)
    assert isinstance(update, BindingUpdate)
    assert (update.xid, update.address, update.state_exp) == (7, FIRST, NOW + HOUR)
