"""Messages of DHCPv6 that get no answer: counted by reason, logged by client and reason, within limits."""

from ipaddress import IPv6Address

import pytest

from dhcpserver.service.packetlog import BUSY_LINES
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop, Message, encode_message
from dhcpserver.wire.dhcp6options import MessageType6, Option
from tests.service.v6.pair6 import DUIDS, OFFICE, RELAYED, Pair6, Server6, na, ta

SERVER = (o6.SERVER_ID, b"\0\4" + b"A" * 16)
OTHER = (o6.SERVER_ID, b"\0\4" + b"Z" * 16)
CLIENT = (o6.CLIENT_ID, DUIDS[0])


def lines(server: Server6, number: int) -> list[str]:
    return [line.text for line in server.log if line.id == number]


@pytest.mark.parametrize(
    ("kind", "options", "reason", "text"),
    [
        (MessageType6.SOLICIT, [CLIENT, SERVER], "unexpected-server-id", "it has a server identifier"),
        (MessageType6.SOLICIT, [], "no-client-id", "it has no client identifier"),
        (MessageType6.REQUEST, [CLIENT], "no-server-id", "it has no server identifier"),
        (MessageType6.ADVERTISE, [CLIENT], "not-for-servers", "messages of this type are not for servers"),
        (MessageType6.CONFIRM, [CLIENT], "no-addresses", "it has no addresses to confirm"),
        (MessageType6.REBIND, [CLIENT], "unknown-client", "this server has no binding of it"),
    ],
)
def test_a_dropped_message_is_counted_and_named_with_its_reason(
    kind: MessageType6, options: list[Option], reason: str, text: str
) -> None:
    server = Pair6(alone=True).main
    hop = Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, 7)
    for _ in range(3):
        assert server.turn((encode_message(Message(kind, 1, options, [hop])), RELAYED)) == []
    assert server.core.counters6.dropped == {reason: 3}
    (line,) = lines(server, 18245)
    client = DUIDS[0].hex(":") if CLIENT in options else "::7"
    assert line.startswith(f"{kind.name} of {client} was dropped: {text}")
    server.pair.wait(61)
    server.turn((encode_message(Message(kind, 1, options, [hop])), RELAYED))
    assert lines(server, 18245)[1].endswith("(2 more since the last line).")


def test_octets_that_are_not_a_message_are_named_by_their_source() -> None:
    server = Pair6(alone=True).main
    server.turn((b"\1\2", RELAYED))
    assert server.core.counters6.dropped == {"malformed": 1}
    (line,) = lines(server, 18245)
    assert line.startswith("A message of 2001:db8:ffff::1 was dropped: 2 octets")


def test_a_message_for_another_server_is_counted_and_not_logged() -> None:
    """Every REQUEST on a link with two servers is one."""
    server = Pair6(alone=True).main
    hop = Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, 7)
    server.turn((encode_message(Message(MessageType6.REQUEST, 1, [CLIENT, OTHER], [hop])), RELAYED))
    assert server.core.counters6.dropped == {"other-server": 1}
    assert lines(server, 18245) == []


def test_what_failover_leaves_to_the_partner_is_a_line_for_each_message_with_a_limit() -> None:
    """R-174: the backup drops SOLICIT in NORMAL and logs it; in a busy turn further ones are counted."""
    pair = Pair6()
    assert pair.backup.ask(MessageType6.SOLICIT, na()) is None
    reason = "failover is in NORMAL state and this is the backup"
    assert lines(pair.backup, 18110) == [f"Dropped SOLICIT from {DUIDS[0].hex(':')}: {reason}."]
    pair.backup.log.clear()
    hop = Hop(MessageType6.RELAY_FORW, 0, OFFICE + 1, int(IPv6Address("fe80::1")))
    octets = encode_message(Message(MessageType6.SOLICIT, 1, [CLIENT], [hop]))
    pair.backup.turn(*[(octets, Arrival6(0, 1, 547, multicast=False))] * (BUSY_LINES + 5))
    found = lines(pair.backup, 18110)
    assert len(found) == BUSY_LINES + 1
    assert found[-1] == f"Dropped 5 more client messages, not logged one by one: {reason}."


def test_messages_are_counted_by_type() -> None:
    pair = Pair6(alone=True)
    pair.main.leased(na(), ta())
    assert pair.main.core.counters6.received == {"SOLICIT": 1, "REQUEST": 1}
    assert pair.main.core.counters6.sent == {"ADVERTISE": 1, "REPLY": 1}
