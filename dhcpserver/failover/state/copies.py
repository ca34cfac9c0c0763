"""Older copies: what the two servers remember of each other shows whose store was put back (`link.startnumber`).

A server finds by itself that it sent more than its store has, because its partner remembers more. If it has only
acknowledged since the copy, its partner finds it: an update that was acknowledged was stored. The partner then reports
it with its first STATE on the connection, and treats the other's first STATE as one of RECOVER, which follows.
"""

from dataclasses import replace

from dhcpserver.failover.bindings.exchange import BindingExchange
from dhcpserver.failover.codec import StateReport
from dhcpserver.failover.link.handshake import SKEW, Peer
from dhcpserver.failover.link.startnumber import StartNumbers, first_number
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.notices import Notices
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State

RESTORED_SECONDS = 60
"""A record whose last contact is older than the partner's by more than this comes from a restored backup."""

_RECOVERING = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE))


class Copies:
    """Compares what the servers remember, at the start of each connection.

    Attributes:
        partner_older: whether the partner's store is an older copy, by what it acknowledged to this server.
        served: whether communications were OK since the start of this server. Its store is judged before that alone.
    """

    def __init__(
        self, settings: PairSettings, record: CurrentRecord, exchange: BindingExchange, numbers: StartNumbers
    ) -> None:
        self._settings = settings
        self._record = record
        self._exchange = exchange
        self._numbers = numbers
        self._first = True
        self._announced = False
        self.partner_older = False
        self.served = False

    def compare(self, peer: Peer, now: float, *, announced: bool) -> bool:
        """Return whether this server's store is an older copy; mark what the partner lacks, and record the partner.

        `announced`: whether the operator has reported that the store is a copy (failover-recover, R-196).
        """
        before, exchange = self._record.value, self._exchange
        self._announced = announced
        record, stale = identified(before, peer, now)
        copy = older = False
        if self._first:
            self._first = False
            copy = announced
            older = not announced and is_older_copy(self._numbers, before, peer, self._settings.keepalive, now)
        self.partner_older = (
            peer.vendor.older_copy is not None
            and before.ever_communicated
            and before.partner_uid == peer.vendor.uid
            and lost_acknowledged(exchange.updates.numbers.acknowledged, peer)
        )
        if copy or older:
            # The copy may be older than the partner's identity, so that another one does not mean a new partner.
            record = replace(record, remark=before.remark)
        else:
            if stale:
                exchange.sweeps.mark_all()
            elif not peer.foreign and peer.vendor.seen_start:
                seen = first_number(peer.vendor.seen_start) + (peer.vendor.seen_number or 0)
                exchange.sweeps.mark_after(seen)
            record = replace(record, remark=record.remark or exchange.sweeps.marking)
        self._record.set(record)
        self._record.note_contact()
        return older

    def reported(self, report: StateReport) -> bool:
        """Return whether the partner reports that this server's store is an older copy."""
        found = report.vendor is not None and report.vendor.older_copy == 1
        return found and not self.served and not self._announced

    def judged(self, partner: State, notices: Notices) -> State:
        """Return the state to use for the first STATE on a connection: an older copy is about to recover."""
        if not self.partner_older or partner in _RECOVERING:
            return partner
        notices.partner_older_copy()
        return State.RECOVER


def is_older_copy(numbers: StartNumbers, record: FailoverRecord, peer: Peer, keepalive: float, now: float) -> bool:
    """Return whether this server's store is an older copy, by what the partner remembers of it.

    The numbers show it if this server sent anything since the copy. The time of the partner's last contact shows it
    too, if it is much later than this server's. The two can differ by the keepalive time, if octets arrived in one
    direction only.
    """
    if peer.foreign or not record.ever_communicated:
        return False
    vendor = peer.vendor
    if numbers.put_back(vendor.seen_start, max(vendor.seen_number or 0, vendor.seen_last or 0)):
        return True
    return record.last_contact + keepalive + RESTORED_SECONDS < (peer.vendor.last_contact or 0) <= now + SKEW


def lost_acknowledged(acknowledged: int, peer: Peer) -> bool:
    """Return whether the partner, by its own store, received less than it acknowledged: see ChangeNumbers."""
    vendor = peer.vendor
    if not vendor.seen_start:
        return False
    return first_number(vendor.seen_start) + max(vendor.seen_number or 0, vendor.seen_last or 0) < acknowledged


def identified(record: FailoverRecord, peer: Peer, now: float) -> tuple[FailoverRecord, bool]:
    """Return the record after CONNECT or CONNECTACK, and whether the partner needs all leases again.

    It does if it is another server than before, or if its last contact is older than this server's.
    """
    uid = peer.vendor.uid or b""
    their_contact = min(peer.vendor.last_contact or 0, int(now + SKEW))
    stale = bool(record.partner_uid and uid != record.partner_uid) or (
        record.ever_communicated and not peer.foreign and their_contact < record.last_contact - RESTORED_SECONDS
    )
    if record.ever_communicated and their_contact > record.last_contact + RESTORED_SECONDS:
        record = replace(record, recover_all=True)
    return replace(record, partner_uid=uid, remark=record.remark or stale), stale
