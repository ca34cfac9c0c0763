"""Bulk leasequery over TCP: messages in chunks of any size, and streams that are damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.bulkframes import MAXIMUM_QUERY, pack_message
from dhcpserver.wire.dhcp6 import encode_message
from dhcpserver.wire.dhcp6bulk import MessageStream
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.errors import WireError
from tests.wire.samples6 import CLIENT_IDS, client_messages


@given(st.lists(st.sampled_from(client_messages()), max_size=6), st.lists(st.integers(1, 90), max_size=40))
def test_messages_are_read_in_chunks_of_any_size(messages: list[bytes], sizes: list[int]) -> None:
    octets = b"".join(pack_message(message) for message in messages)
    stream, found = MessageStream(), []
    for size in [*sizes, len(octets)]:
        found += stream.feed(octets[:size])
        octets = octets[size:]
    assert stream.error is None
    assert [encode_message(message) for message in found] == messages


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_octets_give_messages_or_an_error(portions: list[bytes]) -> None:
    stream = MessageStream()
    for portion in portions:
        stream.feed(portion)
    assert stream.error is None or isinstance(stream.error, WireError)


def test_a_query_by_relay_has_the_octets_of_the_rfc() -> None:
    """RFC 5460 section 5: the DUID of the relay is an option of the query."""
    query = dhcp6values.LeaseQuery(dhcp6values.QUERY_BY_RELAY_ID, 0, ((o6.RELAY_ID, b"\0\3\0\1ab"),))
    octets = dhcp6.encode(MessageType6.LEASEQUERY, 5, CLIENT_IDS + dhcp6values.pack_lease_query(query))
    (message,) = MessageStream().feed(pack_message(octets))
    assert message.lease_query == query
    assert octets.hex().endswith("002c001b" + "03" + "00" * 16 + "00350006" + "000300016162")


@pytest.mark.parametrize("size", [0, 3, MAXIMUM_QUERY + 1])
def test_a_size_that_no_query_has_ends_the_stream(size: int) -> None:
    stream = MessageStream()
    good = pack_message(client_messages()[0])
    assert len(stream.feed(good + size.to_bytes(2, "big") + bytes(10))) == 1
    assert f"a message of {size} octets" in str(stream.error)
    assert stream.feed(good) == []


def test_a_message_that_is_too_long_cannot_be_packed() -> None:
    with pytest.raises(WireError):
        pack_message(bytes(0x10000))
