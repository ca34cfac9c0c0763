"""The messages of DHCPv6 clients, each with one address or one delegated prefix, and what a reply has."""

from functools import cache

from dhcpserver.leases import keys
from dhcpserver.leases.lease import client_key
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.service.v6.associations import key_of
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire import dhcp6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6duid import from_uuid
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, pack_options
from dhcpserver.wire.options4 import MessageType
from tests.exhaustive.packets import Answer, Packets

_ARRIVAL = Arrival6(0, 0xFE80 << 112 | 1, 546, link="link")
_KINDS = {MessageType6.ADVERTISE: MessageType.OFFER, MessageType6.REPLY: MessageType.ACK}


class Packets6(Packets):
    """What clients send that have one identity association of a kind. Their answers are named as those of DHCPv4."""

    def __init__(self, kind: IAKind) -> None:
        self._kind = kind
        self._message = cache(self._uncached)

    def key_of(self, client: int) -> bytes:
        """See Packets."""
        return client_key(_duid(client), b"", bytes((self._kind, 0, 0, 0, 1)))

    def discover(self, client: int) -> bytes:
        """SOLICIT."""
        return self._message(MessageType6.SOLICIT, client, 0, None)

    def select(self, client: int, address: int, server: int, uid: bytes) -> bytes:
        """REQUEST."""
        return self._message(MessageType6.REQUEST, client, address, uid)

    def extend(self, client: int, address: int, uid: bytes | None) -> bytes:
        """RENEW, or REBIND for a server that has not granted the lease."""
        return self._message(MessageType6.REBIND if uid is None else MessageType6.RENEW, client, address, uid)

    def release(self, client: int, address: int, server: int, uid: bytes) -> bytes:
        """RELEASE."""
        return self._message(MessageType6.RELEASE, client, address, uid)

    def put(self, inputs: Inputs, octets: bytes, server: int) -> None:
        """See Packets."""
        inputs.packets6.append((octets, _ARRIVAL))

    def answers(self, outputs: Outputs) -> list[Answer]:
        """See Packets. An association without leases is no answer."""
        found = []
        for reply in outputs.replies6:
            message = dhcp6.parse(reply.octets)
            assert message.client_id is not None
            for ia in message.ias:
                for lease in ia.leases:
                    kind = _KINDS[MessageType6(message.type)] if lease.valid else MessageType.NAK
                    found.append(Answer(kind, message.client_id[-1], key_of(ia, lease), lease.valid))
        return found

    def _uncached(self, kind: MessageType6, client: int, address: int, uid: bytes | None) -> bytes:
        options = [(o6.CLIENT_ID, _duid(client))]
        if uid is not None:
            options.append((o6.SERVER_ID, from_uuid(uid)))
        leases = [IALease(keys.value_of(address), length=keys.length_of(address))] if address else []
        return dhcp6.encode(kind, client, pack_options(options) + pack_ia(IA(self._kind, 1, leases=leases)))


def _duid(client: int) -> bytes:
    return from_uuid(bytes(15) + bytes((client,)))
