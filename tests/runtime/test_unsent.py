"""Replies that cannot be sent, with real sockets."""

import errno
import socket
from ipaddress import IPv4Address

from dhcpserver.config.classes.listener import Listener
from dhcpserver.runtime.sockets import open_listener
from dhcpserver.runtime.unsent import Unsent
from dhcpserver.service.query import Destination, Reply


def reply(octets: bytes, address: str = "127.0.0.53") -> Reply:
    number = int.from_bytes(socket.inet_aton(address), "big")
    return Reply(0, Destination.ADDRESS, number, 6767, octets, b"")


def test_a_reply_that_is_too_long_is_counted_and_logged_once_a_minute() -> None:
    """An error of the kernel is not swallowed: a datagram has at most 65,507 octets."""
    opened = open_listener(0, Listener(address=IPv4Address("127.0.0.53"), port=16767))
    unsent = Unsent()
    try:
        assert opened.send(reply(b"x" * 300)) is None
        lines = []
        for second in range(70):
            failure = opened.send(reply(b"x" * 70_000))
            assert failure is not None
            assert failure.errno == errno.EMSGSIZE
            lines += [line.text for line in unsent.lines(reply(b""), failure, float(second))]
    finally:
        opened.close()
    assert unsent.counts == {"Message too long": 70}
    assert lines == [
        "A reply to 127.0.0.53 could not be sent: Message too long.",
        "A reply to 127.0.0.53 could not be sent: Message too long (59 more since the last line).",
    ]
