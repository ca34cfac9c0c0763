"""The end of a binding: the address is free for both servers."""

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease


def free_lease(book: Book, lease: Lease, since: int) -> None:
    """Free an address that neither server may have leased: promises about it end.

    It returns to the main's share, or to its owner by parity.

    The last client stays in the record, so that it gets the same address when it returns.
    """
    lease.state_exp = lease.sent_pl = lease.acked_pl = lease.recv_pl = lease.preferred = 0
    book.set_status(lease, lease.pool.at_rest(lease.address), since)
