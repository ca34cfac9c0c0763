"""One address or prefix and its binding: the record that both partners store (RFC 8156 section 7, draft-12 section 7).

The status is that of the wire, so it means the same on both partners: the main allocates FREE addresses, the backup
BACKUP addresses. The state for operators (available, other-available, ...) depends on the server; see
`book.operator_state`.

Times are whole Unix seconds, as on the wire; 0 is "none", FOREVER an infinite lease.
"""

from dhcpserver.leases.keys import text_of
from dhcpserver.leases.pool import Pool
from dhcpserver.leases.status import PENDING, Status
from dhcpserver.limits import INFINITE_SECONDS
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames

__all__ = ["FOREVER", "NO_NAMES", "PENDING", "ClientNames", "Lease", "Status", "client_key"]

FOREVER = INFINITE_SECONDS


class Lease:
    """The record of one address or prefix. It is changed through the book only, which records the change.

    Mutable on purpose: a busy server changes tens of thousands a second, and a copy of each would take longer than the
    decision itself.

    Attributes:
        address: its key in the book (`dhcpserver.leases.keys`).
        pool: the pool of the scope or prefix that it belongs to.
        status: see Status.
        key: the client key it is indexed under (`client_key`), None without a client.
        client_id: option 61 as sent, None when the client has none; for DHCPv6 the DUID.
        ia: the identity association of a DHCPv6 client that it belongs to: the code of its option (IA_NA 3, IA_TA 4,
            IA_PD 25) in one octet, and the IAID in four; empty for DHCPv4.
        hardware: htype octet and hardware address; empty when unknown.
        state_exp: when the current state ends; for ACTIVE the end that was sent to the client.
        preferred: when the preferred lifetime ends that was sent to a DHCPv6 client; 0 for DHCPv4.
        sent_pl: the greatest potential expiration sent to the partner, acknowledged or not.
        acked_pl: the greatest potential expiration that the partner acknowledged.
        recv_pl: the greatest potential expiration that was received from the partner and acknowledged.
        cltt: the client's last transaction time, as far as this server received it.
        sos: start time of the current state.
        bootp, reserved: the IP-flags.
        reconfigurable: whether the DHCPv6 client has got a key of this server by which it accepts RECONFIGURE.
        relay_info: option 82 as last received, for DHCPv6 the relay data (RFC 5007 section 4.1.2.4), None without it.
        names: the host name and the qualified name that the client sent last.
        needs_update: the partner has not acknowledged this binding.
        number: the number of its last change for the partner (`failover.link.startnumber`); 0 for none.
        acknowledged: whether the partner accepted the update with that number.
        received: the number of the partner's last update of it, of the same kind; 0 for none.
        held: until when no client gets the address, although it may be free here: the partner reported that it has
            leased it until then, and this server refused that; 0 for none.
        sibling: the next lease of the same client; used by the book only.
        due: its time in the book's calendar; used by the book only.
    """

    __slots__ = (
        "acked_pl",
        "acknowledged",
        "address",
        "bootp",
        "client_id",
        "cltt",
        "due",
        "hardware",
        "held",
        "ia",
        "key",
        "names",
        "needs_update",
        "number",
        "pool",
        "preferred",
        "received",
        "reconfigurable",
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
        self.ia = b""
        self.hardware = b""
        self.state_exp = 0
        self.preferred = 0
        self.sent_pl = 0
        self.acked_pl = 0
        self.recv_pl = 0
        self.cltt = 0
        self.sos = 0
        self.bootp = False
        self.reserved = False
        self.reconfigurable = False
        self.relay_info: bytes | None = None
        self.names = NO_NAMES
        self.needs_update = False
        self.held = 0
        self.number = 0
        self.acknowledged = False
        self.received = 0
        self.sibling: Lease | None = None
        self.due = 0

    def __repr__(self) -> str:
        return f"Lease({text_of(self.address)} {self.status.name} {self.key!r} until {self.state_exp})"


def client_key(client_id: bytes | None, hardware: bytes, ia: bytes = b"") -> bytes:
    """Return the key of a client: option 61 if it sent one, else its hardware address.

    A DHCPv6 client has one key for each identity association: `ia` as in Lease, and the DUID. The first octet separates
    the name spaces.
    """
    if ia:
        return b"\2" + ia + (client_id or b"")
    return b"\1" + client_id if client_id else b"\0" + hardware
