"""What the states of an endpoint set in motion when they are entered or left.

NORMAL                        nothing is left to recover
COMMUNICATIONS-INTERRUPTED    the safe period runs while there is no contact
PARTNER-DOWN                  from when MCLT counts; what ended long enough ago is freed
RECOVER-WAIT                  MCLT from the time of failure
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from dhcpserver.failover.exchange import Exchange
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.memory import Memory
from dhcpserver.failover.notices import Notices
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer, Timers
from dhcpserver.leases.book import Book


class Actions:
    """See the module. `connected` is whether communications are OK.

    Attributes:
        use_safe_period, safe_period: whether the safe period counts, and its seconds; from the settings until an
            operator says otherwise.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        memory: Memory,
        timers: Timers,
        leasing: Leasing,
        exchange: Exchange,
        notices: Notices,
    ) -> None:
        self._settings = settings
        self._book = book
        self._memory = memory
        self._timers = timers
        self._leasing = leasing
        self._exchange = exchange
        self._notices = notices
        self.use_safe_period = settings.use_safe_period
        self.safe_period = settings.safe_period

    def entered(self, state: State, connected: bool, now: float) -> None:
        """The endpoint went to a state."""
        action = _ENTER.get(state)
        if action is not None:
            action(self, connected, now)

    def left(self, state: State) -> None:
        """The endpoint goes from a state."""
        if state is State.COMMUNICATIONS_INTERRUPTED:
            self._timers.stop(Timer.SAFE_PERIOD)
        elif state is State.PARTNER_DOWN:
            self._memory.record = replace(
                self._memory.record, partner_down_time=0, partner_down_entered=0, automatic=False
            )
        elif state is State.RECOVER_WAIT:
            self._timers.stop(Timer.RECOVER_WAIT)

    def _normal(self, connected: bool, now: float) -> None:
        record = self._memory.record
        self._memory.record = replace(record, recover_all=False, time_of_failure=0)
        if record.mclt > self._settings.mclt and not record.mclt_until:
            # The partner runs with the new MCLT too, so that no lease is given under the old one any more.
            until = self._leasing.latest_promise(int(now)) + record.mclt
            self._memory.record = replace(self._memory.record, mclt_until=until)

    def forget_old_mclt(self, now: float) -> None:
        """Reckon with the present MCLT alone, once the last lease given under a larger one is over."""
        record = self._memory.record
        if 0 < record.mclt_until < now:
            self._memory.record = replace(record, mclt=self._settings.mclt, mclt_until=0)

    def _interrupted(self, connected: bool, now: float) -> None:
        if not connected and not self._memory.record.interrupted_since:
            self.interrupted("no contact since start", now)
        self.arm_safe_period(State.COMMUNICATIONS_INTERRUPTED, connected, now)

    def interrupted(self, cause: str, now: float) -> None:
        """Contact was lost, or did not come about at start: once for each interruption."""
        self._memory.record = replace(self._memory.record, interrupted_since=int(now))
        self._notices.lost(cause)

    def arm_safe_period(self, state: State, connected: bool, now: float) -> None:
        """Begin to count the safe period, if the state and the settings want it and it does not run."""
        if (
            state is State.COMMUNICATIONS_INTERRUPTED
            and not connected
            and self.use_safe_period
            and self._timers.until(Timer.SAFE_PERIOD) is None
        ):
            since = self._memory.record.interrupted_since or now
            self._timers.set(Timer.SAFE_PERIOD, since + self.safe_period)

    def switch_safe_period(self, use: bool, state: State, connected: bool, now: float) -> None:
        """Let the safe period count or not; one that runs ends, one that should run counts from the loss of contact."""
        self.use_safe_period = use
        self._timers.stop(Timer.SAFE_PERIOD)
        self.arm_safe_period(state, connected, now)

    def lengthen_safe_period(self, seconds: int, state: State, connected: bool, now: float) -> None:
        """Let the safe period last so long; one that runs goes on, and still counts from the loss of contact."""
        self.safe_period = seconds
        self._timers.stop(Timer.SAFE_PERIOD)
        self.arm_safe_period(state, connected, now)

    def set_down_time(self, down: float, now: float, *, automatic: bool = False) -> None:
        """Before PARTNER-DOWN is entered: from when MCLT is counted, and whether it comes by the safe period."""
        self._memory.record = replace(
            self._memory.record, partner_down_time=int(down), partner_down_entered=int(now), automatic=automatic
        )

    def _partner_down(self, connected: bool, now: float) -> None:
        if not self._memory.record.partner_down_entered:
            self.set_down_time(now, now)
        waiting = deque(self._book.leases[each] for pool in self._book.pools.values() for each in pool.pending)

        def free_what_is_over(budget: int, now: float) -> bool:
            for _ in range(min(budget, len(waiting))):
                self._leasing.due(waiting.popleft(), now)
            return not waiting

        self._exchange.sweep(free_what_is_over)

    def _recover_wait(self, connected: bool, now: float) -> None:
        failed = self._memory.record.time_of_failure
        until = failed + self._memory.record.mclt if failed else now
        self._timers.set(Timer.RECOVER_WAIT, until)
        if until > now:
            self._notices.waiting(until - now, failed, self._memory.record.mclt)


_ENTER: Mapping[State, Callable[[Actions, bool, float], None]] = {
    State.NORMAL: Actions._normal,
    State.COMMUNICATIONS_INTERRUPTED: Actions._interrupted,
    State.PARTNER_DOWN: Actions._partner_down,
    State.RECOVER_WAIT: Actions._recover_wait,
}
