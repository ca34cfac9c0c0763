"""STARTTLS and its REPLY."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import starttls
from dhcpserver.wire.errors import WireError


@given(st.integers(0, (1 << 24) - 1))
def test_a_request_is_accepted_or_refused_with_the_reason(xid: int) -> None:
    """RFC 7653."""
    asked = starttls.request(xid)
    assert starttls.is_request(asked)
    assert starttls.whole(asked)
    assert starttls.refused(starttls.reply(asked, None), xid) is None
    assert starttls.refused(starttls.reply(asked, "no TLS here"), xid) == "no TLS here"
    with pytest.raises(WireError):
        starttls.refused(starttls.reply(asked, None), xid ^ 1)


@given(st.binary(max_size=600))
def test_any_octets_are_complete_incomplete_or_an_error(octets: bytes) -> None:
    """No octets raise anything but WireError."""
    try:
        if starttls.whole(octets):
            starttls.refused(octets, 5)
    except WireError:
        pass


def test_octets_between_the_answer_and_tls_are_refused() -> None:
    """Otherwise an attacker could insert octets before TLS (RFC 7653 section 9)."""
    with pytest.raises(WireError, match="before TLS"):
        starttls.whole(starttls.request(1) + b"x")
