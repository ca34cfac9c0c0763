"""Inputs for a bench: updates from the partner, and leases that the DHCP service grants and releases."""

from dhcpserver.leases.lease import FOREVER, Lease, Status
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, lease_of
from tests.failover.scripted import Bench

OTHER = b"\1\2\0\0\0\0\x7f"


def partner_update(
    status: Status, address: int = FIRST, when: int = NOW, hardware: bytes = MAC, end: int = 0
) -> BindingUpdate:
    """Return an update from the partner. `when` is the client's last transaction, `end` the end of the lease."""
    update = BindingUpdate()
    update.address, update.status, update.hardware = address, status, hardware
    update.cltt = update.sos = when
    if status is Status.ACTIVE:
        update.state_exp = end or when + HOUR
        update.potential = min(update.state_exp + HOUR, FOREVER)
    return update


def grant(bench: Bench, number: int = 0, desired: int = DAY, hardware: bytes = MAC) -> Lease:
    """Grant or extend a lease as the DHCP service does; `desired` is in seconds."""
    lease = lease_of(bench.book, FIRST + number)

    def act(now: float) -> None:
        seconds = bench.core.lease_seconds(lease, desired, now)
        if lease.status is not Status.ACTIVE or lease.hardware != hardware:
            bench.book.set_client(lease, None, hardware)
            bench.book.set_status(lease, Status.ACTIVE, int(now))
        lease.cltt = int(now)
        lease.state_exp = int(now) + seconds
        bench.core.granted(lease, desired, now)

    bench.turn(act)
    return lease


def release(bench: Bench, lease: Lease) -> None:
    def act(now: float) -> None:
        lease.cltt = lease.state_exp = int(now)
        bench.book.set_status(lease, Status.RELEASED, int(now))
        bench.core.changed(lease, now)

    bench.turn(act)
