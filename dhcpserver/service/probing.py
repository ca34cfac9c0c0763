"""Probes of addresses before they are given to a new client: an ICMP echo request that must stay unanswered.

Two rules require a probe.

- After a takeover in RECOVER, leases of the partner may be unknown here. Until the longest lease that the partner can
  have given has passed, every address is probed, and one that cannot be probed is not given.
- The policy of a scope may require it (`ping-clients`, `ping-timeout`), because a machine with a configured address may
  use one of the range. There all leases are known. So an offer whose address cannot be probed, or for which too many
  others wait, is sent without a probe, as it would be without the policy. The log has a line.

The offer waits meanwhile. An address that answers is unavailable: a client uses it that this server does not know.
Addresses that the client's own machine has are not probed. An address that did not answer is not probed again for a
minute. An answer without an offer (BOOTP) is not kept; the client sends its message again.

Pure: the shell sends the requests and reports the answers.
"""

import heapq
from typing import NamedTuple

from dhcpserver.contract import messages
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.service.counters import Counters
from dhcpserver.service.notices import Notices
from dhcpserver.service.plan import PoolPlan
from dhcpserver.service.query import Query, Reply

ANSWER_SECONDS = 1.0
"""How long an answer is awaited after a takeover in RECOVER; a policy has its own time."""
SILENT_SECONDS = 60.0
"""For how long an address that did not answer is given without another probe."""
WAITING = 1000
"""Offers that wait at most."""
REMEMBERED = 100_000
"""Addresses that did not answer; the oldest one is forgotten, and probed again."""


class _Waiting(NamedTuple):
    deadline: float
    offer: Reply | None
    scope: str


class Probing:
    """The probes of one server.

    Attributes:
        until: until when every address is probed, Unix seconds; 0 if only policies require probes.
        requests: addresses to which an echo request is to be sent; taken by the core.
    """

    def __init__(self, counters: Counters, notices: Notices) -> None:
        self.until = 0.0
        self.requests: list[int] = []
        self._counters = counters
        self._notices = notices
        self._waiting: dict[int, _Waiting] = {}
        self._ends: list[tuple[float, int]] = []
        """A heap of deadlines and addresses; an entry whose address no longer waits until then is void."""
        self._silent: dict[int, float] = {}

    def active(self, now: float) -> bool:
        """Whether leases of the partner may be unknown, so that no address is given without a probe."""
        return now < self.until

    def _window(self, plan: PoolPlan, now: float) -> float | None:
        """Return how long an answer is awaited, in seconds; None if addresses of the scope are not probed."""
        return ANSWER_SECONDS if self.active(now) else plan.ping_seconds

    def waits(self, address: int) -> bool:
        """Whether the answer to a probe of the address is awaited."""
        return address in self._waiting

    def passed(self, plan: PoolPlan, address: int, now: float) -> bool:
        """Whether the address may be given now: it did not answer lately, or needs no probe."""
        if self.waits(address):
            return False
        return self._window(plan, now) is None or self._silent.get(address, 0.0) > now

    def holds(
        self, query: Query, plan: PoolPlan, lease: Lease | None, address: int, offer: Reply | None, now: float
    ) -> bool:
        """Whether the offer may not be sent now: it waits for the probe of its address, or it is dropped and counted.

        `lease` is the record of the address before the offer, `offer` None if the client has to send its message again.
        """
        window = self._window(plan, now)
        if window is None or self._silent.get(address, 0.0) > now:
            return False
        if lease is not None and self._is_its_own(query, lease, now):
            return False
        scope = plan.pool.name
        waiting = self._waiting.get(address)
        if waiting is not None:
            self._waiting[address] = waiting._replace(offer=offer)  # The client has sent its message again.
            return True
        if len(self._waiting) < WAITING:
            self._waiting[address] = _Waiting(now + window, offer, scope)
            heapq.heappush(self._ends, (now + window, address))
            self.requests.append(address)
            return True
        if self.active(now):
            self._counters.drop("probing")
            return True
        self._without_probe(scope, f"{WAITING} offers wait for probes", now)
        return False

    def holds_bootp(self, query: Query, plan: PoolPlan, lease: Lease, now: float) -> bool:
        """Whether a BOOTP client may not have the address now. Reserved addresses are not probed for it."""
        if lease.reserved:
            return False
        if self.active(now):
            self._counters.drop("probing")
            return True
        return self.holds(query, plan, lease, lease.address, None, now)

    def _is_its_own(self, query: Query, lease: Lease, now: float) -> bool:
        """Whether the machine that sent the message had the address last, so that only itself would answer."""
        if lease.status is Status.ABANDONED:
            return False
        if self.active(now):
            return lease.status is Status.ACTIVE and lease.key == query.key
        return lease.key == query.key or lease.hardware == query.hardware

    def _without_probe(self, scope: str, reason: str, now: float) -> None:
        self._notices.tell(messages.NOT_PROBED, scope, now, scope=scope, reason=reason)

    def forget(self, address: int) -> bool:
        """Drop the offer of an address that answered; return whether it was probed lately. The answer may be late."""
        waiting = self._waiting.pop(address, None)
        if waiting is not None:
            self._counters.drop("address-in-use")
        return self._silent.pop(address, None) is not None or waiting is not None

    def unprobed(self, address: int, now: float) -> Reply | None:
        """Return the offer of an address to which no request could be sent, if it may be sent without a probe."""
        waiting = self._waiting.pop(address, None)
        if waiting is None:
            return None
        if self.active(now):
            self._counters.drop("probing")
            return None
        self._without_probe(waiting.scope, "no echo request could be sent", now)
        if waiting.offer is None:
            self._remember(address, now)
        return waiting.offer

    def due(self, now: float) -> list[tuple[int, Reply]]:
        """Return the addresses that did not answer in time, and their offers."""
        found: list[tuple[int, Reply]] = []
        ends = self._ends
        while ends and ends[0][0] <= now:
            deadline, address = heapq.heappop(ends)
            waiting = self._waiting.get(address)
            if waiting is None or waiting.deadline != deadline:
                continue
            del self._waiting[address]
            self._remember(address, now)
            if waiting.offer is not None:
                found.append((address, waiting.offer))
        return found

    def _remember(self, address: int, now: float) -> None:
        """Give the address without a probe for a minute."""
        silent = self._silent
        silent.pop(address, None)
        silent[address] = now + SILENT_SECONDS
        while silent:
            oldest = next(iter(silent))
            if silent[oldest] > now and len(silent) <= REMEMBERED:
                break
            del silent[oldest]

    def next_deadline(self) -> float | None:
        """Return when `due` has something to do."""
        return self._ends[0][0] if self._ends else None

    def shift(self, step: float) -> None:
        """Follow a step of this server's clock. `until` stays: it is the end of leases, which clients count."""
        self._waiting = {
            address: waiting._replace(deadline=waiting.deadline + step) for address, waiting in self._waiting.items()
        }
        self._ends = [(end + step, address) for end, address in self._ends]
        self._silent = {address: at + step for address, at in self._silent.items()}
