"""DHCID (RFC 4701): the examples of section 3.6."""

from base64 import b64decode

import pytest

from dhcpserver.wire.dhcid import dhcid


@pytest.mark.parametrize(
    ("client_id", "hardware", "family", "name", "expected"),
    [
        # DHCPv6 with a DUID, section 3.6.1.
        (
            bytes.fromhex("00010006412df166010203040506"),
            b"",
            6,
            "chi6.example.com",
            "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
        ),
        # DHCPv4 with option 61, section 3.6.2.
        (
            bytes.fromhex("01070809 0a0b0c".replace(" ", "")),
            b"",
            4,
            "chi.example.com",
            "AAEBOSD+XR3Os/0LozeXVqcNc7FwCfQdWL3b/NaiUDlW2No=",
        ),
        # DHCPv4 by hardware address, section 3.6.3.
        (
            None,
            bytes.fromhex("010102030405 06".replace(" ", "")),
            4,
            "client.example.com",
            "AAABxLmlskllE0MVjd57zHcWmEH3pCQ6VytcKD//7es/deY=",
        ),
    ],
    ids=["duid", "client-id", "hardware"],
)
def test_the_examples_of_the_rfc(
    client_id: bytes | None, hardware: bytes, family: int, name: str, expected: str
) -> None:
    assert dhcid(client_id, hardware, name, family=family) == b64decode(expected)


def test_the_case_of_a_name_makes_no_difference() -> None:
    one, other = (dhcid(None, bytes(7), name, family=4) for name in ("A.Example", "a.example"))
    assert one == other


def test_a_client_with_a_duid_in_option_61_is_the_same_in_both_families() -> None:
    """RFC 4361: then both addresses of a machine can be under one name."""
    duid = bytes.fromhex("0003000102000000 0001".replace(" ", ""))
    by_four = dhcid(b"\xff\0\0\0\1" + duid, bytes(7), "a.example", family=4)
    assert by_four == dhcid(duid, b"", "a.example", family=6)
