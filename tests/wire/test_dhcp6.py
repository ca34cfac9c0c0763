"""DHCPv6 messages: octets of RFC 8415's diagrams, relays, and that any octets give a message or a WireError."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import (
    MAXIMUM_HOP_COUNT,
    MAXIMUM_RELAYS,
    Hop,
    Message,
    encode_message,
    parse,
    read_relay_data,
    relay_data,
)
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia, read_ia, with_status
from dhcpserver.wire.dhcp6options import MessageType6, Status, StatusCode, pack_option, pack_options, read_options
from dhcpserver.wire.errors import TruncatedError, WireError
from tests.wire.samples6 import ADDRESS, CLIENT, HARDWARE, LINK, PEER, PREFIX, SERVER

U32 = st.integers(0, 0xFFFFFFFF)
ADDRESSES = st.integers(0, (1 << 128) - 1)
PLAIN_CODES = st.integers(1, 65_535).filter(
    lambda code: code not in (o6.IA_NA, o6.IA_TA, o6.IA_PD, o6.IA_ADDRESS, o6.IA_PREFIX, o6.RELAY_MESSAGE)
)
OPTIONS = st.lists(st.tuples(PLAIN_CODES, st.binary(max_size=40)), max_size=4)


@st.composite
def ia_leases(draw: st.DrawFn, kind: IAKind) -> IALease:
    length = draw(st.integers(0, 128)) if kind is IAKind.PD else 128
    address = draw(ADDRESSES) >> (128 - length) << (128 - length)
    return IALease(address, draw(U32), draw(U32), length, tuple(draw(OPTIONS)))


@st.composite
def associations(draw: st.DrawFn) -> IA:
    kind = draw(st.sampled_from(IAKind))
    times = (0, 0) if kind is IAKind.TA else (draw(U32), draw(U32))
    leases = draw(st.lists(ia_leases(kind), max_size=3))
    return IA(kind, draw(U32), *times, leases, tuple(draw(OPTIONS)))


@st.composite
def hops(draw: st.DrawFn) -> list[Hop]:
    kind = draw(st.sampled_from((MessageType6.RELAY_FORW, MessageType6.RELAY_REPL)))
    count = draw(st.integers(0, MAXIMUM_RELAYS))
    return [Hop(kind, number, draw(ADDRESSES), draw(ADDRESSES), draw(OPTIONS)) for number in range(count)]


@st.composite
def messages(draw: st.DrawFn) -> Message:
    ias = draw(st.lists(associations(), max_size=3))
    options = draw(OPTIONS) + [(int(ia.kind), pack_ia(ia)[4:]) for ia in ias] + draw(OPTIONS)
    kind = draw(st.integers(0, 255).filter(lambda number: number not in (12, 13)))
    return Message(kind, draw(st.integers(0, 0xFFFFFF)), options, draw(hops()))


def facts(message: Message) -> tuple[object, ...]:
    relays = [(hop.type, hop.hop_count, hop.link_address, hop.peer_address, hop.options) for hop in message.relays]
    return message.type, message.xid, message.options, message.ias, relays


@given(messages())
def test_a_message_is_parsed_as_it_was_encoded(message: Message) -> None:
    """All instances of an option, in their order, and up to nine relays."""
    assert facts(parse(encode_message(message))) == facts(message)


@given(associations())
def test_an_association_is_read_as_it_was_packed(ia: IA) -> None:
    octets = pack_ia(ia)
    ((code, data),) = read_options(octets)
    assert read_ia(code, data) == ia


@given(st.binary(max_size=700))
def test_any_octets_give_a_message_or_a_wire_error(octets: bytes) -> None:
    with contextlib.suppress(WireError):
        parse(octets)


# Octets, from the diagrams of RFC 8415


def test_a_solicit_has_the_octets_of_the_rfc() -> None:
    octets = bytes.fromhex(
        "01 112233"
        "0001 000a 0003 0001 020000000001"  # 21.2: Client Identifier with a DUID-LL
        "0006 0004 0017 0018"  # 21.7: Option Request
        "0008 0002 0102"  # 21.9: Elapsed Time
        "000e 0000"  # 21.14: Rapid Commit
        "0003 000c 00000001 00000000 00000000"  # 21.4: IA_NA
        "0019 0029 00000002 00000000 00000000"  # 21.21: IA_PD
        "     001a 0019 00000000 00000000 38 00000000000000000000000000000000"  # 21.22: a hint ::/56
    )
    message = parse(octets)
    assert (message.type, message.xid) == (MessageType6.SOLICIT, 0x112233)
    assert message.client_id == CLIENT
    assert message.requested == (23, 24)
    assert message.elapsed_hundredths == 258
    assert message.rapid_commit
    assert not message.reconfigure_accept
    assert message.ias == [IA(IAKind.NA, 1), IA(IAKind.PD, 2, leases=[IALease(0, length=56)])]
    assert message.ias[1].leases[0].is_length_hint
    packed = pack_options(message.options[:4]) + pack_ia(message.ias[0]) + pack_ia(message.ias[1])
    assert dhcp6.encode(MessageType6.SOLICIT, 0x112233, packed) == octets


def test_a_reply_has_the_octets_of_the_rfc() -> None:
    ias = [
        IA(IAKind.NA, 1, 1800, 2880, [IALease(ADDRESS, 3600, 7200)]),
        IA(IAKind.TA, 2, leases=[IALease(ADDRESS, 1, 2)]),
        IA(IAKind.PD, 3, 5, 8, [IALease(PREFIX, 10, 20, 48)]),
    ]
    packed = b"".join(pack_ia(ia) for ia in ias) + o6.pack_status(StatusCode.SUCCESS, "ok")
    assert dhcp6.encode(MessageType6.REPLY, 1, packed) == bytes.fromhex(
        "07 000001"
        "0003 0028 00000001 00000708 00000b40"
        "     0005 0018 20010db8000000000000000000001001 00000e10 00001c20"  # 21.6: IA Address
        "0004 0020 00000002"  # 21.5: IA_TA
        "     0005 0018 20010db8000000000000000000001001 00000001 00000002"
        "0019 0029 00000003 00000005 00000008"
        "     001a 0019 0000000a 00000014 30 20010db8000100000000000000000000"  # 21.22: IA Prefix
        "000d 0004 0000 6f6b"  # 21.13: Status Code
    )


def test_status_codes_are_read_at_all_three_levels() -> None:
    lease = with_status(IALease(ADDRESS), StatusCode.NO_BINDING, "none")
    ia = IA(IAKind.NA, 1, leases=[lease], options=((o6.STATUS_CODE, b"\0\4off"),))
    message = parse(dhcp6.encode(7, 1, pack_ia(ia) + o6.pack_status(StatusCode.USE_MULTICAST)))
    assert message.status == Status(5)
    assert message.ias[0].status == Status(4, "off")
    assert message.ias[0].leases[0].status == Status(3, "none")
    refused = parse(dhcp6.encode(7, 1, pack_refused_ia(IAKind.TA, 9, StatusCode.NO_ADDRS_AVAIL, "full")))
    assert refused.ias == [IA(IAKind.TA, 9, options=((13, b"\0\2full"),))]
    assert with_status(lease, StatusCode.NOT_ON_LINK).status == Status(4)


def test_the_octets_after_a_prefix_are_zeros() -> None:
    data = bytes.fromhex("00000000 00000000 21 20010db8ffffffffffffffffffffffff")
    ia = read_ia(o6.IA_PD, bytes(12) + pack_option(o6.IA_PREFIX, data))
    assert ia.leases == [IALease(0x20010DB8_80000000 << 64, length=33)]


def test_classes_and_vendor_options_are_read() -> None:
    packed = bytes.fromhex(
        "000f 000a 0003 616263 0003 646566"  # 21.15: User Class
        "0010 0008 000011 8b 0002 6869"  # 21.16: Vendor Class
        "0011 000a 00000009 0001 0002 6869"  # 21.17: Vendor-specific Information
        "0013 0001 05"  # 21.19: Reconfigure Message
        "0014 0000"  # 21.20: Reconfigure Accept
        "0007 0001 ff"  # 21.8: Preference
    )
    message = parse(dhcp6.encode(1, 1, packed))
    assert message.user_classes == (b"abc", b"def")
    assert message.vendor_classes == (dhcp6values.VendorClass(4491, (b"hi",)),)
    assert message.vendor_options == (dhcp6values.VendorData(9, ((1, b"hi"),)),)
    assert (message.reconfigure_message, message.reconfigure_accept, message.preference) == (5, True, 255)


def test_options_without_their_form_count_as_absent() -> None:
    bad = [(6, b"\0"), (7, b""), (8, b"\1"), (13, b"\0"), (15, b"\0\5a"), (16, b"\0"), (17, b"\0\0\0\1\0"), (39, b"")]
    message = parse(dhcp6.encode(1, 1, pack_options([*bad, (44, b"\1"), (19, b"")])))
    assert (message.requested, message.preference, message.elapsed_hundredths) == ((), 0, 0)
    assert (message.user_classes, message.vendor_classes, message.vendor_options) == ((), (), ())
    assert (message.status, message.fqdn, message.lease_query, message.reconfigure_message) == (None,) * 4


def test_of_an_option_that_is_there_once_the_first_counts() -> None:
    message = parse(dhcp6.encode(1, 1, pack_options([(1, b"first"), (1, b"second")])))
    assert message.client_id == b"first"
    assert message.all(1) == [b"first", b"second"]


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        ("", TruncatedError),
        ("01 1122", TruncatedError),
        ("01 112233 00", TruncatedError),
        ("01 112233 0001 0002 00", TruncatedError),
        ("01 112233 0003 000b" + "00" * 11, TruncatedError),
        ("01 112233 0004 0003" + "00" * 3, TruncatedError),
        ("01 112233 0003 001b" + "00" * 12 + "0005 000b" + "00" * 11, TruncatedError),
        ("01 112233 0019 0028" + "00" * 12 + "001a 0018" + "00" * 24, TruncatedError),
        ("01 112233 0019 0029" + "00" * 12 + "001a 0019" + "00" * 8 + "81" + "00" * 16, WireError),
        ("0c 00" + "00" * 31, TruncatedError),
        ("0c 00" + "00" * 32, WireError),
        ("0c 09" + "00" * 32 + "0009 0004 01112233", WireError),
        ("0c 00" + "00" * 32 + "0009 0004 01112233" * 2, WireError),
        ("0c 00" + "00" * 32 + "0009 002a 0d00" + "00" * 32 + "0009 0004 07112233", WireError),
    ],
)
def test_a_malformed_message_raises_the_matching_error(octets: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        parse(bytes.fromhex(octets))


# Relays


def nested(count: int) -> bytes:
    octets = dhcp6.encode(1, 5, pack_option(1, CLIENT))
    for number in range(count):
        octets = dhcp6.encode_relay(Hop(12, min(number, MAXIMUM_HOP_COUNT), number << 64, PEER), octets)
    return octets


def test_nine_relays_are_read_and_ten_are_not() -> None:
    """Hop counts 0 to 8 (RFC 8415 section 7.6)."""
    message = parse(nested(MAXIMUM_RELAYS))
    assert [hop.hop_count for hop in message.relays] == list(range(MAXIMUM_RELAYS))
    with pytest.raises(WireError, match="relays"):
        parse(nested(MAXIMUM_RELAYS + 1))


def test_a_relayed_message_has_the_octets_of_the_rfc() -> None:
    octets = bytes.fromhex(
        "0c 00 20010db8000000000000000000000001 fe80000000000000000000fffe000001"  # 9.1: RELAY-FORW
        "0012 0004 65746830"  # 21.18: Interface-Id
        "0025 0008 00000009 6c696e65"  # RFC 4649: Remote-Id
        "004f 0008 0001 020000000001"  # RFC 6939: client link-layer address
        "0009 0004 01112233"  # 21.10: Relay Message
    )
    message = parse(octets)
    assert (message.type, message.link_address, message.peer_address) == (1, LINK, PEER)
    assert message.relays[0].interface_id == b"eth0"
    assert message.relays[0].remote_id == dhcp6values.VendorClass(9, (b"line",))
    assert message.hardware_address == dhcp6values.HardwareAddress(1, HARDWARE)
    assert encode_message(message) == octets
    assert dhcp6.encode_reply(message, MessageType6.ADVERTISE, pack_option(2, SERVER)[:4]) == bytes.fromhex(
        "0d 00 20010db8000000000000000000000001 fe80000000000000000000fffe000001"
        "0012 0004 65746830"
        "0009 0008 02112233 00020012"
    )


def test_the_link_is_that_of_the_first_relay_that_has_one() -> None:
    inner = Hop(12, 0, 0, PEER, [(o6.INTERFACE_ID, b"port")])
    outer = Hop(12, 1, LINK, PEER + 1, [(o6.RELAY_PORT, b"\0\0")])
    message = Message(1, 1, relays=[inner, outer])
    assert (message.link_address, message.peer_address) == (LINK, PEER)
    assert message.replies_to_source_port
    assert not Message(1, 1, relays=[outer, inner]).replies_to_source_port
    direct = Message(1, 1)
    assert (direct.link_address, direct.peer_address, direct.hardware_address) == (0, 0, None)
    assert not direct.replies_to_source_port


def test_a_relay_gets_back_its_interface_its_port_and_what_it_requests_only() -> None:
    """RFC 8415 section 21.18, RFC 8357, RFC 4994."""
    options = [(18, b"eth0"), (37, b"\0\0\0\1x"), (38, b"line"), (135, b"\1\2"), (43, b"\0\x26")]
    request = Message(1, 5, relays=[Hop(12, 0, LINK, PEER, options), Hop(12, 1, 0, LINK, [(37, b"\0\0\0\1y")])])
    reply = parse(dhcp6.encode_reply(request, MessageType6.REPLY, b""))
    assert [hop.options for hop in reply.relays] == [[(18, b"eth0"), (38, b"line"), (135, b"\1\2")], []]
    assert [(hop.type, hop.hop_count, hop.link_address, hop.peer_address) for hop in reply.relays] == [
        (13, 0, LINK, PEER),
        (13, 1, 0, LINK),
    ]
    assert (reply.type, reply.xid) == (7, 5)


@pytest.mark.requirement("R-203")
def test_relay_data_are_the_relay_messages_without_the_message_of_the_client() -> None:
    """RFC 5007 section 4.1.2.4: what a binding update and a leasequery have of the relays."""
    request = parse(nested(2))
    stored = dhcp6.relay_data(request, LINK)
    assert stored is not None
    assert stored.peer_address == LINK
    ((_, inner),) = read_options(stored.message, dhcp6.RELAY_HEADER_LENGTH)
    assert stored.message[:2] == b"\x0c\x01"
    assert inner == nested(1)[: dhcp6.RELAY_HEADER_LENGTH]
    assert dhcp6.relay_data(Message(1, 1), LINK) is None


def test_an_option_that_is_too_long_cannot_be_packed() -> None:
    with pytest.raises(WireError, match="option 16 of 65536 octets"):
        pack_option(16, bytes(65_536))


@given(st.binary(max_size=200))
def test_any_octets_as_relay_data_give_relays_or_a_wire_error(octets: bytes) -> None:
    try:
        hops = read_relay_data(octets)
    except WireError:
        return
    assert 1 <= len(hops) <= MAXIMUM_RELAYS


@given(st.integers(1, MAXIMUM_RELAYS), st.binary(max_size=9))
def test_relay_data_have_the_relays_in_the_order_of_the_message(count: int, interface: bytes) -> None:
    """RFC 5007 section 4.1.2.4: the message of the relay without that of the client."""
    hops = [Hop(MessageType6.RELAY_FORW, n, n + 1, n + 2, [(o6.INTERFACE_ID, interface)]) for n in range(count)]
    found = relay_data(Message(MessageType6.SOLICIT, 1, (), hops), 77)
    assert found is not None
    again = read_relay_data(found.message)
    assert [(hop.hop_count, hop.link_address, hop.peer_address) for hop in again] == [
        (n, n + 1, n + 2) for n in range(count)
    ]
    assert {hop.interface_id for hop in again} == {interface}
