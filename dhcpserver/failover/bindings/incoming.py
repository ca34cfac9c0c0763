"""The partner's binding updates: check them, change the book, acknowledge them (RFC 8156 section 8.5).

The acknowledgement is sent with the turn that commits the change. An accepted update never causes an update back. After
a refusal as outdated, the partner's record is older than this server's, so the lease is queued unless it already was.
"""

from dhcpserver.contract import messages
from dhcpserver.failover.bindings.acceptance import (
    UpdateRefusal,
    check_content,
    check_times,
    check_update,
    received_time,
    recorded_time,
    released_by_its_client,
    running,
    same_content,
)
from dhcpserver.failover.bindings.freeing import free_lease
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.bindings.lognames import acknowledgement_name, status_name, update_name
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.codec import BOOTP_FLAG, BindingUpdate, EncodeAck, Reject
from dhcpserver.failover.link.handshake import FOREIGN_SKEW, SKEW
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import text_of
from dhcpserver.leases.lease import FOREVER, NO_NAMES, PENDING, Lease, Status

TIME_REPORT_SECONDS = 60
"""Between log lines about times that were refused."""


class IncomingUpdates:
    """Handles BNDUPD.

    Attributes:
        foreign: whether the partner uses draft-12 without Pairwatch's extensions.
        recovering: whether this server has requested all leases, and has not received all.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        updates: OutgoingUpdates,
        leasing: LeaseRules,
        counters: UpdateCounters,
        outbox: Outbox,
        encode_ack: EncodeAck,
        encode_ack6: EncodeAck,
    ) -> None:
        self._settings = settings
        self._book = book
        self._updates = updates
        self._leasing = leasing
        self._counters = counters
        self._outbox = outbox
        self._encode_ack = {4: encode_ack, 6: encode_ack6}
        self._own = Status.FREE if settings.main else Status.BACKUP
        self._next_time_report = 0.0
        self.foreign = False
        self.recovering = False

    def open(self, foreign: bool) -> None:
        """Handle a new connection."""
        self.foreign = foreign

    def receive(self, update: BindingUpdate, now: float, frames: list[bytes]) -> None:
        """Accept or refuse one update, and append the acknowledgement to `frames`."""
        self._counters.received += 1
        self._counters.leases += running(update, now)
        refusal = self._refusal(update, now)
        if self._outbox.detail:
            result = "accepted" if refusal is None else f"rejected {refusal.reason} {refusal.message}"
            self._outbox.log(
                messages.UPDATE_RECEIVED,
                update=update_name(update.address),
                acknowledgement=acknowledgement_name(update.address),
                xid=update.xid,
                address=text_of(update.address),
                status=status_name(update.status),
                expires=update.state_exp,
                potential=update.potential,
                result=result,
            )
        if refusal is None:
            frames.append(self._encode_ack[update.family](update, int(now)))
            return
        self._counters.refused += 1
        frames.append(self._encode_ack[update.family](update, int(now), refusal.reason, refusal.message))

    def _refusal(self, update: BindingUpdate, now: float) -> UpdateRefusal | None:
        refusal = check_content(update)
        if refusal is not None:
            return refusal
        book = self._book
        lease = book.record(update.address)
        if lease is None:
            return UpdateRefusal(Reject.ILLEGAL_ADDRESS, f"{text_of(update.address)} is in no pool of this pair")
        skew = FOREIGN_SKEW if self.foreign else SKEW
        self._limit_ends(lease, update, now + skew)
        refusal = check_times(update, now, skew)
        if refusal is not None:
            self._report_time(refusal.message, now)
        else:
            main = self._settings.main
            refusal = check_update(
                lease, update, now, main=main, foreign=self.foreign, skew=skew, recovering=self.recovering
            )
        offered = book.offer_of(lease.address)
        if refusal is None and offered is not None:
            if (
                lease.status is self._own
                and update.status in (Status.FREE, Status.BACKUP)
                and update.status != self._own
            ):
                return UpdateRefusal(Reject.OUTDATED, "the address is offered to a client")
            if update.status != self._own:
                book.withdraw(offered)
        if refusal is None:
            self._accept(lease, update, now)
            return None
        if refusal.reason is Reject.OUTDATED and not lease.needs_update:
            self._updates.add(lease)
            book.touch(lease)
        if running(update, now) and not released_by_its_client(lease, update):
            self._hold(lease, update)
        elif refusal.conflict:
            self._report_conflict(lease, update, "refused")
        return refusal

    def _limit_ends(self, lease: Lease, update: BindingUpdate, now: float) -> None:
        """Limit the ends of an update to what this server's policies can lead to.

        An end of an unavailable address is not a lease. A lease that is infinite here stays so.
        """
        if update.status == Status.ABANDONED or self._may_be_infinite(lease, update):
            return
        longest = self._settings.longest_lease
        latest = min(int(now) + longest + longest // 2 + self._settings.mclt, FOREVER)
        same_client = lease.key == update.key
        update.state_exp = min(update.state_exp, max(latest, lease.state_exp if same_client else 0))
        update.potential = min(update.potential, max(latest, lease.recv_pl if same_client else 0))
        update.expiration = min(update.expiration, max(latest, lease.sent_pl if same_client else 0))
        update.preferred = min(update.preferred, update.state_exp)

    def _may_be_infinite(self, lease: Lease, update: BindingUpdate) -> bool:
        if self._settings.longest_lease >= FOREVER:
            return True
        return bool(update.flags & BOOTP_FLAG) and (lease.reserved or self._settings.pool(lease.pool).dynamic_bootp)

    def _report_time(self, message: str, now: float) -> None:
        """Log that a time of the partner was refused; once a minute."""
        if now < self._next_time_report:
            return
        self._next_time_report = now + TIME_REPORT_SECONDS
        self._outbox.log(
            messages.TIME_REFUSED,
            pair=self._settings.name,
            cause=message,
        )

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock."""
        self._next_time_report += step

    def _hold(self, lease: Lease, update: BindingUpdate) -> None:
        """Give the address to no client before the end of a lease that the partner has, and that was refused here."""
        self._book.hold(lease, update.state_exp)
        self._report_conflict(lease, update, f"refused; the address is not given before {update.state_exp}")
        self._leasing.touch(lease.pool)

    def _accept(self, lease: Lease, update: BindingUpdate, now: float) -> None:
        status = Status(update.status)
        if status is Status.ACTIVE:
            self._accept_active(lease, update, now)
        else:
            self._accept_other(lease, update, status, now)
        if update.relay_info is not None:
            lease.relay_info = update.relay_info
        if update.names is not NO_NAMES:
            lease.names = update.names
        self._leasing.touch(lease.pool)

    def _accept_active(self, lease: Lease, update: BindingUpdate, now: float) -> None:
        book = self._book
        key = update.key
        end = update.state_exp
        older = received_time(update) < recorded_time(lease)
        former = lease.key
        new = key != lease.key or lease.status is not Status.ACTIVE
        if key != lease.key:
            if lease.status is Status.ACTIVE and lease.state_exp > now:
                book.hold(lease, lease.state_exp)
                self._report_conflict(lease, update, "the partner's client keeps it")
            if lease.key is not None:
                # After a decline the record has no client, and the promises may have been to this very client.
                lease.sent_pl = lease.acked_pl = lease.recv_pl = 0
            book.set_client(lease, update.client_id, update.hardware, update.ia)
        elif lease.status is Status.ACTIVE:
            if lease.hardware != update.hardware or lease.client_id != update.client_id:
                book.set_client(lease, update.client_id, update.hardware, update.ia)
            if lease.needs_update or update.cltt < lease.cltt:
                end = max(end, lease.state_exp)
        lease.state_exp = end
        lease.preferred = max(lease.preferred, update.preferred) if key == former else update.preferred
        lease.recv_pl = max(lease.recv_pl, update.potential)
        lease.sent_pl = max(lease.sent_pl, update.expiration)
        lease.cltt = max(lease.cltt, update.cltt)
        lease.bootp = bool(update.flags & BOOTP_FLAG)
        book.set_status(lease, Status.ACTIVE, update.sos)
        if older and self._updates.end_in_flight(lease):
            self._updates.add(lease)  # The partner accepts that end, which is later than this lease.
        elif lease.needs_update and same_content(lease, update):
            self._updates.settle(lease)
        self._leasing.schedule(lease)
        if new:
            self._report_second_address(lease, key, now)

    def _report_second_address(self, lease: Lease, key: bytes, now: float) -> None:
        """Log that a client has two addresses of one scope; it goes on with the one that it used last.

        The other lease ends by itself. No other client gets that address before, because it was promised.
        """
        for other in self._book.of_client(key):
            holds = other.status is Status.ACTIVE and other.state_exp > now
            if other is not lease and other.pool is lease.pool and holds:
                latest = max(lease, other, key=lambda one: one.cltt)
                self._outbox.log(
                    messages.TWO_ADDRESSES,
                    client=(lease.client_id or lease.hardware).hex(":"),
                    one=text_of(other.address),
                    two=text_of(lease.address),
                    scope=lease.pool.name,
                    latest=text_of(latest.address),
                    bootp=", and BOOTP leases do not end" if other.bootp else "",
                )

    def _accept_other(self, lease: Lease, update: BindingUpdate, status: Status, now: float) -> None:
        book = self._book
        if update.client_id or update.hardware:
            key = update.key
            if key != lease.key:
                book.set_client(lease, update.client_id, update.hardware, update.ia)
        elif status is Status.ABANDONED and lease.key is not None:
            book.set_client(lease, None, b"")
        lease.cltt = max(lease.cltt, update.cltt)
        if status in PENDING and update.state_exp > now + SKEW:
            # The partner keeps it for its client: this server may have promised more in a record that it lost.
            lease.sent_pl = lease.acked_pl = lease.recv_pl = 0
            lease.state_exp = update.state_exp
            book.set_status(lease, status, update.sos)
            if update.state_exp < FOREVER:
                book.schedule(lease, update.state_exp + 1)
        elif status is not Status.ABANDONED and (
            status is not Status.BACKUP or lease.reserved or not lease.pool.balanced
        ):
            free_lease(book, lease, update.sos or received_time(update))
        elif status is Status.BACKUP:
            lease.state_exp = lease.sent_pl = lease.acked_pl = lease.recv_pl = 0
            book.set_status(lease, status, update.sos)
        else:
            lease.state_exp = update.state_exp
            book.set_status(lease, status, update.sos)
            self._leasing.schedule(lease)
        self._updates.settle(lease)

    def _report_conflict(self, lease: Lease, update: BindingUpdate, resolution: str) -> None:
        ours = (lease.client_id or lease.hardware).hex(":") or "no client"
        theirs = (update.client_id or update.hardware).hex(":")
        self._outbox.log(
            messages.ADDRESS_CONFLICT,
            address=text_of(lease.address),
            ours=ours,
            theirs=theirs,
            resolution=resolution,
        )
        settings = self._settings
        self._outbox.trap(
            "address-conflict",
            pair=settings.name,
            address=lease.address,
            ours=ours,
            theirs=theirs,
            resolution=resolution,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )
