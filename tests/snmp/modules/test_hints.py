"""Display hints, by the rules and examples of RFC 2579 section 3.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snmp.modules.hints import number_text, octets_text

DATE = "2d-1d-1d,1d:1d:1d.1d,1a1d:1d"


@pytest.mark.parametrize(
    ("hint", "value", "text"),
    [
        ("d", 1234, "1234"),
        ("d-2", 1234, "12.34"),
        ("d-2", 5, "0.05"),
        ("d-1", -235, "-23.5"),
        ("x", 255, "ff"),
        ("o", 8, "10"),
        ("b", 5, "101"),
        ("d-", 5, None),
        ("d-0", 5, None),
        ("z", 5, None),
        ("", 5, None),
        ("d-99999999999", 5, None),
    ],
)
def test_numbers(hint: str, value: int, text: str | None) -> None:
    assert number_text(hint, value) == text


@pytest.mark.parametrize(
    ("hint", "octets", "text"),
    [
        ("1x:", "0a0b0c0d0e0f", "0a:0b:0c:0d:0e:0f"),
        ("1x:", "", ""),
        (DATE, "07ea0b1c03070a00", "2026-11-28,3:7:10.0"),
        (DATE, "07ea0b1c03070a002b0100", "2026-11-28,3:7:10.0,+1:0"),
        ("255a", "616263", "abc"),
        ("255a", "6162ff", None),
        ("255t", "6772c3bc6e", "grün"),
        ("1d.1d.1d.1d", "0a000001", "10.0.0.1"),
        ("2x:2x:2x:2x:2x:2x:2x:2x", "20010db8000000000000000000000001", "2001:0db8:0000:0000:0000:0000:0000:0001"),
        ("1d.1d.1d.1d%4d", "0a00000100000003", "10.0.0.1%3"),
        ("*1x:/1x:", "0201020909", "01:02/09:09"),
        ("1d:*1d,/", "0302070801", "3:7,8/"),
        ("0d", "01", None),
        ("1", "01", None),
        ("x", "01", None),
        ("99999999d", "01", None),
        ("", "01", None),
    ],
)
def test_octets(hint: str, octets: str, text: str | None) -> None:
    assert octets_text(hint, bytes.fromhex(octets)) == text


@given(st.text("0123456789*xdoat:-/.,%", max_size=12), st.binary(max_size=40))
def test_no_hint_and_no_octets_do_harm(hint: str, octets: bytes) -> None:
    octets_text(hint, octets)
    number_text(hint, len(octets))
