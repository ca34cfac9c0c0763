"""RFC 8156 messages: encoded messages are decoded again, and any octets result in messages or an error."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.leases import keys
from dhcpserver.limits import MAXIMUM_RELAY_DATA
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames
from dhcpserver.wire.dhcp6duid import EPOCH_2000
from dhcpserver.wire.dhcp6ia import IAKind
from dhcpserver.wire.dhcp6options import Option, pack_options, read_options
from dhcpserver.wire.digest import DigestError, Seal
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4 import (
    Connect,
    Contact,
    Message,
    PoolRequest,
    PoolResponse,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from dhcpserver.wire.failover4 import encode as encode4
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.failover6 import encode6
from dhcpserver.wire.failover6_bindings import acknowledge6
from dhcpserver.wire.failover6_frame import HEADER_LENGTH, frame
from dhcpserver.wire.framing import Framer
from tests.wire.samples6 import (
    ADDRESS,
    ADDRESS_OF_BOOK,
    CLIENT,
    PREFIX,
    PREFIX_OF_BOOK,
    binding,
    encoded,
    failover_frames,
)

U32, XIDS = st.integers(0, 0xFFFFFFFF), st.integers(1, 0xFFFFFFFF)
TIMES = st.just(0) | st.integers(1, 0xFFFFFFFF).filter(lambda time: time != EPOCH_2000 - 1)
"""The second before 2000 has the number of a time that never comes."""
KINDS = (PoolRequest, UpdateRequest, UpdateRequestAll, UpdateDone)
FIELDS = ("xid", "address", "status", "client_id", "hardware", "state_exp", "potential", "sos", "cltt", "flags")
MORE_FIELDS = ("relay_info", "ia", "preferred", "key")
ACKNOWLEDGED = ("address", "client_id", "ia", "status", "state_exp", "potential")


@st.composite
def updates(draw: st.DrawFn) -> BindingUpdate:
    update = BindingUpdate(draw(XIDS))
    kind = draw(st.sampled_from((None, *IAKind)))
    if kind is not None:
        update.client_id = draw(st.binary(min_size=1, max_size=130))
        update.ia = bytes((kind,)) + draw(st.binary(min_size=4, max_size=4))
    value = draw(st.integers(0, (1 << 128) - 1))
    if kind is IAKind.PD or (kind is None and draw(st.booleans())):
        length = draw(st.integers(1, 128))
        update.address = keys.prefix(value >> (128 - length) << (128 - length), length)
    else:
        update.address = keys.address6(value)
    update.status = draw(st.integers(1, 7))
    update.hardware = draw(st.just(b"") | st.binary(min_size=2, max_size=21))
    update.state_exp, update.potential, update.sos = draw(TIMES), draw(TIMES), draw(TIMES)
    update.cltt, update.preferred = draw(TIMES), draw(TIMES)
    update.flags = draw(st.integers(0, 3))
    update.relay_info = draw(st.none() | st.binary(max_size=300))
    update.names = draw(st.just(NO_NAMES) | st.just(ClientNames("", "laptop.example.org")))
    return update


Request = PoolRequest | PoolResponse | UpdateRequest | UpdateRequestAll | UpdateDone
REQUESTS: st.SearchStrategy[Request] = st.one_of(
    *(st.builds(kind, st.integers(0, 0xFFFFFF)) for kind in KINDS),
    st.builds(PoolResponse, st.integers(0, 0xFFFFFF), transferred=st.none() | U32),
)


def one(octets: bytes) -> Message:
    framer = Framer()
    messages = framer.feed(octets)
    assert framer.error is None
    assert len(messages) == 1
    return messages[0]


def facts(update: BindingUpdate) -> list[object]:
    return [getattr(update, name) for name in FIELDS + MORE_FIELDS] + [update.names.fqdn]


@given(REQUESTS, U32)
def test_requests_are_decoded_as_they_were_encoded(message: Request, time: int) -> None:
    """The family is 6 then: a server needs the update-done of both (R-018)."""
    assert one(encode6(message, time)) == dataclasses.replace(message, time=time, family=6)


def test_messages_of_the_relationship_have_one_encoding() -> None:
    with pytest.raises(WireError, match="Contact"):
        encode6(Contact(1), 1)


@given(updates(), TIMES)
@pytest.mark.requirement("R-018", "R-203")
def test_updates_are_decoded_as_they_were_encoded(update: BindingUpdate, time: int) -> None:
    """All that a partner needs of a DHCPv6 lease, with the data of the relays."""
    again = one(encoded(update, time))
    assert isinstance(again, BindingUpdate)
    assert again.time == time
    assert facts(again) == facts(update)


def test_an_address_has_the_key_of_the_lease_book() -> None:
    assert keys.address6(ADDRESS) == ADDRESS_OF_BOOK
    assert keys.prefix(PREFIX, 56) == PREFIX_OF_BOOK


def levels(options: list[Option], dice: random.Random) -> bytes:
    """The options in another order, with an unknown one among them."""
    options = [*options, (65_000, b"unknown")]
    dice.shuffle(options)
    return pack_options(options)


@given(updates(), st.randoms(use_true_random=False))
def test_options_are_accepted_in_any_order(update: BindingUpdate, dice: random.Random) -> None:
    octets = encoded(update, 1_700_000_000)
    top = [
        (code, levels(read_options(data), dice) if code == 45 else data)
        for code, data in read_options(octets, HEADER_LENGTH)
    ]
    again = one(frame(24, update.xid, 1_700_000_000, levels(top, dice)))
    assert isinstance(again, BindingUpdate)
    assert facts(again) == facts(update)


@given(updates(), st.sampled_from((None, 1, 2, 3, 4, 14, 15)))
def test_an_acknowledgement_repeats_the_lease(update: BindingUpdate, reject: int | None) -> None:
    received = one(encoded(update, 1))
    assert isinstance(received, BindingUpdate)
    ack = one(acknowledge6(received, 5, reject, "why"))
    assert isinstance(ack, BindingAck)
    assert (ack.time, ack.reject, ack.message) == (5, reject, "why" if reject else "")
    assert ack.xid == update.xid & 0xFFFFFF
    assert [getattr(ack, name) for name in ACKNOWLEDGED] == [getattr(update, name) for name in ACKNOWLEDGED]


def test_an_acknowledgement_repeats_the_times_as_they_were_received() -> None:
    """The receiver may limit the times that it stores; partner-lifetime-sent is the exact value."""
    received = one(encoded(binding(), 1))
    assert isinstance(received, BindingUpdate)
    received.state_exp = received.potential = 5
    ack = one(acknowledge6(received, 1))
    assert isinstance(ack, BindingAck)
    assert (ack.state_exp, ack.potential) == (binding().state_exp, binding().potential)


def test_the_end_of_the_preferred_lifetime_is_exact() -> None:
    """The lease has the lifetimes of the client; an end that does not follow from them is sent beside it."""
    update = binding()
    update.flags = 0
    assert b"\0\0\x7e\xd9" not in encoded(update, 1_700_000_500)
    for preferred in (0, 5, 0xFFFFFFFF, update.cltt, 1_700_000_000):
        update.preferred = preferred
        again = one(encoded(update, 1_700_000_500))
        assert isinstance(again, BindingUpdate)
        assert again.preferred == preferred


def test_the_later_contact_with_the_client_counts() -> None:
    """CLT_TIME is the sender's own, partner-raw-clt-time the receiver's as the sender received it."""
    octets = encoded(binding(), 1_700_000_000)[HEADER_LENGTH:]
    raw = (1_699_999_995 - EPOCH_2000).to_bytes(4, "big")
    again = one(frame(24, 1, 1_700_000_000, octets + pack_options([(126, raw)])))
    assert isinstance(again, BindingUpdate)
    assert again.cltt == 1_699_999_995


def test_reasons_without_a_status_code_of_their_own_are_read_as_a_similar_one() -> None:
    """Draft-12's "less critical" is outdated, "not reserved" is a conflict of configurations, the rest is "other"."""
    found = [one(acknowledge6(binding(), 1, reject)) for reject in (16, 19, 9)]
    assert [ack.reject for ack in found if isinstance(ack, BindingAck)] == [15, 1, 6]


@given(st.lists(st.binary(max_size=80), max_size=10))
def test_any_octets_give_messages_or_an_error(portions: list[bytes]) -> None:
    framer = Framer()
    for portion in portions:
        framer.feed(b"\0\x20\x18" + portion)
    assert framer.error is None or isinstance(framer.error, WireError)


@given(updates(), st.data())
def test_a_damaged_frame_is_decoded_or_refused(update: BindingUpdate, data: st.DataObject) -> None:
    octets = bytearray(encoded(update, 1))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(2, len(octets) - 1))] = data.draw(st.integers(0, 255))
    framer = Framer()
    framer.feed(bytes(octets))
    assert framer.error is None or isinstance(framer.error, WireError)


def test_an_update_of_an_address_has_the_octets_of_the_rfc() -> None:
    """RFC 8156 sections 5.1 to 5.5 and 7: header, CLIENT_DATA, IA_NA, IAADDR with status and times."""
    update = BindingUpdate(0x112233)
    update.address, update.status = ADDRESS_OF_BOOK, 2
    update.client_id, update.ia, update.hardware = CLIENT, b"\3\0\0\0\7", b"\1\2\0\0\0\0\1"
    update.cltt = EPOCH_2000 + 4
    update.sos, update.state_exp, update.potential = EPOCH_2000 + 1, EPOCH_2000 + 36, EPOCH_2000 + 3
    update.preferred = EPOCH_2000 + 20
    assert encoded(update, EPOCH_2000 + 9) == bytes.fromhex(
        "007f 18 112233 00000009"
        "0064 0004 00000009"  # LQ_BASE_TIME
        "002d 006b"  # CLIENT_DATA
        "     0001 000a 00030001020000000001"  # CLIENTID
        "     0003 004d 00000007 00000000 00000000"  # IA_NA
        "          0005 003d 20010db8000000000000000000001001 00000010 00000020"  # IAADDR, 16 and 32 seconds
        "               0072 0001 01"  # F_BINDING_STATUS: ACTIVE
        "               0085 0004 00000001"  # F_START_TIME_OF_STATE
        "               0086 0004 00000024"  # F_STATE_EXPIRATION_TIME
        "               007b 0004 00000003"  # F_PARTNER_LIFETIME
        "               002e 0004 00000005"  # CLT_TIME, before LQ_BASE_TIME
        "     004f 0008 0001 020000000001"  # CLIENT_LINKLAYER_ADDR
    )


def test_an_update_of_a_free_prefix_has_neither_client_nor_association() -> None:
    """A prefix of the backup: FREE-BACKUP (R-021)."""
    update = BindingUpdate(1)
    update.address, update.status = PREFIX_OF_BOOK, 7
    assert encoded(update, EPOCH_2000)[10:] == bytes.fromhex(
        "002d 003a"
        "     001a 0036 00000000 00000000 38 20010db8000100000000000000000000"
        "          0072 0001 06"
        "          0085 0004 c792bc80"
        "          0086 0004 c792bc80"
        "          007b 0004 c792bc80"  # The time 0, 30 years before 2000.
    )


def test_a_reply_has_the_octets_of_the_rfc() -> None:
    """RFC 8156 section 7.6: the client, the lease with its status, what was acknowledged, and the refusal inside."""
    update = BindingUpdate(2)
    update.address, update.status = ADDRESS_OF_BOOK, 4
    update.client_id, update.ia = CLIENT, b"\4\0\0\0\x09"
    update.state_exp, update.potential = EPOCH_2000 + 1, EPOCH_2000 + 2
    assert acknowledge6(update, EPOCH_2000 + 3, 15, "old")[2:] == bytes.fromhex(
        "19 000002 00000003"
        "002d 0050"
        "     0001 000a 00030001020000000001"
        "     0004 003e 00000009"
        "          0005 0036 20010db8000000000000000000001001 00000000 00000000"
        "               0072 0001 03"
        "               0086 0004 00000001"
        "               007c 0004 00000002"  # F_PARTNER_LIFETIME_SENT
        "               000d 0005 0013 6f6c64"
    )


def test_control_messages_are_a_header() -> None:
    assert encode6(PoolRequest(0x112233), EPOCH_2000 + 5).hex() == "00081a11223300000005"
    assert encode6(UpdateDone(1), EPOCH_2000).hex() == "00081e00000100000000"


def test_pending_free_is_free_and_unknown_statuses_are_none() -> None:
    octets = encoded(binding(), 1)
    at = octets.index(b"\0\x72\0\1") + 4
    for number, status in ((4, 1), (5, 1), (6, 7), (0, 0), (9, 0)):
        again = one(octets[:at] + bytes((number,)) + octets[at + 1 :])
        assert isinstance(again, BindingUpdate)
        assert again.status == status


def test_an_infinite_lease_stays_infinite() -> None:
    update = binding()
    update.state_exp = update.potential = 0xFFFFFFFF
    octets = encoded(update, 1_700_000_000)
    assert octets.count(b"\0\4\xff\xff\xff\xff") == 2
    again = one(octets)
    assert isinstance(again, BindingUpdate)
    assert (again.state_exp, again.potential) == (0xFFFFFFFF, 0xFFFFFFFF)


def test_relay_data_that_are_too_long_are_left_out() -> None:
    update = binding()
    for length in (MAXIMUM_RELAY_DATA, MAXIMUM_RELAY_DATA + 1):
        update.relay_info = bytes(length)
        again = one(encoded(update, 1))
        assert isinstance(again, BindingUpdate)
        assert (again.relay_info is None) is (length > MAXIMUM_RELAY_DATA)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("002d 0020 001a 001c" + "00" * 8 + "00" + "00" * 19, "prefix length 0"),
        ("001a 0019" + "00" * 8 + "81" + "00" * 16, "prefix length 129"),
        ("0005 0018" + "00" * 24 + "0005 0018" + "00" * 24, "two leases"),
        ("0005 0017" + "00" * 23, "a lease of 23 octets"),
        ("0003 000b" + "00" * 11, "an identity association of 11 octets"),
        ("0004 0003" + "00" * 3, "an identity association of 3 octets"),
        ("0001 0002 00", "option 1 needs 2 octets"),
        ("002d 0010 002d 000c 002d 0008 002d 0004 002d 0000", "levels"),
    ],
)
def test_an_error_has_what_was_found(body: str, words: str) -> None:
    framer = Framer()
    assert framer.feed(frame(24, 1, 1, bytes.fromhex(body))) == []
    assert framer.error is not None
    assert words in str(framer.error)


def test_levels_without_end_are_refused_and_not_followed() -> None:
    octets = b""
    for _ in range(16_000):
        octets = b"\0\x2d" + len(octets).to_bytes(2, "big") + octets
    framer = Framer()
    framer.feed(frame(24, 1, 1, octets))
    assert "levels" in str(framer.error)


def test_the_octets_after_a_prefix_are_zeros() -> None:
    body = bytes.fromhex("001a 0019 00000000 00000000 38 20010db80001000000ffffffffffffff")
    again = one(frame(24, 1, 1, body))
    assert isinstance(again, BindingUpdate)
    assert again.address == PREFIX_OF_BOOK


def test_levels_are_counted_in_depth_and_not_in_number() -> None:
    """A partner can have the client and the lease in two CLIENT_DATA."""
    octets = encoded(binding(), 1)[HEADER_LENGTH:] + pack_options([(45, pack_options([(65_000, b"x")]))] * 3)
    again = one(frame(24, 1, 1, octets))
    assert isinstance(again, BindingUpdate)
    assert again.address == ADDRESS_OF_BOOK


def test_a_shared_secret_covers_both_encodings() -> None:
    """Frames of RFC 8156 have the digest too, and a changed or repeated one is refused."""
    main, backup = Seal(b"secret", main=True), Seal(b"secret", main=False)
    stream = main.close(encode4(Connect(1, relationship="pair"), 5))
    framer = Framer(backup.open)
    framer.feed(stream)
    main.open(backup.close(encode4(Contact(1), 5)))
    sealed = [main.close(octets) for octets in failover_frames()]
    assert len(framer.feed(b"".join(sealed) + main.close(encode4(Contact(2), 5)))) == len(sealed) + 1
    with pytest.raises(DigestError):
        backup.open(sealed[0])
    other = Framer(backup.open)
    other.feed(encode6(PoolRequest(1), 1))
    assert isinstance(other.error, DigestError)
    assert other.error.missing
