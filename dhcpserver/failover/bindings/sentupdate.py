"""An update in flight, and the text of its acknowledgement."""

from dhcpserver.failover.codec import BindingAck, reason_text
from dhcpserver.leases.lease import Lease, Status


class SentUpdate:
    """One update in flight.

    Attributes:
        xid: its transaction id.
        lease, key: the lease, and its client when the update was sent.
        status, sos: what was sent: the status, and when it began.
        potential: the potential expiration that was sent.
        sent_at: when it was sent, Unix seconds.
        taken: whether it asks the backup for an address.
        again: whether the lease changed since, so that another update follows.
        void: whether the partner has sent the same binding meanwhile, so that the acknowledgement changes nothing.
    """

    __slots__ = ("again", "key", "lease", "potential", "sent_at", "sos", "status", "taken", "void", "xid")

    def __init__(
        self, xid: int, lease: Lease, status: Status, sos: int, potential: int, sent_at: float, taken: bool
    ) -> None:
        self.xid = xid
        self.lease = lease
        self.status = status
        self.sos = sos
        self.key = lease.key
        self.potential = potential
        self.sent_at = sent_at
        self.taken = taken
        self.again = False
        self.void = False


def ack_text(ack: BindingAck) -> str:
    """Return the log's text for an acknowledgement."""
    if ack.reject is None:
        return "accepted"
    return f"rejected {ack.reject} {ack.message or reason_text(ack.reject)}"
