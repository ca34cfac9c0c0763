"""CONNECT and CONNECTACK: what the servers say of themselves, and why one refuses the other (RFC 8156 section 8.2).

A refusal carries a reject reason that the other side logs. Clocks, versions, names, roles, MCLT and load balancing must
agree; differences in the rest of the configuration refuse nothing and are reported.
"""

from dataclasses import dataclass

from dhcpserver import limits
from dhcpserver.failover.hashing import assignment
from dhcpserver.failover.settings import PairSettings
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import Connect, ConnectAck, Reject, Vendor

SKEW = limits.CLOCK_SKEW_SECONDS
FOREIGN_SKEW = limits.FOREIGN_CLOCK_SKEW_SECONDS
Refusal = tuple[Reject, str]


@dataclass(frozen=True, slots=True)
class Peer:
    """What the partner said of itself in CONNECT or CONNECTACK."""

    vendor_class: str
    max_unacked: int
    receive_timer: int
    vendor: Vendor

    @property
    def foreign(self) -> bool:
        """Whether it speaks draft-12 alone."""
        return not self.vendor_class.startswith(failover4.VENDOR_PREFIX)


def introduction(settings: PairSettings, communicated: bool, last_contact: float, nonce: bytes | None) -> Vendor:
    """What a server tells of itself to another Pairwatch server; `nonce` where digests are used."""
    return Vendor(
        version=failover4.VENDOR_BLOCK_VERSION,
        families=failover4.DHCPV4_FAMILY,
        role=0 if settings.main else 1,
        uid=settings.server_uid,
        communicated=int(communicated),
        last_contact=int(last_contact),
        digest=settings.config_digest,
        load_balancing=int(settings.load_balancing),
        backup_pct=settings.backup_pct,
        nonce=nonce,
    )


def connect(settings: PairSettings, xid: int, vendor: Vendor) -> Connect:
    """The main's CONNECT; it cannot know yet whether the partner is foreign, who skips what it does not know."""
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


def connect_ack(settings: PairSettings, request: Connect, refusal: Refusal | None, vendor: Vendor | None) -> ConnectAck:
    """The backup's answer."""
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
    """What a message says of its sender."""
    return Peer(
        message.vendor_class or "",
        max(message.max_unacked or 1, 1),
        message.receive_timer or 60,
        message.vendor or Vendor(),
    )


def check_connect(settings: PairSettings, request: Connect, peer: Peer, now: float) -> Refusal | None:
    """Why a backup refuses a CONNECT; checked in the order of RFC 8156 section 8.2."""
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


def check_ack(settings: PairSettings, ack: ConnectAck, peer: Peer, now: float) -> Refusal | None:
    """Why a main refuses an accepting CONNECTACK."""
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


def other_buckets(settings: PairSettings, request: Connect) -> str | None:
    """What is wrong when a foreign main, which cannot be refused for it, shares the clients out otherwise than we do.

    Nobody gets an address twice, since each serves from its own pool; but some clients hear both servers, or neither.
    """
    if settings.load_balancing and request.hash_buckets not in (None, assignment(load_balancing=True)):
        return "the partner's hash buckets are not 0 to 127: give it an even split, or some clients hear nobody"
    return None


def mismatches(settings: PairSettings, peer: Peer) -> tuple[str, ...]:
    """The configuration classes that differ; they refuse nothing."""
    theirs = peer.vendor.digest
    if theirs is None:
        return ()
    ours = {number: value[:8].ljust(8, b"\0") for number, value in settings.config_digest}
    other = dict(theirs)
    return tuple(
        f"class {number}" for number in sorted(ours.keys() | other.keys()) if ours.get(number) != other.get(number)
    )
