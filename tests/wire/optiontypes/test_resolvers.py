"""Encrypted DNS resolvers of both families (RFC 9463), against octets written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.resolvers import Resolver

FOUR, SIX = Resolver(4), Resolver(6)
NAME = b"\3dns\7example\3org\0"
ALPN = b"\0\1\0\7\2h2\3dot"
PORT = b"\0\3\0\2" + (8853).to_bytes(2)
PATH = b"\0\7\0\x10/dns-query{?dns}"


def counted(octets: bytes) -> bytes:
    return len(octets).to_bytes(2) + octets


@pytest.mark.parametrize(
    ("kind", "text", "octets"),
    [
        (FOUR, "10 dns.example.org", counted(b"\0\x0a" + bytes((len(NAME),)) + NAME)),
        (
            FOUR,
            "1 dns.example.org 192.0.2.53 192.0.2.54 alpn=h2 alpn=dot port=8853 dohpath=/dns-query{?dns}",
            counted(
                b"\0\1" + bytes((len(NAME),)) + NAME + b"\x08\xc0\0\2\x35\xc0\0\2\x36" + ALPN + PORT + PATH
            ),
        ),
        (SIX, "65535 dns.example.org", b"\xff\xff" + counted(NAME)),
        (
            SIX,
            "1 dns.example.org 2001:db8::53 alpn=h2 alpn=dot key65000=0aff",
            b"\0\1" + counted(NAME) + counted(b"\x20\1\x0d\xb8" + bytes(11) + b"\x53") + ALPN
            + b"\xfd\xe8\0\2\x0a\xff",
        ),
    ],
)  # fmt: skip
def test_a_resolver_has_the_octets_of_the_rfc(kind: Resolver, text: str, octets: bytes) -> None:
    assert kind.encode(text) == octets
    assert kind.decode(octets) == text


def test_several_resolvers_are_in_one_option_of_dhcpv4() -> None:
    texts = ["1 a.example 192.0.2.1 alpn=dot", "2 b.example"]
    assert FOUR.decode_all(FOUR.encode_all(texts)) == texts


def test_parameters_are_in_the_order_of_their_keys_and_protocols_in_that_of_the_operator() -> None:
    assert FOUR.decode(FOUR.encode("1 a.example 192.0.2.1 port=1 alpn=h3 alpn=dot")) == (
        "1 a.example 192.0.2.1 alpn=h3 alpn=dot port=1"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dns.example.org",
        "70000 dns.example.org",
        "-1 dns.example.org",
        "1 .",
        "1 under..dot",
        "1 dns.example.org alpn=dot",
        "1 dns.example.org 2001:db8::53",
        "1 dns.example.org 192.0.2.53 port=70000",
        "1 dns.example.org 192.0.2.53 port=+1",
        "1 dns.example.org 192.0.2.53 port=1 port=2",
        "1 dns.example.org 192.0.2.53 alpn=",
        "1 dns.example.org 192.0.2.53 key1=00",
        "1 dns.example.org 192.0.2.53 key70000=00",
        "1 dns.example.org 192.0.2.53 key9=0",
        "1 dns.example.org 192.0.2.53 color=red",
        "1 dns.example.org " + "192.0.2.53 " * 64,
        f"1 dns.example.org 192.0.2.53 alpn={'x' * 256}",
        7,
    ],
)
def test_what_does_not_fit_is_refused(text: object) -> None:
    with pytest.raises(OptionValueError):
        FOUR.encode(text)


@pytest.mark.parametrize("kind", [FOUR, SIX], ids=["4", "6"])
@given(octets=st.binary(max_size=60), begins=st.booleans())
def test_any_octets_are_a_resolver_or_an_error(kind: Resolver, octets: bytes, begins: bool) -> None:
    """What is read is written again as it was."""
    if begins:
        name = (bytes((len(NAME),)) if kind is FOUR else len(NAME).to_bytes(2)) + NAME
        octets = b"\0\1" + name + octets
        octets = counted(octets) if kind is FOUR else octets
    try:
        text = kind.decode(octets)
    except OptionValueError:
        return
    assert kind.encode(text) == octets
