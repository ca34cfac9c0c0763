"""The end of a binding: the address is free for both servers, or is kept for its client first."""

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status


def free_lease(book: Book, lease: Lease, since: int) -> None:
    """Free an address that neither server may have leased: promises about it end.

    It returns to the main's share, or to its owner by parity.

    The last client stays in the record, so that it gets the same address when it returns.
    """
    lease.state_exp = lease.sent_pl = lease.acked_pl = lease.recv_pl = lease.preferred = 0
    book.set_status(lease, lease.pool.at_rest(lease.address), since)


def hold_for_client(book: Book, lease: Lease, mclt: int, now: float) -> None:
    """Keep the address of a lease for its client, because the partner lost its record of the lease.

    The partner may have promised MCLT beyond the times that either server sent, and beyond `now`. Before that its
    agreement that the lease has ended proves nothing. A lease of which neither server sent an update cannot have been
    extended by the partner.
    """
    latest = max(lease.sent_pl, lease.acked_pl, lease.recv_pl)
    if latest and (lease.status is Status.ACTIVE or lease.status in PENDING):
        end = min(mclt + max(latest, int(now)), FOREVER)
        if end > lease.state_exp:
            lease.state_exp = end
            lease.sent_pl = max(lease.sent_pl, end)
            book.schedule(lease, end)
