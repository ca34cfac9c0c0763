"""The draft-12 codec: encoded messages are decoded again, and any octets result in messages or an error."""

import dataclasses
import random
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import failover4
from dhcpserver.wire.dhcp6duid import EPOCH_2000
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4 import (
    Connect,
    ConnectAck,
    Contact,
    Control,
    Disconnect,
    Message,
    PoolRequest,
    PoolResponse,
    StateReport,
    Unsupported,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
    Vendor,
)
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate, acknowledge
from dhcpserver.wire.framing import Framer

U8, U32, IDS = st.integers(0, 255), st.integers(0, 0xFFFFFFFF), st.integers(1, 0xFFFFFFFF)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
VENDORS = st.builds(
    Vendor,
    version=st.none() | st.integers(0, 65535),
    families=st.none() | U8,
    role=st.none() | U8,
    uid=st.none() | st.binary(min_size=16, max_size=16),
    communicated=st.none() | U8,
    last_contact=st.none() | U32,
    digest=st.none() | st.lists(st.tuples(U8, st.binary(min_size=8, max_size=8)), max_size=4).map(tuple),
    load_balancing=st.none() | U8,
    backup_pct=st.none() | U8,
    partner_down_time=st.none() | U32,
    nonce=st.none() | st.binary(min_size=16, max_size=16),
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "xid": U32,
    "transferred": U32,
    "relationship": TEXT,
    "max_unacked": U32,
    "receive_timer": U32,
    "vendor_class": TEXT,
    "protocol_version": U8,
    "tls_request": st.binary(min_size=1, max_size=2),
    "tls_reply": U8,
    "mclt": U32,
    "hash_buckets": st.binary(min_size=32, max_size=32),
    "vendor": VENDORS,
    "digest": st.binary(max_size=40),
    "reject": U8,
    "message": TEXT,
    "state": U8,
    "flags": U8,
    "since": U32,
}
KINDS = (
    PoolRequest,
    PoolResponse,
    UpdateRequestAll,
    UpdateRequest,
    UpdateDone,
    Connect,
    ConnectAck,
    StateReport,
    Contact,
    Disconnect,
)
CONTROLS: st.SearchStrategy[Control] = st.one_of(
    *(
        st.builds(
            kind,
            **{
                field.name: _VALUES[field.name] if field.name == "xid" else st.none() | _VALUES[field.name]
                for field in dataclasses.fields(kind)
                if field.name not in ("time", "family")
            },
        )
        for kind in KINDS
    )
)
FIELDS = ("address", "status", "client_id", "hardware", "state_exp", "potential", "sos", "cltt", "flags", "relay_info")


@st.composite
def updates(draw: st.DrawFn) -> BindingUpdate:
    update = BindingUpdate(draw(IDS))
    update.address = draw(U32)
    update.status = draw(st.integers(1, 7))
    update.client_id = draw(st.none() | st.binary(max_size=40))
    update.hardware = draw(st.binary(max_size=17))
    update.state_exp, update.potential, update.sos, update.cltt = (draw(U32) for _ in range(4))
    update.flags = draw(st.integers(0, 3))
    update.relay_info = draw(st.none() | st.binary(max_size=1020))
    return update


def one(frame: bytes) -> Message:
    framer = Framer()
    messages = framer.feed(frame)
    assert framer.error is None
    assert len(messages) == 1
    return messages[0]


def facts(update: BindingUpdate) -> list[object]:
    return [getattr(update, name) for name in FIELDS]


@given(CONTROLS, U32)
def test_control_messages_are_decoded_as_they_were_encoded(message: Control, time: int) -> None:
    assert one(failover4.encode(message, time)) == dataclasses.replace(message, time=time)


@given(updates(), U32)
def test_updates_are_decoded_as_they_were_encoded(update: BindingUpdate, time: int) -> None:
    """All that a partner needs of a lease, including option 82 (R-203)."""
    again = one(failover4.encode(update, time))
    assert isinstance(again, BindingUpdate)
    assert (again.xid, again.time) == (update.xid, time)
    assert facts(again) == facts(update)


@given(updates(), st.randoms(use_true_random=False))
def test_options_are_accepted_in_any_order(update: BindingUpdate, dice: random.Random) -> None:
    frame = failover4.encode(update, 1)
    options, position = [], 12
    while position < len(frame):
        length = struct.unpack_from("!H", frame, position + 2)[0]
        options.append(frame[position : position + 4 + length])
        position += 4 + length
    options.append(b"\x00\x07\x00\x03abc")
    dice.shuffle(options)
    body = b"".join(options)
    again = one(struct.pack("!HBBII", 12 + len(body), 3, 12, 1, update.xid) + body)
    assert isinstance(again, BindingUpdate)
    assert facts(again) == facts(update)
    ack = one(acknowledge(again, 2))
    assert isinstance(ack, BindingAck)
    assert facts(ack)[:-1] == facts(update)[:-1]
    assert ack.relay_info is None


@given(updates(), st.none() | U8, TEXT)
def test_an_acknowledgement_repeats_the_update(update: BindingUpdate, reject: int | None, message: str) -> None:
    received = one(failover4.encode(update, 1))
    assert isinstance(received, BindingUpdate)
    ack = one(acknowledge(received, 5, reject, message))
    assert isinstance(ack, BindingAck)
    assert (ack.xid, ack.time, ack.reject) == (update.xid, 5, reject)
    assert ack.message == (message if reject is not None else "")
    assert facts(ack)[:-1] == facts(update)[:-1]
    again = one(failover4.encode(ack, 5))
    assert isinstance(again, BindingAck)
    assert facts(again) == facts(ack)


@given(st.lists(st.one_of(CONTROLS, updates()), max_size=8), st.lists(st.integers(1, 50), max_size=60))
def test_frames_are_accepted_in_chunks_of_any_size(messages: list[Control | BindingUpdate], sizes: list[int]) -> None:
    stream = b"".join(failover4.encode(message, 9) for message in messages)
    framer, found = Framer(), []
    for size in [*sizes, len(stream)]:
        found += framer.feed(stream[:size])
        stream = stream[size:]
    assert framer.error is None
    assert [type(message) for message in found] == [type(message) for message in messages]
    assert [message.xid for message in found] == [message.xid for message in messages]


@given(st.lists(st.binary(max_size=80), max_size=10))
def test_any_octets_give_messages_or_an_error(portions: list[bytes]) -> None:
    framer = Framer()
    for portion in portions:
        framer.feed(portion)
    assert framer.error is None or isinstance(framer.error, WireError)


@given(updates(), st.data())
def test_a_damaged_frame_is_decoded_or_refused(update: BindingUpdate, data: st.DataObject) -> None:
    frame = bytearray(failover4.encode(update, 1))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(2, len(frame) - 1))] = data.draw(U8)
    framer = Framer()
    framer.feed(bytes(frame))
    assert framer.error is None or isinstance(framer.error, WireError)


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"\x00\x0b\x0b\x0c", "frame of 11 octets"),
        (b"\x08\x01\x0b\x0c", "frame of 2049 octets"),
        (b"\x00\x0c\x00\x0c", "message type 0"),
        (b"\x00\x0c\x0d\x0c", "message type 13"),
        (b"\x00\x07\x18\x00", "RFC 8156 frame of 7 octets"),
        (b"\x00\x0c\x0b\x0d" + bytes(8), "payload offset 13"),
        (b"\x00\x0e\x0b\x0c" + bytes(10), "cut short"),
        (b"\x00\x10\x0b\x0c" + bytes(8) + b"\x00\x01\x00\x01", "needs 1 octets, and 0 are left"),
    ],
)
def test_an_error_has_what_was_found(octets: bytes, words: str) -> None:
    framer = Framer()
    good = failover4.encode(Contact(xid=7), 1)
    assert len(framer.feed(good + octets)) == 1
    assert framer.error is not None
    assert words in str(framer.error)
    assert framer.feed(good) == []


def test_messages_of_both_encodings_come_on_one_connection() -> None:
    """One connection carries both families (R-003). RFC 8156's messages of the relationship are not supported."""
    stream = b"\x00\x08\x1c\x01\x02\x03" + bytes(4) + failover4.encode(Contact(xid=7), 1)
    stream += b"\x00\x08\x1f\x01\x02\x04" + bytes(4)
    framer = Framer()
    assert framer.feed(stream) == [UpdateRequest(0x010203, EPOCH_2000, 6), Contact(7, 1), Unsupported(31, 0x010204)]


def test_a_longer_header_is_skipped_over() -> None:
    assert one(b"\x00\x10\x0b\x10" + bytes(4) + b"\x00\x00\x00\x05" + b"\xff" * 4) == Contact(5, 0)


def test_a_broken_vendor_block_counts_as_absent() -> None:
    body = b"\x00\x18\x00\x01\x02" + b"\x00\x1d\x00\x03\x00\x01\x00"
    assert one(struct.pack("!HBBII", 12 + len(body), 10, 12, 1, 2) + body) == StateReport(2, 1, state=2)


def test_the_octets_of_an_update_are_those_of_the_draft() -> None:
    update = BindingUpdate(0x11223344)
    update.address, update.status, update.hardware = 0xC0000201, 2, b"\x01\x02\x00\x00\x00\x00\x01"
    update.state_exp, update.potential, update.sos, update.cltt = 0x10, 0x20, 0x30, 0x40
    update.flags, update.relay_info = 2, b"\x01\x01a"
    assert failover4.encode(update, 0x55667788) == bytes.fromhex(
        "0053 03 0c 55667788 11223344"
        "0002 0004 c0000201  0003 0001 02  000d 0004 00000010  0012 0004 00000020  0019 0004 00000030"
        "0006 0004 00000040  0005 0007 01020000000001  000c 0002 0002  0008 0005 5203010161"
    )
