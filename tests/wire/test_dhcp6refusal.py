"""Which messages are discarded: every message type with and without what RFC 8415 section 16 requires."""

import pytest

from dhcpserver.wire import dhcp6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop, Message
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option
from dhcpserver.wire.dhcp6refusal import MOST_ASSOCIATIONS, Discard, client_refusal, needs_multicast, refusal
from tests.wire.samples6 import CLIENT, LINK, PEER, SERVER, client_messages, relayed

ID: Option = (o6.CLIENT_ID, CLIENT)
OWN: Option = (o6.SERVER_ID, SERVER)
OTHER: Option = (o6.SERVER_ID, SERVER + b"!")
ASSOCIATION: Option = (o6.IA_NA, bytes(12))
QUERY: Option = (o6.LQ_QUERY, b"\2" + bytes(16))
FORWARDED = Hop(MessageType6.RELAY_FORW, 0, LINK, PEER)

SOLICIT, REQUEST, CONFIRM = MessageType6.SOLICIT, MessageType6.REQUEST, MessageType6.CONFIRM
RENEW, REBIND, RELEASE, DECLINE = MessageType6.RENEW, MessageType6.REBIND, MessageType6.RELEASE, MessageType6.DECLINE
INFORMATION, LEASEQUERY = MessageType6.INFORMATION_REQUEST, MessageType6.LEASEQUERY

TABLE: list[tuple[MessageType6, tuple[Option, ...], Discard | None]] = [
    *((kind, (ID,), None) for kind in (SOLICIT, CONFIRM, REBIND)),
    *((kind, (), Discard.NO_CLIENT_ID) for kind in (SOLICIT, CONFIRM, REBIND)),
    *((kind, (ID, OWN), Discard.UNEXPECTED_SERVER_ID) for kind in (SOLICIT, CONFIRM, REBIND)),
    *((kind, (ID, OTHER), Discard.UNEXPECTED_SERVER_ID) for kind in (SOLICIT, CONFIRM, REBIND)),
    *((kind, (ID, OWN), None) for kind in (REQUEST, RENEW, RELEASE, DECLINE)),
    *((kind, (OWN,), Discard.NO_CLIENT_ID) for kind in (REQUEST, RENEW, RELEASE, DECLINE)),
    *((kind, (ID,), Discard.NO_SERVER_ID) for kind in (REQUEST, RENEW, RELEASE, DECLINE)),
    *((kind, (ID, OTHER), Discard.OTHER_SERVER) for kind in (REQUEST, RENEW, RELEASE, DECLINE)),
    (INFORMATION, (), None),
    (INFORMATION, (ID, OWN), None),
    (INFORMATION, (ID, OTHER), Discard.OTHER_SERVER),
    (INFORMATION, (ID, ASSOCIATION), Discard.UNEXPECTED_IA),
    (LEASEQUERY, (ID, QUERY), None),
    (LEASEQUERY, (ID, OWN, QUERY), None),
    (LEASEQUERY, (ID, OTHER, QUERY), Discard.OTHER_SERVER),
    (LEASEQUERY, (QUERY,), Discard.NO_CLIENT_ID),
    (LEASEQUERY, (ID,), Discard.NO_QUERY),
    (SOLICIT, ((o6.CLIENT_ID, b""),), Discard.BAD_CLIENT_ID),
    (SOLICIT, ((o6.CLIENT_ID, bytes(131)),), Discard.BAD_CLIENT_ID),
    (SOLICIT, ((o6.CLIENT_ID, bytes(130)),), None),
]


@pytest.mark.parametrize(("kind", "options", "reason"), TABLE)
def test_a_message_has_what_its_type_needs(
    kind: MessageType6, options: tuple[Option, ...], reason: Discard | None
) -> None:
    assert refusal(Message(kind, 1, options), SERVER, multicast=True) is reason
    assert refusal(Message(kind, 1, options, [FORWARDED]), SERVER, multicast=False) is reason


@pytest.mark.parametrize("kind", [SOLICIT, CONFIRM, REBIND, INFORMATION])
def test_some_messages_must_come_to_a_multicast_address(kind: MessageType6) -> None:
    """RFC 8415 section 16; a relay sends to a unicast address."""
    assert refusal(Message(kind, 1, (ID,)), SERVER, multicast=False) is Discard.UNICAST
    assert not needs_multicast(Message(kind, 1, (ID,)), multicast=False)


@pytest.mark.parametrize("kind", [REQUEST, RENEW, RELEASE, DECLINE])
def test_others_are_answered_with_use_multicast(kind: MessageType6) -> None:
    """RFC 8415 section 18.4."""
    message = Message(kind, 1, (ID, OWN))
    assert refusal(message, SERVER, multicast=False) is None
    assert needs_multicast(message, multicast=False)
    assert not needs_multicast(message, multicast=True)
    assert not needs_multicast(Message(kind, 1, (ID, OWN), [FORWARDED]), multicast=False)


def test_messages_of_servers_and_unknown_types_are_discarded() -> None:
    for kind in (2, 7, 10, 13, 15, 16, 17):
        assert refusal(Message(kind, 1, (ID, OWN)), SERVER, multicast=True) is Discard.NOT_FOR_SERVERS
    for kind in (0, 18, 24, 35, 255):
        assert refusal(Message(kind, 1, (ID, OWN)), SERVER, multicast=True) is Discard.UNKNOWN_TYPE
    backwards = Hop(MessageType6.RELAY_REPL, 0, LINK, PEER)
    assert refusal(Message(SOLICIT, 1, (ID,), [backwards]), SERVER, multicast=True) is Discard.NOT_FOR_SERVERS


def test_one_message_cannot_request_a_whole_pool() -> None:
    ia = IA(IAKind.NA, 1, leases=[IALease(number) for number in range(MOST_ASSOCIATIONS)])
    message = dhcp6.parse(dhcp6.encode(SOLICIT, 1, o6.pack_option(*ID) + pack_ia(ia)))
    assert refusal(message, SERVER, multicast=True) is Discard.TOO_MANY_IAS
    message.ias[0].leases.pop()
    assert refusal(message, SERVER, multicast=True) is None


def test_what_clients_send_is_accepted_direct_and_relayed() -> None:
    for octets in client_messages():
        assert refusal(dhcp6.parse(octets), SERVER, multicast=True) is None
        assert refusal(dhcp6.parse(relayed(octets)), SERVER, multicast=False) is None


ANSWERS: list[tuple[MessageType6, tuple[Option, ...], Discard | None]] = [
    (MessageType6.ADVERTISE, (ID, OWN), None),
    (MessageType6.ADVERTISE, (OWN,), Discard.NO_CLIENT_ID),
    (MessageType6.ADVERTISE, (ID,), Discard.NO_SERVER_ID),
    (MessageType6.REPLY, (ID, OWN), None),
    (MessageType6.REPLY, (ID,), Discard.NO_SERVER_ID),
    (MessageType6.REPLY, (OWN,), Discard.OTHER_CLIENT),
    (MessageType6.REPLY, ((o6.CLIENT_ID, b"x"), OWN), Discard.OTHER_CLIENT),
    (MessageType6.SOLICIT, (ID, OWN), Discard.NOT_FOR_CLIENTS),
    (MessageType6.RELAY_REPL, (ID, OWN), Discard.NOT_FOR_CLIENTS),
    (MessageType6.RECONFIGURE, (ID, OWN, (19, b"\5"), (11, b"")), None),
    (MessageType6.RECONFIGURE, (OWN, (19, b"\5"), (11, b"")), Discard.NO_CLIENT_ID),
    (MessageType6.RECONFIGURE, (ID, OWN, (11, b"")), Discard.NO_RECONFIGURE_TYPE),
    (MessageType6.RECONFIGURE, (ID, OWN, (19, b"\3"), (11, b"")), Discard.NO_RECONFIGURE_TYPE),
    (MessageType6.RECONFIGURE, (ID, OWN, (19, b"\6")), Discard.NOT_AUTHENTICATED),
]


@pytest.mark.parametrize(("kind", "options", "reason"), ANSWERS)
def test_a_client_discards_what_is_not_an_answer(
    kind: MessageType6, options: tuple[Option, ...], reason: Discard | None
) -> None:
    """RFC 8415 sections 16.3, 16.10 and 16.11."""
    assert client_refusal(Message(kind, 5, options), CLIENT, 5) is reason


def test_an_answer_has_the_transaction_of_the_request_and_a_reconfigure_has_none() -> None:
    assert client_refusal(Message(MessageType6.REPLY, 6, (ID, OWN)), CLIENT, 5) is Discard.OTHER_TRANSACTION
    reconfigure = Message(MessageType6.RECONFIGURE, 0, (ID, OWN, (19, b"\5"), (11, b"")))
    assert client_refusal(reconfigure, CLIENT, 5) is None
    assert client_refusal(Message(MessageType6.REPLY, 5, (OWN,)), None, 5) is None
