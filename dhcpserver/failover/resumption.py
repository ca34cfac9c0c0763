"""What a server starts from, and where STARTUP leads (RFC 8156 section 8.3; `states` has the decisions as functions).

What the stored state was, who knows whom, and who failed first decide. A server without a record whose partner has one
lost its database: it asks for everything and waits for MCLT.

Pure: records go in, changed records come out.
"""

from dataclasses import replace

from dhcpserver.failover import states
from dhcpserver.failover.handshake import Peer
from dhcpserver.failover.record import FailoverRecord
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import Event, Origin, State

RESTORED_SECONDS = 60
"""A record of the last contact that is older than the partner's by more than this comes from a restored backup."""

_FRESH = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE, State.STARTUP))
"""What a partner that never talked to this server reports."""


class Resumption:
    """The start of one server.

    Attributes:
        state: what it resumes in if nothing is heard of the partner; told to the partner in STARTUP.
        origin: why.
        record: what is remembered at the start.
        previous: the state that was stored, None on a first start.
    """

    def __init__(self, settings: PairSettings, stored: FailoverRecord | None, now: float, *, leases: bool) -> None:
        """`leases` is whether there are any, which without a record no partner is known to know."""
        recover = settings.failover_recover
        restored = bool(recover) and (stored is None or stored.waited_for != recover)
        alone = stored.out_of_relationship if stored else 0
        self.state, self.origin = states.candidate(
            stored.state if stored else None, settings.main, restored, alone=bool(alone)
        )
        self.previous = stored.state if stored else None
        self._time_of_failure = float(recover) if restored else float(stored.last_operational if stored else 0)
        record = stored or FailoverRecord(self.state, int(now), settings.main, mclt=settings.mclt, remark=leases)
        if alone:
            record = replace(record, since=alone, remark=True, out_of_relationship=0, interrupted_since=0)
            if not restored:
                record = replace(
                    record, state=self.state, partner_down_time=alone, partner_down_entered=alone, automatic=False
                )
        if restored:
            record = replace(record, recover_all=True, waited_for=recover, time_of_failure=recover)
        if record.mclt < settings.mclt:
            record = replace(record, mclt=settings.mclt, mclt_until=0)
        self.record = record

    def alone(self, record: FailoverRecord) -> tuple[FailoverRecord, str]:
        """STARTUP ended without contact: `state` it is. The record then, and the reason for the log."""
        if self.state is State.RECOVER and self.origin is Origin.FIRST_START:
            record = replace(record, recover_all=True)
        reason = f"{self.origin.value}; no contact in STARTUP"
        if self.state is State.PARTNER_DOWN and record.automatic:
            reason += f"; {Event.SAFE_PERIOD_OVER.value} before that"
        return replace(record, interrupted_since=0), reason

    def answered(
        self, record: FailoverRecord, peer: Peer, partner: State, since: int, now: float, *, starting: bool
    ) -> tuple[State, Origin, FailoverRecord]:
        """The partner reported its state (`starting`: in STARTUP): where STARTUP leads, why, and the record then."""
        knows = partner not in _FRESH if peer.foreign else bool(peer.vendor.communicated)
        if starting and not peer.foreign and not knows:
            partner = State.RECOVER  # It has no past with us, so that what it would start with alone means nothing.
        state, origin = states.resume(
            self.state,
            self.origin,
            partner=partner,
            partner_since=since,
            partner_knows_us=knows,
            time_of_failure=self._time_of_failure,
        )
        if state is State.RECOVER:
            failed = record.time_of_failure
            if origin is Origin.LOST_DATABASE or (peer.foreign and origin is Origin.FIRST_START):
                failed = int(now)
            elif origin is Origin.PARTNER_TOOK_OVER:
                failed = int(self._time_of_failure)
            everything = origin in (Origin.LOST_DATABASE, Origin.FIRST_START) or record.recover_all
            record = replace(record, time_of_failure=failed, recover_all=everything)
        return state, origin, record


def introduced(record: FailoverRecord, peer: Peer) -> tuple[FailoverRecord, bool]:
    """What the partner said of itself: the record then, and whether all that it was told is to be told again.

    So it is when it is another server than it was, or remembers an older contact than this server does.
    """
    uid = peer.vendor.uid or b""
    their_contact = peer.vendor.last_contact or 0
    stale = bool(record.partner_uid and uid != record.partner_uid) or (
        record.ever_communicated and not peer.foreign and their_contact < record.last_contact - RESTORED_SECONDS
    )
    if record.ever_communicated and their_contact > record.last_contact + RESTORED_SECONDS:
        record = replace(record, recover_all=True)
    return replace(record, partner_uid=uid), stale
