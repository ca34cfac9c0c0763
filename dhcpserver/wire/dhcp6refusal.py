"""Which messages are discarded without an answer (RFC 8415 section 16, RFC 5007 section 4.3.1), and why.

What a message type needs is a row of a table: whether it has a client DUID and a server DUID, and whether it may come
to a unicast address. A relayed message counts as multicast: the relay received it that way, or forwards a unicast one,
which is its own affair.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6duid import is_duid
from dhcpserver.wire.dhcp6options import MessageType6

MOST_ASSOCIATIONS: Final = 256
"""Identity associations and leases in one message, so that one message cannot request a whole pool."""


class Discard(StrEnum):
    """Why a message is discarded."""

    UNKNOWN_TYPE = "the message type is unknown"
    NOT_FOR_SERVERS = "messages of this type are not for servers"
    NOT_FOR_CLIENTS = "messages of this type are not for clients"
    UNICAST = "messages of this type must be sent to a multicast address"
    NO_CLIENT_ID = "it has no client identifier"
    BAD_CLIENT_ID = "its client identifier is empty, or longer than 130 octets"
    NO_SERVER_ID = "it has no server identifier"
    UNEXPECTED_SERVER_ID = "it has a server identifier, and messages of this type have none"
    OTHER_SERVER = "it is for another server"
    OTHER_CLIENT = "it is for another client"
    UNEXPECTED_IA = "it has an identity association, and messages of this type have none"
    TOO_MANY_IAS = "it has too many identity associations and leases"
    NO_QUERY = "it has no query"
    OTHER_TRANSACTION = "it has another transaction ID"
    NO_RECONFIGURE_TYPE = "it does not have a message type that it requests"
    NOT_AUTHENTICATED = "it has no authentication"


class ServerId(StrEnum):
    """What a message type needs as server identifier."""

    ABSENT = "absent"
    OWN = "own"
    OWN_OR_ABSENT = "own or absent"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What messages of one type need."""

    server_id: ServerId
    client_id: bool = True
    unicast: bool = True
    """Whether a unicast message is not discarded. `needs_multicast` may apply to it."""
    ias: bool = True
    query: bool = False


_RULES: Final = {
    MessageType6.SOLICIT: _Rule(ServerId.ABSENT, unicast=False),
    MessageType6.REQUEST: _Rule(ServerId.OWN),
    MessageType6.CONFIRM: _Rule(ServerId.ABSENT, unicast=False),
    MessageType6.RENEW: _Rule(ServerId.OWN),
    MessageType6.REBIND: _Rule(ServerId.ABSENT, unicast=False),
    MessageType6.RELEASE: _Rule(ServerId.OWN),
    MessageType6.DECLINE: _Rule(ServerId.OWN),
    MessageType6.INFORMATION_REQUEST: _Rule(ServerId.OWN_OR_ABSENT, client_id=False, unicast=False, ias=False),
    MessageType6.LEASEQUERY: _Rule(ServerId.OWN_OR_ABSENT, query=True),
}
"""Sections 16.2 to 16.12; RFC 5007 section 4.3.1 for LEASEQUERY."""

_FOR_OTHERS: Final = frozenset(MessageType6) - _RULES.keys()
_WITH_UNICAST_OPTION: Final = frozenset(
    (MessageType6.REQUEST, MessageType6.RENEW, MessageType6.RELEASE, MessageType6.DECLINE)
)


def refusal(message: Message, server_duid: bytes, multicast: bool) -> Discard | None:
    """Return why a server discards a message, None if it does not.

    `multicast`: whether the datagram came to a multicast address; for a relayed message it does not matter.
    """
    rule = _RULES.get(message.type)  # type: ignore[call-overload]
    relays = message.relays
    if rule is None:
        return Discard.NOT_FOR_SERVERS if message.type in _FOR_OTHERS else Discard.UNKNOWN_TYPE
    if relays and relays[0].type != MessageType6.RELAY_FORW:
        return Discard.NOT_FOR_SERVERS
    if not multicast and not rule.unicast and not relays:
        return Discard.UNICAST
    client_id = message.client_id
    if client_id is None:
        if rule.client_id:
            return Discard.NO_CLIENT_ID
    elif not is_duid(client_id):
        return Discard.BAD_CLIENT_ID
    server_id = message.server_id
    if server_id is None:
        if rule.server_id is ServerId.OWN:
            return Discard.NO_SERVER_ID
    elif rule.server_id is ServerId.ABSENT:
        return Discard.UNEXPECTED_SERVER_ID
    elif server_id != server_duid:
        return Discard.OTHER_SERVER
    if message.ias:
        if not rule.ias:
            return Discard.UNEXPECTED_IA
        if len(message.ias) + sum([len(ia.leases) for ia in message.ias]) > MOST_ASSOCIATIONS:
            return Discard.TOO_MANY_IAS
    if rule.query and message.get(o6.LQ_QUERY) is None:
        return Discard.NO_QUERY
    return None


def needs_multicast(message: Message, multicast: bool) -> bool:
    """Return whether the answer is UseMulticast, unless the server gave the client permission for unicast.

    RFC 8415 section 18.4. Messages of other types that must not be unicast are discarded.
    """
    return not multicast and not message.relays and message.type in _WITH_UNICAST_OPTION


_ANSWERS: Final = frozenset((MessageType6.ADVERTISE, MessageType6.REPLY, MessageType6.RECONFIGURE))
_REQUESTED_BY_RECONFIGURE: Final = frozenset(
    (MessageType6.RENEW, MessageType6.REBIND, MessageType6.INFORMATION_REQUEST)
)


def client_refusal(message: Message, client_duid: bytes | None, xid: int) -> Discard | None:
    """Return why a client discards a message, None if it does not (sections 16.3, 16.10 and 16.11).

    `client_duid`: None for a client that sends none. `xid`: of the client's present exchange; RECONFIGURE has no
    transaction ID. Whether the authentication of a RECONFIGURE is right is not checked here.
    """
    if message.type not in _ANSWERS:
        return Discard.NOT_FOR_CLIENTS
    reconfigure = message.type == MessageType6.RECONFIGURE
    if not reconfigure and message.xid != xid:
        return Discard.OTHER_TRANSACTION
    if message.server_id is None:
        return Discard.NO_SERVER_ID
    client_id = message.client_id
    if client_id is None and (reconfigure or message.type == MessageType6.ADVERTISE):
        return Discard.NO_CLIENT_ID
    if client_id != client_duid:
        return Discard.OTHER_CLIENT
    if reconfigure:
        if message.reconfigure_message not in _REQUESTED_BY_RECONFIGURE:
            return Discard.NO_RECONFIGURE_TYPE
        if message.get(o6.AUTHENTICATION) is None:
            return Discard.NOT_AUTHENTICATED
    return None
