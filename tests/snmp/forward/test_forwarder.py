"""Forwarding by rules: real datagrams between a sender, the receiver and its recipients on loopback."""

import socket
from collections.abc import Iterator

import pytest

from snmp.codec import ber
from snmp.forward.forwarder import Forwarder, ForwardRule
from snmp.mib import standard
from snmp.mib.notification import Notification
from snmp.send.recipient import Recipient
from tests.snmp.codec.test_lenient import element, v1, v2c
from tests.snmp.listening import TIMEOUT_SECONDS, receive_until, receiver

LOOPBACK = "127.0.0.1"


@pytest.fixture
def listeners() -> Iterator[list["Listener"]]:
    found = [Listener() for _ in range(5)]
    yield found
    for each in found:
        each.socket.close()


class Listener:
    """A recipient of datagrams."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LOOPBACK, 0))
        self.socket.settimeout(TIMEOUT_SECONDS)
        self.port: int = self.socket.getsockname()[1]

    def take(self) -> bytes:
        return self.socket.recv(65535)

    def rule(self, community: str = "", networks: tuple[str, ...] = (), oids: tuple[str, ...] = ()) -> ForwardRule:
        recipient = Recipient(str(self.port), LOOPBACK, self.port, community)
        return ForwardRule(recipient, not community, networks, oids)


def received(*datagrams: bytes) -> list[Notification]:
    with (
        receiver(keeps_octets=True) as (listening, address),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        for each in datagrams:
            sender.sendto(each, address)
        return receive_until(listening, lambda found: len(found) == len(datagrams))


ODD = v1(b"\x80\0\0\0")
PLAIN = v2c(element(2, b"\x05"))


def test_as_received_and_encoded_again_by_network_and_oid(listeners: list[Listener]) -> None:
    everything, again, elsewhere, below, beside = listeners
    rules = [
        everything.rule(),
        again.rule("other"),
        elsewhere.rule(networks=("192.0.2.0/24",)),
        below.rule(oids=("1.3.6.0",)),
        beside.rule(oids=("1.3.6.1.6.3.1.1.4.1", "1.3.6.1.6.3.1.1.4.1.0.4")),
    ]
    found = received(ODD)
    assert found[0].oid == "1.3.6.0.1"
    forwarder = Forwarder(rules)
    forwarder.forward(found[0], 1.0)
    assert everything.take() == ODD
    assert below.take() == ODD
    message = ber.decode(again.take())
    assert message.community == b"other"
    values = {each.oid: each.value for each in message.varbinds}
    assert values[standard.UPTIME] == 2**31
    assert values[standard.TRAP_ADDRESS] == bytes((192, 0, 2, 1))
    forwarder.close(TIMEOUT_SECONDS)
    sent = {name: each.sent for name, each in forwarder.counters().items()}
    assert sent == {
        str(each.port): int(each in (everything, again, below))
        for each in (everything, again, elsewhere, below, beside)
    }


def test_what_comes_back_is_not_forwarded_again_and_is_counted(listeners: list[Listener]) -> None:
    other = listeners[0]
    forwarder = Forwarder([other.rule("other")])
    (first,) = received(PLAIN)
    forwarder.forward(first, 1.0)
    (back,) = received(ber_with_community(other.take()))
    assert back.octets != first.octets
    forwarder.forward(back, 2.0)
    forwarder.close(TIMEOUT_SECONDS)
    counters = forwarder.counters()[str(other.port)]
    assert (counters.sent, counters.returned) == (1, 1)


def ber_with_community(octets: bytes) -> bytes:
    """The same with the community that the receiver accepts, as a relay would send it."""
    return octets.replace(element(4, b"other"), element(4, b"public")).replace(
        octets[:2], bytes((0x30, octets[1] + 1)), 1
    )


def test_a_receiver_that_does_not_forward_keeps_no_octets() -> None:
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(PLAIN, address)
        (found,) = receive_until(listening, lambda found: bool(found))
    assert (found.octets, found.bindings) == (b"", b"")
