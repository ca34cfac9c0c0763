"""Contact with the partner: what the events of the connection mean for the state machine, and the orderly stop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dhcpserver.contract.words import StateCause
from dhcpserver.failover.bindings.exchange import BindingExchange
from dhcpserver.failover.codec import STARTUP_FLAG, Message, PoolRequest, PoolResponse, StateReport
from dhcpserver.failover.errors import StillRecovering
from dhcpserver.failover.link.connection import (
    Connection,
    ConnectionLost,
    ConnectionOpened,
    MessageReceived,
    SessionEvent,
)
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.pools.sharing import PoolSharing
from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.machine import Machine
from dhcpserver.failover.state.startup import StartUp
from dhcpserver.failover.state.tables import StartReason, StateEvent, start_cause
from dhcpserver.failover.states import State, by_number
from dhcpserver.failover.timers import Timer

SHUTDOWN_SECONDS = 3
"""How long a server in SHUTDOWN waits for the partner to enter PARTNER-DOWN."""


class PartnerContact:
    """Passes the events of the session to the state machine and to the exchange of bindings and pools.

    Attributes:
        stopped: after `stop`, whether the server can exit.
    """

    def __init__(
        self,
        startup: StartUp,
        record: CurrentRecord,
        session: Session,
        exchange: BindingExchange,
        sharing: PoolSharing,
        machine: Machine,
    ) -> None:
        self._startup = startup
        self._record = record
        self._session = session
        self._exchange = exchange
        self._sharing = sharing
        self._machine = machine
        self._connection: Connection | None = None
        self.stopped = False

    @property
    def frames(self) -> list[bytes] | None:
        """Where frames for the partner are appended; None unless communications are OK."""
        return self._connection.frames if self._connection is not None and self._machine.communications_ok else None

    # The connection

    def handle(self, events: Sequence[SessionEvent], now: float) -> None:
        """Handle the events of the session, in order."""
        for event in events:
            if isinstance(event, MessageReceived):
                connection, message = self._connection, event.message
                if connection is None:
                    continue  # An earlier message of the same octets ended the connection.
                handler = _HANDLERS.get(type(message))
                if handler is not None:
                    handler(self, connection, message, now)
                elif self._exchange.receive(message, connection.frames, now):
                    self._machine.finish_update(now)
            elif isinstance(event, ConnectionOpened):
                self._connection = event.connection
                self._machine.open(event.peer, now)
            else:
                self._handle_lost(event, now)

    def _handle_lost(self, lost: ConnectionLost, now: float) -> None:
        self._connection = None
        if self._machine.state in (State.PAUSED, State.SHUTDOWN):
            self._end(now)
        else:
            self._machine.lose_contact(lost.cause, now)

    def _handle_pool_message(self, connection: Connection, message: Message, now: float) -> None:
        self._sharing.receive(message, now)

    def _handle_report(self, connection: Connection, report: StateReport, now: float) -> None:
        machine, peer = self._machine, connection.peer
        partner = by_number(report.state)
        if partner is None or peer is None:
            return
        starting = bool((report.flags or 0) & STARTUP_FLAG)
        if not machine.communications_ok:
            partner = machine.copies.judged(partner, machine.notices)
        older = machine.copies.reported(report) and machine.state not in (State.PAUSED, State.SHUTDOWN)
        never_communicated = not self._record.value.ever_communicated
        since = report.since or 0
        machine.receive_report(connection, partner, since, now, starting=starting)
        if older:
            machine.recover_older_copy(now, announce=True)
        if machine.state is State.STARTUP:
            state, reason, record = self._startup.with_report(
                self._record.value, peer, partner, since, now, starting=starting
            )
            self._record.set(record)
            machine.enter(state, now, reason.value, start_cause(reason, contact=True))
        elif never_communicated and peer.vendor.communicated and machine.state is State.PARTNER_DOWN:
            # A main that lost its database while its partner was away has served without the partner's leases.
            machine.enter(State.POTENTIAL_CONFLICT, now, StartReason.LOST_DATABASE.value, StateCause.LOST_RECORD)
        if machine.state is State.SHUTDOWN:
            if partner is State.PARTNER_DOWN:
                self._record.set(
                    replace(
                        self._record.value,
                        state=State.RECOVER,
                        since=int(now),
                        time_of_failure=int(now),
                        recover_all=False,
                    )
                )
                self._end(now)
        elif not starting:
            machine.apply_report(partner, now)

    # Time

    def tick(self, now: float) -> None:
        """Handle the timers that have expired."""
        if self._machine.tick(now):
            self._end(now)

    # Stop

    def stop(self, now: float, *, long: bool, force: bool) -> None:
        """Report to the partner that this server stops, for a short time or a long one. `stopped` shows when to exit.

        Raises StillRecovering in RECOVER unless `force` is set (R-186); nothing is changed then.
        """
        machine = self._machine
        if self.stopped or machine.state in (State.PAUSED, State.SHUTDOWN):
            return
        if machine.state is State.RECOVER:
            if not force:
                raise StillRecovering
            machine.notices.stopped_in_recover()
        event = StateEvent.STOP_LONG if long else StateEvent.STOP_SHORT
        following = machine.following(event)
        assert following is not None, "every running state can be stopped"
        self._record.set(replace(self._record.value, last_operational=int(now)))
        machine.enter(following, now, event.value, StateCause.STOP)
        machine.timers.clear()
        if long and machine.communications_ok:
            machine.timers.set(Timer.STOP, now + SHUTDOWN_SECONDS)
        else:
            self._end(now)

    def _end(self, now: float) -> None:
        paused = self._machine.state is State.PAUSED
        self._machine.timers.clear()
        self._session.stop(now, "server paused" if paused else "server shut down")
        self._connection = None
        self._machine.close()
        self.stopped = True


_HANDLERS: Mapping[type[Message], Callable[..., None]] = {
    StateReport: PartnerContact._handle_report,
    PoolRequest: PartnerContact._handle_pool_message,
    PoolResponse: PartnerContact._handle_pool_message,
}
"""The messages that are not about bindings. Binding updates are by far the most, so `exchange` finds its own."""
