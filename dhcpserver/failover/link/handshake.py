"""CONNECT and CONNECTACK: what the servers send about themselves, and when one refuses the other.

Source: RFC 8156 section 8.2.

A refusal has a reject reason, which the other server logs. Clocks, versions, names, roles, MCLT and load balancing must
agree. Other differences of the configuration are reported and refuse nothing.

The hash-bucket-assignment of CONNECT marks the main's buckets (`pools.hashing`): octet i bit b, least significant
first, is bucket 8 i + b, as ISC dhcpd reads it in both roles. Without load balancing the main has all of them.
"""

from dataclasses import dataclass
from typing import Final

from dhcpserver import limits
from dhcpserver.failover.link.startnumber import StartNumbers
from dhcpserver.failover.settings import PairSettings
from dhcpserver.leases.keys import Kind
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import Connect, ConnectAck, Reject, Vendor

SKEW = limits.CLOCK_SKEW_SECONDS
"""How far the clocks of two Pairwatch servers may differ, in seconds."""
FOREIGN_SKEW = limits.FOREIGN_CLOCK_SKEW_SECONDS
"""The same with a foreign partner."""
MAIN_BUCKETS: Final = b"\xff" * 16 + bytes(16)
ALL_BUCKETS: Final = b"\xff" * 32

MAXIMUM_WINDOW: Final = 4096
"""Updates in flight at most, whatever the partner accepts."""
MAXIMUM_RECEIVE_TIMER: Final = 3600
"""Seconds; a partner that waits longer receives messages as often as one that waits this long."""

ConnectRefusal = tuple[Reject, str]
"""The reject reason and its text."""


CONTACTS_PER_KEEPALIVE = 4


@dataclass(frozen=True, slots=True)
class Peer:
    """What the partner sent about itself in CONNECT or CONNECTACK.

    Attributes:
        vendor_class: its make and version.
        max_unacked: how many updates it accepts without acknowledgement.
        receive_timer: the silence, in seconds, after which it closes the connection.
        vendor: the options of a Pairwatch server.
    """

    vendor_class: str
    max_unacked: int
    receive_timer: int
    vendor: Vendor

    @property
    def foreign(self) -> bool:
        """Whether it uses draft-12 without Pairwatch's extensions."""
        return not self.vendor_class.startswith(failover4.VENDOR_PREFIX)

    def carried(self, own: frozenset[Kind]) -> frozenset[Kind]:
        """Return the kinds of leases that both servers exchange, of those that this server has (`own`)."""
        families = failover4.DHCPV4_FAMILY if self.foreign else self.vendor.families or failover4.DHCPV4_FAMILY
        return frozenset(kind for kind in own if _FAMILIES[kind] & families)

    @property
    def send_interval(self) -> float:
        """The seconds between messages that keep the connection to this partner open."""
        return max(self.receive_timer, 1) / CONTACTS_PER_KEEPALIVE


_FAMILIES = {
    Kind.ADDRESS4: failover4.DHCPV4_FAMILY,
    Kind.ADDRESS6: failover4.DHCPV6_FAMILY,
    Kind.PREFIX: failover4.PREFIX_FAMILY,
}


def families_of(kinds: frozenset[Kind]) -> int:
    """Return the bits of the vendor option for kinds of leases."""
    return sum(bit for kind, bit in _FAMILIES.items() if kind in kinds)


def assignment(load_balancing: bool) -> bytes:
    """Return the 32 octets of the hash-bucket-assignment."""
    return MAIN_BUCKETS if load_balancing else ALL_BUCKETS


def vendor_options(
    settings: PairSettings,
    communicated: bool,
    last_contact: float,
    nonce: bytes | None,
    numbers: StartNumbers | None = None,
) -> Vendor:
    """Return what a server sends about itself to another Pairwatch server; `nonce` is for digests."""
    return Vendor(
        version=failover4.VENDOR_BLOCK_VERSION,
        families=families_of(settings.kinds),
        role=0 if settings.main else 1,
        uid=settings.server_uid,
        communicated=int(communicated),
        last_contact=int(last_contact),
        digest=settings.config_digest,
        load_balancing=int(settings.load_balancing),
        backup_pct=settings.backup_pct,
        nonce=nonce,
        start=None if numbers is None else numbers.own,
        seen_start=None if numbers is None else numbers.partner,
        seen_number=None if numbers is None else numbers.complete,
        seen_last=None if numbers is None else numbers.received,
        older_copy=0,
    )


def connect(settings: PairSettings, xid: int, vendor: Vendor) -> Connect:
    """Return the main's CONNECT. The partner may be foreign; it then skips the vendor options."""
    return Connect(
        xid=xid,
        relationship=settings.name,
        max_unacked=settings.max_unacked,
        receive_timer=settings.keepalive,
        vendor_class=failover4.VENDOR_PREFIX + settings.version,
        protocol_version=failover4.PROTOCOL_VERSION,
        tls_request=failover4.NO_TLS,
        mclt=settings.mclt,
        hash_buckets=assignment(settings.load_balancing),
        vendor=vendor,
    )


def connect_ack(
    settings: PairSettings, request: Connect, refusal: ConnectRefusal | None, vendor: Vendor | None
) -> ConnectAck:
    """Return the backup's answer; `refusal` None accepts."""
    reject, message = (None, None) if refusal is None else refusal
    return ConnectAck(
        xid=request.xid,
        relationship=settings.name if refusal is None else request.relationship,
        max_unacked=settings.max_unacked,
        receive_timer=settings.keepalive,
        vendor_class=failover4.VENDOR_PREFIX + settings.version,
        protocol_version=failover4.PROTOCOL_VERSION,
        tls_reply=None if request.tls_request is None else 0,
        reject=reject,
        message=message,
        vendor=vendor,
    )


def peer_of(message: Connect | ConnectAck) -> Peer:
    """Return what a message contains about its sender."""
    return Peer(
        message.vendor_class or "",
        min(max(message.max_unacked or 1, 1), MAXIMUM_WINDOW),
        min(message.receive_timer or 60, MAXIMUM_RECEIVE_TIMER),
        message.vendor or Vendor(),
    )


def check_connect(settings: PairSettings, request: Connect, peer: Peer, now: float) -> ConnectRefusal | None:
    """Return why a backup refuses a CONNECT, None if it does not; in the order of RFC 8156 section 8.2."""
    limit = FOREIGN_SKEW if peer.foreign else SKEW
    if abs(request.time - now) > limit + 1:
        return Reject.TIME_MISMATCH, f"time skew {request.time - now:.0f} s exceeds {limit:.0f} s"
    if request.protocol_version not in (None, failover4.PROTOCOL_VERSION):
        return Reject.VERSION_MISMATCH, f"protocol version {request.protocol_version}; expected 1"
    if request.relationship != settings.name:
        return Reject.INVALID_PARTNER, f"no failover relationship named '{request.relationship}' here"
    if peer.vendor.role == 1:
        return Reject.INVALID_PARTNER, "both servers are configured as the backup"
    if request.mclt is None or request.mclt != settings.mclt:
        return Reject.INVALID_MCLT, f"mclt: ours {settings.mclt}, partner {request.mclt}"
    if not peer.foreign and request.hash_buckets != assignment(settings.load_balancing):
        return Reject.HASH_BUCKETS, f"load-balancing: ours {settings.load_balancing}, partner has the other setting"
    return None


def check_ack(settings: PairSettings, ack: ConnectAck, peer: Peer, now: float) -> ConnectRefusal | None:
    """Return why a main refuses a CONNECTACK that accepts, None if it does not."""
    limit = FOREIGN_SKEW if peer.foreign else SKEW
    if abs(ack.time - now) > limit + 1:
        return Reject.TIME_MISMATCH, f"time skew {ack.time - now:.0f} s exceeds {limit:.0f} s"
    if ack.protocol_version not in (None, failover4.PROTOCOL_VERSION):
        return Reject.VERSION_MISMATCH, f"protocol version {ack.protocol_version}; expected 1"
    if ack.relationship not in (None, settings.name):
        return Reject.INVALID_PARTNER, f"the partner calls the relationship '{ack.relationship}'"
    if peer.vendor.role == 0:
        return Reject.INVALID_PARTNER, "both servers are configured as the main"
    return None


def check_protection(settings: PairSettings, secured: bool, message: Connect | ConnectAck) -> ConnectRefusal | None:
    """Return the refusal if TLS or the digest is not as configured. A wrong digest is refused before this.

    `secured`: whether the connection uses TLS.
    """
    if settings.tls and not secured:
        return Reject.TLS_REQUIRED, "TLS is required here"
    if message.digest is not None:
        return Reject.DIGEST_UNCONFIGURED, "the partner sends a message digest, and no shared secret is set here"
    return None


def bucket_mismatch(settings: PairSettings, request: Connect) -> str | None:
    """Return what is wrong if a foreign main divides the clients differently; None if it does not.

    It cannot be refused for that. No address is given twice, because each server serves from its own share, but some
    clients are answered by both servers or by neither.
    """
    if settings.load_balancing and request.hash_buckets not in (None, assignment(load_balancing=True)):
        return "the partner's hash buckets are not 0 to 127: give it an even split, or some clients get no answer"
    return None


def config_mismatches(settings: PairSettings, peer: Peer) -> tuple[str, ...]:
    """Return the configuration classes that both know and that differ; they refuse nothing."""
    theirs = peer.vendor.digest
    if theirs is None:
        return ()
    ours = {number: value[:8].ljust(8, b"\0") for number, value in settings.config_digest}
    other = dict(theirs)
    return tuple(f"class {number}" for number in sorted(ours.keys() & other.keys()) if ours[number] != other[number])
