"""When free addresses are shared out: on entry to NORMAL, once an hour, on a pool request, and when a pool changes.

The main checks and moves (`balance`). The backup sends pool requests: on entry to NORMAL, once an hour, and when it has
no address left. Nothing is moved or requested outside NORMAL.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from dhcpserver.contract.messages import REBALANCING
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.codec import LONGEST_XID, Encoding, Message, PoolRequest, PoolResponse
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.balance import Balancer
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer, Timers
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import Kind
from dhcpserver.leases.pool import Pool

BALANCE_SECONDS = 3600
POOL_REQUEST_SECONDS = 10
"""Between pool requests at least."""
MOVES_PER_TURN = 500


class PoolSharing:
    """Shares out free addresses."""

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        updates: OutgoingUpdates,
        leasing: LeaseRules,
        session: Session,
        outbox: Outbox,
        encoding: Encoding[Any],
        encoding6: Encoding[Any],
        now: float,
    ) -> None:
        self._settings = settings
        self._book = book
        self._leasing = leasing
        self._session = session
        self._outbox = outbox
        self._encodings = {4: encoding, 6: encoding6}
        self._carried: frozenset[Kind] = frozenset()
        self._balancer = Balancer(settings, book, updates, outbox)
        self._connected = False
        self._lacking = False  # whether a foreign partner is to be asked for addresses
        self._normal = False
        self._answered: set[Kind] = set()  # of which kinds a request was answered in this turn; no more are moved then
        self._timers = Timers()
        self._timers.set(Timer.BALANCE, now + BALANCE_SECONDS)

    # The connection and the state

    def open(self, foreign: bool, carried: frozenset[Kind]) -> None:
        """Handle a new connection.

        `foreign`: whether the partner uses draft-12 without Pairwatch's extensions. `carried`: the kinds of leases that
        both servers exchange; free addresses of other kinds are not moved.
        """
        self._balancer.open(foreign)
        self._carried = carried

    def establish(self) -> None:
        """Handle that communications became OK."""
        self._connected = True

    def close(self) -> None:
        """Handle the end of the connection."""
        self._connected = False
        self._stop()

    def enter(self, state: State, now: float) -> None:
        """Handle a change of the endpoint's state."""
        if self._normal:
            self._stop()
        self._normal = state is State.NORMAL
        if self._normal:
            self._timers.set(Timer.BALANCE, now + BALANCE_SECONDS)
            if self._settings.main:
                self._check(self._shared())
            else:
                self._timers.set(Timer.POOL_REQUEST, now)

    def _shared(self, kind: Kind | None = None) -> Iterator[Pool]:
        """Iterate over the pools whose free addresses are moved on this connection; of one kind only, if it is set."""
        for pool in self._book.pools.values():
            if pool.balanced and pool.kind in self._carried and kind in (None, pool.kind):
                yield pool

    def _stop(self) -> None:
        self._balancer.stop()
        self._lacking = False
        self._timers.stop(Timer.POOL_REQUEST)

    def rebalance(self, operator: str) -> int:
        """Move addresses until the shares are as configured, without a threshold; return how many will move."""
        counts = [self._balancer.check(pool, delta_pct=0) for pool in self._shared()]
        if self._balancer.foreign:
            self._lacking |= any(count < 0 for count in counts)
            counts = [max(count, 0) for count in counts]
        moves = sum(map(abs, counts))
        self._outbox.log(REBALANCING, operator=operator, moves=moves)
        return moves

    # Messages

    def receive(self, message: Message, now: float) -> None:
        """Handle a pool request or its answer."""
        if isinstance(message, PoolRequest):
            self._answer(message, now)
        elif isinstance(message, PoolResponse) and message.transferred and self._normal:
            self._timers.set(Timer.POOL_REQUEST, now + POOL_REQUEST_SECONDS)

    def _answer(self, request: PoolRequest, now: float) -> None:
        transferred = 0
        kind = Kind.ADDRESS4 if request.family == 4 else Kind.PREFIX
        if self._normal and kind not in self._answered:
            self._answered.add(kind)
            if self._settings.main:
                transferred = self._check(self._shared(kind))
            elif self._balancer.foreign:
                transferred = self._balancer.give_excess()
        encoding = self._encodings[request.family]
        self._session.send_frame(encoding.encode(PoolResponse(request.xid, 0, transferred), int(now)))

    def _send_request(self, now: float) -> None:
        families = (4, 6) if any(True for _ in self._shared(Kind.PREFIX)) else (4,)
        for family in families:
            request = PoolRequest(self._session.next_xid() & LONGEST_XID)
            self._session.send_frame(self._encodings[family].encode(request, int(now)))

    # Time

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock."""
        self._timers.shift(step)

    @property
    def working(self) -> bool:
        """Whether moves are left that the next turn should do at once."""
        return self._connected and self._balancer.busy

    def next_deadline(self) -> float:
        """Return when `tick` is due."""
        return self._timers.earliest

    def tick(self, now: float) -> None:
        """Handle the timers that have expired."""
        while (timer := self._timers.take(now)) is not None:
            if timer is Timer.BALANCE:
                self._timers.set(Timer.BALANCE, now + BALANCE_SECONDS)
            if not self._normal:
                continue
            if timer is Timer.BALANCE and self._settings.main:
                self._check(self._shared())
            else:
                self._send_request(now)

    # The end of a turn

    def work(self, now: float, *, connected: bool) -> None:
        """Do a bounded part of the moves, after a check of the pools that changed. `connected`: communications OK."""
        self._answered.clear()
        touched = [pool for pool in self._leasing.take_touched() if pool.kind in self._carried]
        if not connected or not self._normal:
            return
        if self._settings.main:
            self._check(touched)
        elif not self._timers.runs(Timer.POOL_REQUEST) and any(_lacks(pool) for pool in touched):
            self._timers.set(Timer.POOL_REQUEST, now + POOL_REQUEST_SECONDS)
        if self._balancer.busy:
            self._check(self._balancer.step(now, MOVES_PER_TURN))
        if self._lacking and not self._timers.runs(Timer.POOL_REQUEST):
            self._lacking = False
            self._timers.set(Timer.POOL_REQUEST, now + POOL_REQUEST_SECONDS)

    def _check(self, pools: Iterable[Pool]) -> int:
        """Plan the moves of pools; return how many addresses will be given to the partner."""
        given = 0
        for pool in pools:
            count = self._balancer.check(pool)
            if count > 0:
                given += count
            elif count < 0 and self._balancer.foreign:
                self._lacking = True
        return given


def _lacks(pool: Pool) -> bool:
    """Whether the backup has none of the free addresses of a pool, and the main has some to give."""
    return pool.balanced and not pool.backup and bool(pool.free)
