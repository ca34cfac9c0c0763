"""A minimal DHCPv6 server that uses the wire format only. It takes and returns octets, and can be made to err."""

from dataclasses import dataclass, field

from dhcpserver.wire import dhcp6, dhcp6duid
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia, pack_refused_ia
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, pack_option

LINK = 0x20010DB8_00000001 << 64
PREFIXES = 0x20010DB8_10000000 << 64
DUID = dhcp6duid.from_uuid(bytes(range(16)))
_KEY = tuple[bytes, IAKind, int]
_EXTENDING = (MessageType6.RENEW, MessageType6.REBIND)


@dataclass
class Responder6:
    """Leases the next address of a link, or the next /56, for `valid` seconds, of which half are preferred."""

    valid: int = 7200
    t1: int = 1800
    t2: int = 2880
    preference: int = 0
    duid: bytes = DUID
    extra: bytes = b""
    """Options that are added to each answer."""
    lacking: frozenset[IAKind] = frozenset()
    """The kinds of which it has none."""
    leases: dict[_KEY, IALease] = field(default_factory=dict)
    seen: list[MessageType6] = field(default_factory=list)
    count: int = 0

    def answer(self, octets: bytes) -> Message | None:
        """Return the answer to a message, None if there is none."""
        request = dhcp6.parse(octets)
        kind = MessageType6(request.type)
        self.seen.append(kind)
        if request.server_id not in (None, self.duid):
            return None
        if kind is MessageType6.SOLICIT:
            rapid = pack_option(o6.RAPID_COMMIT, b"") if request.rapid_commit else b""
            answer = MessageType6.REPLY if rapid else MessageType6.ADVERTISE
            preference = pack_option(o6.PREFERENCE, bytes((self.preference,)))
            return self.reply(request, answer, rapid + preference + self._ias(request))
        if kind is MessageType6.CONFIRM:
            fits = all(lease.address >> 64 == LINK >> 64 for ia in request.ias for lease in ia.leases)
            return self.reply(request, body=o6.pack_status(StatusCode.SUCCESS if fits else StatusCode.NOT_ON_LINK))
        if kind in (MessageType6.RELEASE, MessageType6.DECLINE):
            for ia in request.ias:
                self.leases.pop((request.client_id or b"", ia.kind, ia.iaid), None)
            return self.reply(request, body=o6.pack_status(StatusCode.SUCCESS))
        if kind is MessageType6.INFORMATION_REQUEST:
            return self.reply(request, body=pack_option(o6.DNS_SERVERS, bytes(16)))
        return self.reply(request, body=self._ias(request, extending=kind in _EXTENDING))

    def reply(self, request: Message, kind: MessageType6 = MessageType6.REPLY, body: bytes = b"") -> Message:
        """Return a message to the client of a request."""
        ids = pack_option(o6.CLIENT_ID, request.client_id or b"") + pack_option(o6.SERVER_ID, self.duid)
        return dhcp6.parse(dhcp6.encode(kind, request.xid, ids + body + self.extra))

    def _ias(self, request: Message, *, extending: bool = False) -> bytes:
        packed = b""
        for ia in request.ias:
            key = (request.client_id or b"", ia.kind, ia.iaid)
            if ia.kind in self.lacking:
                missing = StatusCode.NO_PREFIX_AVAIL if ia.kind is IAKind.PD else StatusCode.NO_ADDRS_AVAIL
                packed += pack_refused_ia(ia.kind, ia.iaid, missing)
            elif extending and ia.leases and key not in self.leases:
                packed += pack_refused_ia(ia.kind, ia.iaid, StatusCode.NO_BINDING)
            else:
                lease = self._lease(key)
                times = (0, 0) if ia.kind is IAKind.TA else (self.t1, self.t2)
                packed += pack_ia(IA(ia.kind, ia.iaid, *times, [lease]))
        return packed

    def _lease(self, key: _KEY) -> IALease:
        if key not in self.leases:
            self.count += 1
            prefix = key[1] is IAKind.PD
            address = PREFIXES | self.count << 72 if prefix else LINK | self.count
            self.leases[key] = IALease(address, length=56 if prefix else 128)
        lease = self.leases[key]
        return IALease(lease.address, self.valid // 2, self.valid, lease.length)
