"""OMAPI's messages: what one side encodes the other decodes, and other octets are refused."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.makes.isc.omapi import ALGORITHMS, Key, Message, OmapiError, Operation, decode, encode
from console.makes.isc.settings import IscServer
from tests.console.makes.isc.dhcpd import KEY, STATE

SIGNING = replace(KEY, number=3)
OPENED = Message(Operation.UPDATE, 2, 11, 7, {}, STATE)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
VALUES = st.dictionaries(NAMES, st.binary(max_size=80), max_size=8)
NUMBERS = st.integers(0, 2**32 - 1)
MESSAGES = st.builds(Message, st.integers(1, 6), NUMBERS, NUMBERS, NUMBERS, VALUES, VALUES)
KEYS = st.sampled_from([None, *(Key("watch", name, b"secret", 5) for name in ALGORITHMS)])


@given(MESSAGES, KEYS, st.binary(max_size=8))
def test_a_message_is_decoded_as_it_was_encoded(message: Message, key: Key | None, behind: bytes) -> None:
    octets = encode(message, key)
    assert decode(octets + behind, key) == (message, len(octets))


@given(MESSAGES, KEYS, st.data())
def test_a_part_of_a_message_is_not_complete(message: Message, key: Key | None, data: st.DataObject) -> None:
    octets = encode(message, key)
    assert decode(octets[: data.draw(st.integers(0, len(octets) - 1))], key) is None


@given(st.binary(max_size=200), KEYS)
def test_any_octets_are_a_message_a_part_of_one_or_refused(octets: bytes, key: Key | None) -> None:
    try:
        decode(octets, key)
    except OmapiError:
        return


@pytest.mark.parametrize("place", [4, 8, 12, 40, -1])
def test_a_changed_octet_is_refused(place: int) -> None:
    octets = bytearray(encode(OPENED, SIGNING))
    octets[place] ^= 1
    with pytest.raises(OmapiError, match="signature"):
        decode(bytes(octets), SIGNING)


def test_an_answer_without_a_signature_is_refused() -> None:
    with pytest.raises(OmapiError, match="without a valid signature"):
        decode(encode(OPENED, None), SIGNING)


def test_an_answer_of_unlimited_size_is_refused() -> None:
    large = encode(Message(Operation.UPDATE, values={"name": bytes(1 << 17)}), None)
    with pytest.raises(OmapiError, match="a value of 131072 octets"):
        decode(large[:100], None)
    many = encode(Message(Operation.UPDATE, values={f"name-{number}": b"" for number in range(300)}), None)
    with pytest.raises(OmapiError, match="more than 200 attributes"):
        decode(many, None)


def test_a_key_does_not_show_its_secret() -> None:
    assert "secret" not in repr(KEY)


def test_every_algorithm_of_the_settings_can_sign() -> None:
    assert set(get_args(IscServer.model_fields["omapi_algorithm"].annotation)) == set(ALGORITHMS)
