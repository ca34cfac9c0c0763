"""DHCPv4 messages: encoded messages are parsed again, and no octets raise anything but a WireError."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import MAGIC, MINIMUM_LENGTH, Packet, encode, parse
from dhcpserver.wire.errors import TruncatedError, WireError

ADDRESS = st.integers(0, 0xFFFFFFFF)
CODES = st.integers(1, 254).filter(lambda code: code != options4.OVERLOAD)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    chaddr = draw(st.binary(min_size=0, max_size=16))
    return Packet(
        op=draw(st.sampled_from((1, 2))),
        htype=draw(st.integers(0, 255)),
        hlen=len(chaddr),
        hops=draw(st.integers(0, 16)),
        xid=draw(ADDRESS),
        secs=draw(st.integers(0, 65535)),
        flags=draw(st.sampled_from((0, 0x8000))),
        ciaddr=draw(ADDRESS),
        yiaddr=draw(ADDRESS),
        siaddr=draw(ADDRESS),
        giaddr=draw(ADDRESS),
        chaddr=chaddr,
        options=draw(st.dictionaries(CODES, st.binary(max_size=600), max_size=8)),
    )


def fields(packet: Packet) -> dict[str, object]:
    return {name: getattr(packet, name) for name in Packet.__slots__}


@given(packets())
def test_a_message_is_parsed_as_it_was_encoded(packet: Packet) -> None:
    """Options over 255 octets are split and joined again (RFC 3396)."""
    octets = encode(packet)
    assert len(octets) >= MINIMUM_LENGTH
    assert fields(parse(octets)) == fields(packet)


@given(st.binary(max_size=700))
def test_any_octets_give_a_message_or_a_wire_error(octets: bytes) -> None:
    with contextlib.suppress(WireError):
        parse(octets)


@given(packets(), st.data())
def test_a_damaged_message_gives_a_message_or_a_wire_error(packet: Packet, data: st.DataObject) -> None:
    octets = bytearray(encode(packet))
    for _ in range(data.draw(st.integers(1, 6))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        parse(bytes(octets[: data.draw(st.integers(0, len(octets)))]))


def header(options: bytes, file: bytes = b"", sname: bytes = b"") -> bytes:
    return b"\1\1\6\0".ljust(44, b"\0") + sname.ljust(64, b"\0") + file.ljust(128, b"\0") + MAGIC + options


def test_options_overflow_into_file_and_then_sname() -> None:
    """Option 52 (RFC 2132 section 9.3): the parts of one option are joined in the order options, file, sname."""
    octets = header(b"\x34\x01\x03\x0c\x01a\xff", file=b"\x0c\x01b\xff", sname=b"\x0c\x01c\xff")
    assert parse(octets).options == {options4.HOST_NAME: b"abc"}


def test_pad_before_an_option_is_skipped() -> None:
    """RFC 2132 section 3.1: in each field, also between the parts of one option."""
    octets = header(
        b"\0\0\x35\x01\1\0\x34\x01\x03\0\0\0\x0c\x01a\0\xff", file=b"\0\x0c\x01b\xff", sname=b"\0\0\x0c\x01c\0\xff"
    )
    assert parse(octets).options == {options4.MESSAGE_TYPE: b"\1", options4.HOST_NAME: b"abc"}


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"", TruncatedError),
        (b"\1" * 235, TruncatedError),
        (header(b"\x35"), TruncatedError),
        (header(b"\x35\x05\x01"), TruncatedError),
        (b"\1\1\x11\0".ljust(300, b"\0"), WireError),
        (b"\1\1\6\x11".ljust(300, b"\0"), WireError),
    ],
)
def test_a_malformed_message_raises_the_matching_error(octets: bytes, error: type[WireError]) -> None:
    with pytest.raises(error):
        parse(octets)


def test_bootp_without_a_cookie_has_no_options() -> None:
    assert parse(b"\1\1\6\0".ljust(300, b"\0")).options == {}


def test_sub_options_are_read_to_the_end() -> None:
    assert options4.sub_options(b"\1\2ab\5\4\x0a\0\0\1") == {1: b"ab", 5: b"\x0a\0\0\1"}
    with pytest.raises(TruncatedError):
        options4.sub_options(b"\1\\9ab")
