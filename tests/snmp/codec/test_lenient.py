"""Traps that agents encode wrongly and snmptrapd reads all the same: values as net-snmp takes them."""

import pytest

from snmp.codec import ber
from snmp.codec.message import BITS, NSAP, UINTEGER32, Message
from snmp.errors import MessageError
from snmp.receive.datagram import Datagram
from snmp.receive.intake import Intake
from snmp.receive.reasons import MENDED
from snmp.security.access import Community

NAME = bytes.fromhex("06072b060104010063")
TRAP_OID = bytes.fromhex("300f060a2b06010603010104010006012a")
UPTIME = bytes.fromhex("06082b06010201010300")


def element(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    length = bytes((len(body),)) if len(body) < 128 else bytes((0x81, len(body)))
    return bytes((tag,)) + length + body


def v2c(value: bytes, request_id: bytes = b"\x01", uptime: bytes = b"\x01", after: bytes = b"") -> bytes:
    numbers = element(2, request_id) + element(2, b"\0") + element(2, b"\0")
    first = element(0x30, UPTIME, element(0x43, uptime))
    varbinds = element(0x30, first, TRAP_OID, element(0x30, NAME, value))
    return element(0x30, element(2, b"\x01"), element(4, b"public"), element(0xA7, numbers, varbinds)) + after


def v1(time: bytes) -> bytes:
    header = element(6, b"\x2b\x06") + element(0x40, b"\xc0\0\x02\x01") + element(2, b"\x06") + element(2, b"\x01")
    pdu = element(0xA4, header, element(0x43, time), element(0x30, element(0x30, NAME, element(0x42, b"\xff" * 4))))
    return element(0x30, element(2, b"\0"), element(4, b"public"), pdu)


def last(message: Message) -> tuple[int, object]:
    return message.varbinds[-1].tag, message.varbinds[-1].value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (element(0x43, b"\x80\0\0\0"), (0x43, 2**31)),
        (element(0x42, b"\xff\xff\xff\xff"), (0x42, 2**32 - 1)),
        (element(0x41, b"\xf0\0\0\x01"), (0x41, 0xF0000001)),
        (element(0x46, b"\xff" * 8), (0x46, 2**64 - 1)),
        (element(0x47, b"\x80\0\0\0"), (UINTEGER32, 2**31)),
        (element(0x03, b"\x05\x80"), (BITS, b"\x05\x80")),
        (element(0x45, b"\x49\0\x01"), (NSAP, b"\x49\0\x01")),
        (element(0x06), (0x06, "0.0")),
        (element(0x02, b"\0\xff\xff\xff\xff"), (0x02, -1)),
        (element(0x05, b"\x01"), (0x05, None)),
    ],
)
def test_values_are_read_as_net_snmp_reads_them(value: bytes, expected: tuple[int, object]) -> None:
    with pytest.raises(MessageError):
        ber.decode(v2c(value))
    assert last(ber.decode(v2c(value), lenient=True)) == expected


def test_the_uptime_of_an_agent_that_is_up_for_more_than_248_days_is_read() -> None:
    assert ber.decode(v2c(element(2, b"\x01"), uptime=b"\x80\0\0\0"), lenient=True).varbinds[0].value == 2**31
    header = ber.decode(v1(b"\x80\0\0\0"), lenient=True).v1
    assert header is not None
    assert header.uptime_centiseconds == 2**31


def test_a_request_id_of_five_octets_and_nul_octets_after_the_message_are_accepted() -> None:
    octets = v2c(element(2, b"\x01"), request_id=b"\0\x80\0\0\x01", after=b"\0\0\0")
    assert ber.decode(octets, lenient=True).request_id == -(2**31) + 1
    with pytest.raises(MessageError, match="octets after the message"):
        ber.decode(v2c(element(2, b"\x01"), after=b"\0x"), lenient=True)


@pytest.mark.parametrize(
    "octets",
    [
        v2c(element(0x43, b"\x01" * 6)),
        v2c(element(0x02, b"\x01" * 9)),
        v2c(element(0x40, b"\x01")),
        b"\x30\x80",
        b"junk",
    ],
)
def test_what_net_snmp_refuses_is_refused(octets: bytes) -> None:
    with pytest.raises(MessageError):
        ber.decode(octets, lenient=True)


def test_mended_datagrams_are_accepted_and_counted() -> None:
    subject = Intake((Community("public"),), (), window_seconds=0.25)
    for number, octets in enumerate((v2c(element(2, b"\x01")), v2c(element(0x42, b"\xff" * 4)), v1(b"\x80\0\0\0"))):
        subject.handle(Datagram(1000.0, 10.0, 0, f"192.0.2.{number}", 50000, octets), 10.0)
    assert subject.counts == {"decoded": 3}
    assert subject.causes == {MENDED: 2}
    assert [each.varbinds[-1].value for each in subject.due(99.0)][1] == 2**32 - 1
