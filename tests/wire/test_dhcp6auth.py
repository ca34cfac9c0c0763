"""The key of RECONFIGURE and its digests (RFC 8415 section 20.4)."""

import hashlib

import pytest

from dhcpserver.wire import dhcp6, dhcp6auth
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6auth import Authentication, read_authentication
from dhcpserver.wire.dhcp6options import MessageType6, pack_option
from tests.wire.samples6 import CLIENT_IDS, SERVER_IDS

KEY = bytes(range(16))
PLAIN = dhcp6.encode(MessageType6.RECONFIGURE, 0, CLIENT_IDS + SERVER_IDS + pack_option(o6.RECONFIGURE_MESSAGE, b"\5"))


def test_a_key_has_the_octets_of_the_rfc() -> None:
    """Protocol 3, algorithm 1, a counter, its value, the type 1, and the key."""
    octets = dhcp6auth.pack_key(0x0102, KEY)
    assert octets.hex() == "000b001c" + "030100" + "0000000000000102" + "01" + KEY.hex()
    assert read_authentication(octets[4:]) == Authentication(0x0102, KEY, None)


def test_a_signed_reconfigure_has_a_digest_over_the_message_with_zeros() -> None:
    signed = dhcp6auth.sign(PLAIN, 9, KEY)
    assert signed[: len(PLAIN)] == PLAIN
    assert signed[len(PLAIN) : -16].hex() == "000b001c" + "030100" + "0000000000000009" + "02"
    inner = hashlib.md5(bytes(octet ^ 0x36 for octet in KEY.ljust(64, b"\0")) + signed[:-16] + bytes(16)).digest()
    outer = hashlib.md5(bytes(octet ^ 0x5C for octet in KEY.ljust(64, b"\0")) + inner).digest()
    assert signed[-16:] == outer
    assert dhcp6auth.is_signed(dhcp6.parse(signed), KEY)


@pytest.mark.parametrize("position", [1, 4, 12, -17, -1])
def test_a_changed_reconfigure_is_not_signed(position: int) -> None:
    signed = bytearray(dhcp6auth.sign(PLAIN, 9, KEY))
    signed[position] ^= 1
    assert not dhcp6auth.is_signed(Message(signed[0], 1, o6.read_options(bytes(signed), 4)), KEY)


def test_another_key_and_another_protocol_are_not_accepted() -> None:
    signed = dhcp6.parse(dhcp6auth.sign(PLAIN, 9, KEY))
    assert not dhcp6auth.is_signed(signed, bytes(16))
    assert not dhcp6auth.is_signed(dhcp6.parse(PLAIN), KEY)
    assert not dhcp6auth.is_signed(dhcp6.parse(PLAIN + dhcp6auth.pack_key(9, KEY)), KEY)
    data = signed.get(o6.AUTHENTICATION)
    assert data is not None
    for bad in (None, b"", data[:-1], b"\2" + data[1:], data[:11] + b"\3" + data[12:]):
        assert read_authentication(bad) is None
