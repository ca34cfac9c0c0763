"""The start of a server: the state it starts from, and the state that STARTUP leads to (RFC 8156 section 8.3).

The stored state, which of the two servers has a record of the other, and which server failed first decide. A server
without a record whose partner has one lost its database: it requests all leases and waits for MCLT. The decisions are
functions in `tables`; this module adds the record.

Pure: functions take records and return changed records.
"""

from dataclasses import replace

from dhcpserver.failover.link.handshake import Peer
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.state.tables import StartReason, StateEvent, resumed_state, start_state
from dhcpserver.failover.states import State

_FRESH = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE, State.STARTUP))
"""The states that a foreign partner reports if it never communicated with this server."""


class StartUp:
    """The start of one server.

    Attributes:
        state: the state to resume without contact; reported to the partner in STARTUP.
        reason: why.
        record: the record at the start.
        previous: the stored state, None on a first start.
    """

    def __init__(
        self,
        settings: PairSettings,
        stored: FailoverRecord | None,
        now: float,
        *,
        leases: bool,
        other_role: FailoverRecord | None = None,
    ) -> None:
        """`leases`: whether the lease book has any. Without a record, they are all marked as not sent.

        `other_role`: the record that the server stored in its other role. The state in it is not used (R-205).
        """
        recover = settings.failover_recover
        restored = bool(recover) and (stored is None or stored.waited_for != recover)
        alone = stored.out_of_relationship if stored else 0
        self.state, self.reason = start_state(
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
        if other_role is not None:
            record = replace(record, mclt=max(other_role.mclt, settings.mclt), exchanged=True)
            if settings.main:
                # The free addresses were the partner's, and it may have leased them without this server's knowledge.
                record = replace(record, time_of_failure=other_role.out_of_relationship or int(now))
        if record.mclt < settings.mclt:
            record = replace(record, mclt=settings.mclt, mclt_until=0)
        # A failure in the future is due to a wrong clock or a wrong date. MCLT counts from now at the latest.
        self.record = replace(record, time_of_failure=min(record.time_of_failure, int(now)))

    def reported(self, *, foreign: bool) -> State:
        """Return the state to report in STARTUP.

        Draft-12 cannot say that a server has no record of its partner; there RECOVER means it. The state that a first
        start leads to without contact would look like a takeover.
        """
        return State.RECOVER if foreign and self.reason is StartReason.FIRST_START else self.state

    def without_contact(self, record: FailoverRecord) -> tuple[FailoverRecord, str]:
        """Return the record, and the reason for the log, when STARTUP ends without contact."""
        if self.state is State.RECOVER and self.reason is StartReason.FIRST_START:
            record = replace(record, recover_all=True)
        text = f"{self.reason.value}; no contact in STARTUP"
        if self.state is State.PARTNER_DOWN and record.automatic:
            text += f"; {StateEvent.SAFE_PERIOD_OVER.value} before that"
        return replace(record, interrupted_since=0), text

    def with_report(
        self, record: FailoverRecord, peer: Peer, partner: State, since: int, now: float, *, starting: bool
    ) -> tuple[State, StartReason, FailoverRecord]:
        """Return the state that STARTUP leads to, why, and the record, when the partner has reported its state.

        `starting`: whether the partner reported it with the STARTUP flag.
        """
        has_record = partner not in _FRESH if peer.foreign else bool(peer.vendor.communicated)
        if starting and not peer.foreign and not has_record:
            partner = (
                State.RECOVER
            )  # It has no record of this server, so its start state without contact does not count.
        state, reason = resumed_state(
            self.state,
            self.reason,
            partner=partner,
            partner_since=since,
            partner_has_record=has_record,
            time_of_failure=self._time_of_failure,
        )
        if state is State.RECOVER:
            failed = record.time_of_failure
            if reason is StartReason.LOST_DATABASE or (peer.foreign and reason is StartReason.FIRST_START):
                failed = int(now)
            elif reason is StartReason.PARTNER_TOOK_OVER:
                failed = int(self._time_of_failure)
            everything = reason in (StartReason.LOST_DATABASE, StartReason.FIRST_START) or record.recover_all
            record = replace(record, time_of_failure=failed, recover_all=everything)
        return state, reason, record

    def put_back(self, record: FailoverRecord, now: float) -> FailoverRecord:
        """Return the record of a server whose store is an older copy: it starts from RECOVER, whatever it stored.

        It requests all leases, and the time of its failure is now: it may have given any address since the copy.
        """
        self.state, self.reason = State.RECOVER, StartReason.RESTORED_COPY
        return replace(record, recover_all=True, time_of_failure=int(now))
