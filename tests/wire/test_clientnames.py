"""Host names and qualified names: reading them, and the answer to option 81 (RFC 4702)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import options4
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames, answer_fqdn, pack_names, read_names

DOMAIN = b"example.org"


@pytest.mark.parametrize(
    ("sent", "domain", "host", "answer"),
    [
        # S in the encoding of RFC 1035: O, E and N are set, S is not.
        (
            "050000" + "03666f6f" + "076578616d706c6503636f6d00",
            DOMAIN,
            None,
            "0effff" + "03666f6f076578616d706c6503636f6d00",
        ),
        # A part of a name is completed.
        ("050000" + "03666f6f", DOMAIN, None, "0effff" + "03666f6f076578616d706c65036f726700"),
        ("050000" + "03666f6f", None, None, "0effff" + "03666f6f"),
        # Text; N of the client.
        ("080000" + b"foo".hex(), DOMAIN, None, "08ffff" + b"foo.example.org".hex()),
        ("010000" + b"foo.example.com".hex(), DOMAIN, None, "0affff" + b"foo.example.com".hex()),
        # The client asks for a name.
        ("040000", DOMAIN, b"printer", "0cffff" + "077072696e746572076578616d706c65036f726700"),
        ("040000", DOMAIN, None, "0cffff"),
        # Not a name.
        ("040000" + "ff", DOMAIN, None, "0cffff"),
        ("000000" + b"a b".hex(), DOMAIN, None, "08ffff"),
    ],
)
def test_the_answer_to_a_qualified_name(sent: str, domain: bytes | None, host: bytes | None, answer: str) -> None:
    """RFC 4702 sections 2 and 4: this server updates no DNS."""
    found = answer_fqdn(bytes.fromhex(sent), domain, host)
    assert found is not None
    assert found.hex() == answer


def test_an_option_that_is_too_short_has_no_answer() -> None:
    assert answer_fqdn(b"\4\0", DOMAIN, None) is None


def test_names_are_text_without_control_characters() -> None:
    names = read_names(b"prin\x1b]0;ter\0", bytes.fromhex("040000" + "03666f6f" + "076578616d706c6500"))
    assert names == ClientNames("prin\N{REPLACEMENT CHARACTER}]0;ter", "foo.example")
    assert read_names(None, None) is NO_NAMES


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_octets_give_names_that_are_read_again_as_they_were(host_name: bytes, fqdn: bytes) -> None:
    names = read_names(host_name, fqdn)
    assert all(len(name.encode()) <= 252 and (name.isprintable() or not name) for name in names)
    found: dict[int, bytes] = {}
    options4.read_options(pack_names(names), 0, found)
    again = read_names(found.get(12), found.get(81))
    assert again.host_name == names.host_name
    assert again.fqdn == names.fqdn.removesuffix(".")
    answer = answer_fqdn(fqdn, DOMAIN, host_name)
    assert answer is None or 3 <= len(answer) <= 255
