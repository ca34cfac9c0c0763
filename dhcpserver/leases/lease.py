"""One address and what is known of it: the row that both partners keep (RFC 8156 section 7, draft-12 section 7).

The status is the one that the wire carries, so that it means the same on both partners: FREE is the main's to give,
BACKUP the backup's. What an operator reads (available, other-available, ...) depends on who asks; see `book.words`.

Times are whole Unix seconds, as on the wire; 0 is "none", FOREVER an infinite lease.
"""

from dhcpserver.leases.pool import Pool
from dhcpserver.leases.status import PENDING, Status

__all__ = ["FOREVER", "PENDING", "Lease", "Status", "client_key"]

FOREVER = 0xFFFFFFFF


class Lease:
    """One address that has, or had, something to remember. Only the book changes it, and knows what it changed.

    Mutable on purpose: a server at its ceiling changes tens of thousands a second, and a copy of each would cost more
    than the decision that led to it.

    Attributes:
        address: unsigned integer.
        pool: the scope's pool that it belongs to.
        status: see Status.
        key: the client key it is indexed under (`client_key`), None without a client.
        client_id: option 61 as sent, None when the client has none.
        hardware: htype octet and hardware address; empty when unknown.
        state_exp: when the current state ends; for ACTIVE the end that the client was told.
        sent_pl: the greatest potential expiration sent to the partner, acknowledged or not.
        acked_pl: the greatest potential expiration that the partner acknowledged.
        recv_pl: the greatest potential expiration received from the partner and acknowledged by us.
        cltt: the client's last transaction time, as known to us.
        sos: start time of the current state.
        bootp, reserved: the IP-flags.
        relay_info: option 82 as last received, None if none.
        needs_update: the partner does not know this yet.
        sibling: the next lease of the same client; the book's own.
        due: the time under which it waits in the book's calendar; the book's own.
    """

    __slots__ = (
        "acked_pl",
        "address",
        "bootp",
        "client_id",
        "cltt",
        "due",
        "hardware",
        "key",
        "needs_update",
        "pool",
        "recv_pl",
        "relay_info",
        "reserved",
        "sent_pl",
        "sibling",
        "sos",
        "state_exp",
        "status",
    )

    def __init__(self, address: int, pool: Pool) -> None:
        self.address = address
        self.pool = pool
        self.status = Status.FREE
        self.key: bytes | None = None
        self.client_id: bytes | None = None
        self.hardware = b""
        self.state_exp = 0
        self.sent_pl = 0
        self.acked_pl = 0
        self.recv_pl = 0
        self.cltt = 0
        self.sos = 0
        self.bootp = False
        self.reserved = False
        self.relay_info: bytes | None = None
        self.needs_update = False
        self.sibling: Lease | None = None
        self.due = 0

    def __repr__(self) -> str:
        return f"Lease({self.address:#010x} {self.status.name} {self.key!r} until {self.state_exp})"


def client_key(client_id: bytes | None, hardware: bytes) -> bytes:
    """What a client is known by: option 61 if it sent one, else its hardware address; the two never mix.

    A leading octet keeps the two name spaces apart.
    """
    return b"\1" + client_id if client_id else b"\0" + hardware
