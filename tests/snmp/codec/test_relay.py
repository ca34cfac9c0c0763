"""A received notification encoded again as SNMPv2c: what the strict decoder and snmptrapd read is what was received."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snmp.codec import ber, relay
from snmp.codec.message import (
    BITS,
    COUNTER64,
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    NSAP,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    TIME_TICKS,
    TRAP_V1,
    TRAP_V2,
    UINTEGER32,
    V1,
    V2C,
    Message,
    RawVarbind,
    V1Header,
)
from snmp.mib import standard

NUMBERS = st.one_of(
    st.tuples(st.just(INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.sampled_from((GAUGE32, TIME_TICKS)), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(COUNTER64), st.integers(0, 2**64 - 1)),
    st.tuples(st.just(OCTET_STRING), st.binary(max_size=300)),
)
HEAD = (
    RawVarbind(standard.UPTIME, TIME_TICKS, 4711),
    RawVarbind(standard.TRAP_OID, OBJECT_IDENTIFIER, "1.3.6.1.4.1.4242.0.1"),
)


def again(message: Message, source: str = "192.0.2.7") -> Message:
    return ber.decode(relay.v2c_trap(relay.variable_bindings(message, source), "other", 77))


def v2c(*varbinds: RawVarbind) -> Message:
    return Message(V2C, b"public", TRAP_V2, 1, None, (*HEAD, *varbinds))


@given(st.lists(NUMBERS, max_size=8))
def test_every_value_is_read_as_it_was(values: list[tuple[int, int | bytes]]) -> None:
    varbinds = tuple(RawVarbind(f"1.3.6.1.4.1.4242.{number}.4294967295", *value) for number, value in enumerate(values))
    found = again(v2c(*varbinds))
    assert (found.community, found.request_id) == (b"other", 77)
    assert found.varbinds[:-1] == (*HEAD, *varbinds)


def test_the_sender_is_named_unless_the_message_names_it() -> None:
    assert again(v2c()).varbinds[-1] == RawVarbind(standard.TRAP_ADDRESS, IP_ADDRESS, bytes((192, 0, 2, 7)))
    assert again(v2c(), "2001:db8::7").varbinds == HEAD
    named = RawVarbind(standard.TRAP_ADDRESS, IP_ADDRESS, bytes((198, 51, 100, 1)))
    assert again(v2c(named)).varbinds == (*HEAD, named)


def test_a_community_in_the_varbinds_is_not_passed_on() -> None:
    secret = RawVarbind(standard.TRAP_COMMUNITY, OCTET_STRING, b"secret")
    assert again(v2c(secret), "::1").varbinds == HEAD


@pytest.mark.parametrize(
    ("generic", "specific", "oid"), [(6, 9, "1.3.6.1.4.1.4242.0.9"), (2, 0, f"{standard.GENERIC}.3")]
)
def test_a_trap_of_version_1_has_its_oid_its_agent_and_its_enterprise(generic: int, specific: int, oid: str) -> None:
    header = V1Header("1.3.6.1.4.1.4242", bytes((198, 51, 100, 1)), generic, specific, 2**31)
    found = again(Message(V1, b"public", TRAP_V1, None, header, ()))
    assert {each.oid: each.value for each in found.varbinds} == {
        standard.UPTIME: 2**31,
        standard.TRAP_OID: oid,
        standard.TRAP_ADDRESS: bytes((198, 51, 100, 1)),
        standard.TRAP_ENTERPRISE: "1.3.6.1.4.1.4242",
    }
    assert [each.oid for each in found.varbinds].count(standard.TRAP_ENTERPRISE) == 1


@pytest.mark.parametrize(
    ("tag", "value", "new"), [(BITS, b"\x05", OCTET_STRING), (NSAP, b"\x49", OCTET_STRING), (UINTEGER32, 7, GAUGE32)]
)
def test_types_that_version_2_no_longer_has_are_replaced(tag: int, value: int | bytes, new: int) -> None:
    assert again(v2c(RawVarbind("1.3.6.1.4.1.1", tag, value)), "::1").varbinds[-1] == RawVarbind(
        "1.3.6.1.4.1.1", new, value
    )
