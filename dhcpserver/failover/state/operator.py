"""The operator's commands to an endpoint. A command that is refused raises OperatorError and changes nothing."""

from dhcpserver.contract.words import LinkFailureCause, StateCause
from dhcpserver.failover.errors import (
    CannotRebalance,
    CannotSetPartnerDown,
    DateInFuture,
    DateTooEarly,
    LeasesMissing,
    SafePeriodOver,
)
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.contact import PartnerContact
from dhcpserver.failover.state.machine import Machine
from dhcpserver.failover.state.tables import StateEvent
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book


class OperatorCommands:
    """Executes commands on the state machine. `operator` is the name for the log."""

    def __init__(
        self, settings: PairSettings, book: Book, machine: Machine, contact: PartnerContact, session: Session
    ) -> None:
        self._settings = settings
        self._book = book
        self._machine = machine
        self._contact = contact
        self._session = session

    def set_partner_down(
        self, date: float | None, now: float, *, operator: str, expert: bool, probe_until: int | None
    ) -> None:
        """Enter PARTNER-DOWN. `date`: since when the partner is down; None for since contact was lost.

        In RECOVER this server does not have all leases of the partner. Then only an expert may do it, and addresses are
        probed until `probe_until`, when the last of those leases has ended (None: they cannot be probed).

        Raises CannotSetPartnerDown in a state that does not allow it, LeasesMissing in RECOVER, and DateError.
        """
        machine = self._machine
        following = machine.following(StateEvent.OPERATOR_PARTNER_DOWN)
        if following is None:
            raise CannotSetPartnerDown(machine.state)
        recovering = machine.state is State.RECOVER
        if recovering and (probe_until is None or not expert):
            raise LeasesMissing(self._unknown(), can_probe=probe_until is not None)
        down = down_date(date, float(machine.record.interrupted_since or int(now)), now, expert=expert)
        text = "partner set down by operator"
        lost = self._session.disconnect(now, None, text, failure=LinkFailureCause.OPERATOR)
        self._contact.handle(lost, now)
        machine.actions.set_partner_down_time(down, now)
        source = "start of communications interrupted" if date is None else "given by the operator"
        machine.notices.partner_set_down(operator, down, source)
        if recovering and probe_until is not None:
            machine.actions.probe_until(probe_until)
            machine.notices.probing(operator, probe_until)
        machine.enter(following, now, f"set by operator {operator}", StateCause.OPERATOR)

    def _unknown(self) -> int:
        """Return how many addresses the partner may have leased without this server's knowledge."""
        return sum(pool.total - pool.leased for pool in self._book.pools.values())

    def use_safe_period(self, use: bool, *, operator: str) -> None:
        """Switch the safe period on or off until the next start. See SafePeriod.switch."""
        self._machine.safe_period.switch(use)
        self._machine.notices.safe_period_switched(operator)

    def set_safe_period(self, seconds: int, now: float, *, operator: str) -> None:
        """Change the length of the safe period until the next start.

        Raises SafePeriodOver if it would be over already: to enter PARTNER-DOWN at once, an operator must use
        `set_partner_down`, which asks for a date.
        """
        safe_period = self._machine.safe_period
        lost = safe_period.over_with(seconds, now)
        if lost is not None:
            raise SafePeriodOver(seconds, lost)
        safe_period.set_length(seconds)
        self._machine.notices.safe_period_set(operator)

    def check_rebalance(self) -> None:
        """Raise CannotRebalance unless this is the main, in NORMAL and with communications OK."""
        machine = self._machine
        if not (self._settings.main and machine.state is State.NORMAL and machine.communications_ok):
            raise CannotRebalance(self._settings.role, machine.state)


def down_date(date: float | None, earliest: float, now: float, *, expert: bool) -> float:
    """Return since when the partner is down: `date`, or `earliest`, when contact was lost (R-149, R-151).

    Raises DateInFuture, or DateTooEarly for a date before the last contact unless an expert gives it.
    """
    down = earliest if date is None else date
    if down > now:
        raise DateInFuture(down, now)
    if down < earliest and not expert:
        raise DateTooEarly(down, earliest)
    return down
