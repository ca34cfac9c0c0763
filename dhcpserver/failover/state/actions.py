"""What the endpoint does when it enters or leaves a state.

NORMAL                        the recovery is over
COMMUNICATIONS-INTERRUPTED    the safe period counts while there is no contact
PARTNER-DOWN                  MCLT counts from a recorded time; leases that ended before are freed
RECOVER-WAIT                  MCLT counts from the time of failure
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from dhcpserver.failover.bindings.exchange import BindingExchange
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.notices import Notices
from dhcpserver.failover.state.safeperiod import SafePeriod
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer, Timers
from dhcpserver.leases.book import Book


class StateActions:
    """Executes the actions of the states. `connected` means that communications are OK."""

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        record: CurrentRecord,
        timers: Timers,
        safe_period: SafePeriod,
        leasing: LeaseRules,
        exchange: BindingExchange,
        notices: Notices,
    ) -> None:
        self._settings = settings
        self._book = book
        self._record = record
        self._timers = timers
        self._safe_period = safe_period
        self._leasing = leasing
        self._exchange = exchange
        self._notices = notices

    def enter(self, state: State, connected: bool, now: float) -> None:
        """Execute the action of a state that was entered."""
        action = _ENTER.get(state)
        if action is not None:
            action(self, connected, now)

    def leave(self, state: State, following: State) -> None:
        """Execute the action of a state that is left for another one.

        A server that stops in PARTNER-DOWN resumes it, so the time from which MCLT counts stays in the record.
        """
        if state is State.COMMUNICATIONS_INTERRUPTED:
            self._safe_period.stop()
        elif state is State.RECOVER_WAIT:
            self._timers.stop(Timer.RECOVER_WAIT)
        if following not in (State.PARTNER_DOWN, State.PAUSED, State.SHUTDOWN) and self._record.value.partner_down_time:
            self._record.set(replace(self._record.value, partner_down_time=0, partner_down_entered=0, automatic=False))

    def record_interruption(self, cause: str, following: State, now: float) -> None:
        """Record and report a loss of contact, or that there was none since the start; once for each interruption.

        `following`: the state that it leads to.
        """
        self._record.set(replace(self._record.value, interrupted_since=int(now)))
        self._notices.contact_lost(cause, counts=following is State.COMMUNICATIONS_INTERRUPTED)

    def start_safe_period(self, state: State, connected: bool, now: float) -> None:
        """Let the safe period count from the loss of contact, if the state counts it."""
        if state is State.COMMUNICATIONS_INTERRUPTED and not connected:
            self._safe_period.start(self._record.value.interrupted_since or now)

    def set_partner_down_time(self, down: float, now: float, *, automatic: bool = False) -> None:
        """Record, before PARTNER-DOWN is entered, the time from which MCLT counts.

        `automatic`: whether the safe period leads to it.
        """
        self._record.set(
            replace(self._record.value, partner_down_time=int(down), partner_down_entered=int(now), automatic=automatic)
        )

    def probe_until(self, until: int) -> None:
        """Record until when addresses are probed, because leases of the partner are not known."""
        self._record.set(replace(self._record.value, probe_until=until))

    def forget_old_mclt(self, now: float) -> None:
        """Use the present MCLT alone, after the last lease under a larger one has ended."""
        record = self._record.value
        if 0 < record.mclt_until < now:
            self._record.set(replace(record, mclt=self._settings.mclt, mclt_until=0))

    def _enter_normal(self, connected: bool, now: float) -> None:
        record = replace(self._record.value, recover_all=False, probe_until=0)
        if record.time_of_failure + record.mclt <= now:
            record = replace(record, time_of_failure=0)  # Else the lease rules still wait for MCLT.
        if record.mclt > self._settings.mclt and not record.mclt_until:
            # The partner runs with the new MCLT too, so no lease is given under the old one any more.
            record = replace(record, mclt_until=self._leasing.latest_promise(int(now)) + record.mclt)
        self._record.set(record)

    def _enter_interrupted(self, connected: bool, now: float) -> None:
        if not connected and not self._record.value.interrupted_since:
            self.record_interruption("no contact since start", State.COMMUNICATIONS_INTERRUPTED, now)
        self.start_safe_period(State.COMMUNICATIONS_INTERRUPTED, connected, now)

    def _enter_partner_down(self, connected: bool, now: float) -> None:
        if not self._record.value.partner_down_entered:
            self.set_partner_down_time(now, now)
        waiting = deque(self._book.leases[each] for pool in self._book.pools.values() for each in pool.pending)

        def free_ended_leases(budget: int, now: float) -> bool:
            for _ in range(min(budget, len(waiting))):
                self._leasing.due(waiting.popleft(), now)
            return not waiting

        self._exchange.sweeps.add("ended leases", free_ended_leases)

    def schedule_recover_wait(self, state: State, now: float) -> float:
        """Set the timer of RECOVER-WAIT by the record, in that state; return when it expires.

        A time of failure in the future is due to a clock that was wrong: the wait is never longer than MCLT.
        """
        record = self._record.value
        until = record.time_of_failure + record.mclt if record.time_of_failure else now
        until = min(until, now + record.mclt)
        if state is State.RECOVER_WAIT:
            self._timers.set(Timer.RECOVER_WAIT, until)
        return until

    def _enter_recover_wait(self, connected: bool, now: float) -> None:
        record = self._record.value
        until = self.schedule_recover_wait(State.RECOVER_WAIT, now)
        if until > now:
            self._notices.recover_wait(until - now, record.time_of_failure, record.mclt)


_ENTER: Mapping[State, Callable[[StateActions, bool, float], None]] = {
    State.NORMAL: StateActions._enter_normal,
    State.COMMUNICATIONS_INTERRUPTED: StateActions._enter_interrupted,
    State.PARTNER_DOWN: StateActions._enter_partner_down,
    State.RECOVER_WAIT: StateActions._enter_recover_wait,
}
