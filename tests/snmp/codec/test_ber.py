"""The decoder compared with pyasn1's: for valid messages, damaged messages, and random octets."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from snmp.codec import ber, fallback
from snmp.codec.message import INFORM, TRAP_V1, TRAP_V2, Message
from snmp.errors import MessageError

V1 = api.PROTOCOL_MODULES[api.SNMP_VERSION_1]
V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]

OIDS = st.builds(
    lambda first, rest: ".".join(map(str, (*first, *rest))),
    st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**31))),
    st.lists(st.one_of(st.integers(0, 300), st.integers(0, 2**32 - 1)), min_size=1, max_size=12),
)
UINT32 = st.integers(0, 2**32 - 1)
OCTETS = st.binary(max_size=300)
ADDRESS = st.ip_addresses(v=4).map(str)
COMMON = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(V2C.Integer32),
    OCTETS.map(V2C.OctetString),
    OIDS.map(V2C.ObjectIdentifier),
    ADDRESS.map(V2C.IpAddress),
    UINT32.map(V2C.Gauge32),
    UINT32.map(V2C.Counter32),
    UINT32.map(V2C.TimeTicks),
    st.binary(max_size=20).map(V2C.Opaque),
    st.integers(0, 2**64 - 1).map(V2C.Counter64),
    st.just(V2C.Null("")),
)
VALUES_V1 = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(V1.Integer),
    OCTETS.map(V1.OctetString),
    OIDS.map(V1.ObjectIdentifier),
    ADDRESS.map(V1.IpAddress),
    UINT32.map(V1.Gauge),
    UINT32.map(V1.Counter),
    UINT32.map(V1.TimeTicks),
    st.just(V1.Null("")),
)


def encoded(protocol: Any, community: bytes, pdu: Any) -> bytes:
    message = protocol.Message()
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, community)
    protocol.apiMessage.set_pdu(message, pdu)
    octets: bytes = encoder.encode(message)
    return octets


@st.composite
def v2c_messages(draw: st.DrawFn) -> bytes:
    inform = draw(st.booleans())
    pdu = V2C.InformRequestPDU() if inform else V2C.TrapPDU()
    protocol = V2C.apiPDU if inform else V2C.apiTrapPDU
    protocol.set_defaults(pdu)
    protocol.set_request_id(pdu, draw(st.integers(-(2**31), 2**31 - 1)))
    varbinds = draw(st.lists(st.tuples(OIDS, COMMON), max_size=6))
    protocol.set_varbinds(pdu, [(V2C.ObjectIdentifier(oid), value) for oid, value in varbinds])
    return encoded(V2C, draw(st.binary(max_size=200)), pdu)


@st.composite
def v1_messages(draw: st.DrawFn) -> bytes:
    pdu = V1.TrapPDU()
    trap = V1.apiTrapPDU
    trap.set_defaults(pdu)
    trap.set_enterprise(pdu, draw(OIDS))
    trap.set_agent_address(pdu, draw(ADDRESS))
    trap.set_generic_trap(pdu, draw(st.integers(0, 6)))
    trap.set_specific_trap(pdu, draw(st.integers(0, 2**31 - 1)))
    trap.set_timestamp(pdu, draw(UINT32))
    varbinds = draw(st.lists(st.tuples(OIDS, VALUES_V1), max_size=6))
    trap.set_varbinds(pdu, [(V1.ObjectIdentifier(oid), value) for oid, value in varbinds])
    return encoded(V1, draw(st.binary(max_size=200)), pdu)


MESSAGES = st.one_of(v1_messages(), v2c_messages())


def both(octets: bytes) -> tuple[Message | None, Message | None]:
    own = other = None
    with contextlib.suppress(MessageError):
        own = ber.decode(octets)
    with contextlib.suppress(MessageError):
        other = fallback.decode(octets)
    return own, other


@given(MESSAGES)
@settings(max_examples=150, deadline=None)
def test_messages_from_pyasn1_are_decoded_as_pyasn1_decodes_them(octets: bytes) -> None:
    own, other = both(octets)
    assert own is not None
    assert own == other


@given(MESSAGES, st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_messages_that_both_decoders_accept_have_the_same_result(octets: bytes, data: st.DataObject) -> None:
    damaged = bytearray(octets)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    own, other = both(bytes(damaged))
    assert own is None or other is None or own == other


@given(MESSAGES, st.data())
@settings(max_examples=100, deadline=None)
def test_a_message_cut_short_is_refused(octets: bytes, data: st.DataObject) -> None:
    with pytest.raises(MessageError):
        ber.decode(octets[: data.draw(st.integers(0, len(octets) - 1))])


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_octets_give_a_message_or_a_message_error(octets: bytes) -> None:
    both(octets)
    ber.inform_response(octets)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"", "the octets end before the message"),
        (b"\x30" * 500, "octets after the message"),
        (b"\x30\x80\x02\x01\x01\x00\x00", "a length field of 0 octets in the message"),
        (b"\x30\x84\xff\xff\xff\xff", "has a length of 4294967295 octets, and 0 are left"),
        (bytes.fromhex("30080201030400a70100"), "version 3; SNMPv1 is 0, SNMPv2c is 1"),
        (bytes.fromhex("30070201010400a000"), "PDU type 0xa0 in a message of version 1; not a trap"),
        (b"x" * 65_536, "65536 octets; a datagram has at most 65535"),
    ],
)
def test_an_error_names_what_was_found(octets: bytes, message: str) -> None:
    with pytest.raises(MessageError, match=message):
        ber.decode(octets)


def test_indefinite_lengths_are_decoded_by_pyasn1_only() -> None:
    pdu = V2C.TrapPDU()
    V2C.apiTrapPDU.set_defaults(pdu)
    octets = encoded(V2C, b"public", pdu)
    definite = fallback.decode(octets)
    indefinite = b"\x30\x80" + octets[3 if octets[1] & 0x80 else 2 :] + b"\0\0"
    with pytest.raises(MessageError):
        ber.decode(indefinite)
    assert fallback.decode(indefinite) == definite


@given(v2c_messages())
@settings(max_examples=50, deadline=None)
def test_an_inform_is_acknowledged_by_the_same_message_as_a_response(octets: bytes) -> None:
    message = ber.decode(octets)
    response = ber.inform_response(octets)
    if message.pdu == TRAP_V2:
        assert response is None
        return
    assert message.pdu == INFORM
    assert response is not None
    read, rest = decoder.decode(response, asn1Spec=V2C.Message())
    assert not rest
    pdu = V2C.apiMessage.get_pdu(read)
    assert pdu.isSameTypeWith(V2C.ResponsePDU())
    assert int(V2C.apiPDU.get_request_id(pdu)) == message.request_id


def test_an_snmpv1_trap_has_its_agent_address_and_uptime() -> None:
    pdu = V1.TrapPDU()
    V1.apiTrapPDU.set_defaults(pdu)
    V1.apiTrapPDU.set_enterprise(pdu, "1.3.6.1.4.1.9.9.120.2")
    V1.apiTrapPDU.set_agent_address(pdu, "192.0.2.1")
    V1.apiTrapPDU.set_generic_trap(pdu, 6)
    V1.apiTrapPDU.set_specific_trap(pdu, 13)
    V1.apiTrapPDU.set_timestamp(pdu, 4_294_967_295)
    message = ber.decode(encoded(V1, b"public", pdu))
    assert message.pdu == TRAP_V1
    assert message.request_id is None
    assert message.v1 is not None
    assert message.v1.agent_address == bytes((192, 0, 2, 1))
    assert message.v1.uptime_centiseconds == 4_294_967_295
