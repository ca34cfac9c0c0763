"""Probes of addresses before they are given to a new client, while leases of the partner may be unknown here.

An operator can set the partner down in RECOVER, before this server has all of the partner's leases. Until the longest
lease that the partner can have given has passed, an address is offered only after an ICMP echo request to it was not
answered for a second. The offer waits meanwhile; if no request could be sent, it is dropped. An address that answers is
unavailable: a client uses it that this server does not know. Addresses without an offer (BOOTP without a reservation)
are not given to new clients meanwhile.

Pure: the shell sends the requests and reports the answers.
"""

from dhcpserver.service.query import Reply

ANSWER_SECONDS = 1.0
"""How long an answer is awaited."""
SILENT_SECONDS = 60.0
"""For how long an address that did not answer is given without another probe."""
WAITING = 1000
"""Offers that wait at most; the messages of further clients are not answered, and they send them again."""


class Probing:
    """The probes of one server.

    Attributes:
        until: until when addresses are probed, Unix seconds; 0 if they are not.
        requests: addresses to which an echo request is to be sent; taken by the core.
    """

    def __init__(self) -> None:
        self.until = 0.0
        self.requests: list[int] = []
        self._waiting: dict[int, tuple[float, Reply]] = {}
        self._silent: dict[int, float] = {}

    def active(self, now: float) -> bool:
        """Whether addresses must be probed now."""
        return now < self.until

    def passed(self, address: int, now: float) -> bool:
        """Whether the address may be given now: it did not answer lately, or nothing is probed."""
        return not self.active(now) or self._silent.get(address, 0.0) > now

    def hold(self, address: int, offer: Reply, now: float) -> Reply | None:
        """Return the offer if it may be sent now. Otherwise it waits for the probe of its address."""
        if self.passed(address, now):
            return offer
        waiting = self._waiting.get(address)
        if waiting is not None:
            self._waiting[address] = (waiting[0], offer)  # The client has sent its message again.
        elif len(self._waiting) < WAITING:
            self._waiting[address] = (now + ANSWER_SECONDS, offer)
            self.requests.append(address)
        return None

    def forget(self, address: int) -> bool:
        """Drop the offer of an address that answered or could not be probed; return whether there was one."""
        return self._waiting.pop(address, None) is not None

    def due(self, now: float) -> list[Reply]:
        """Return the offers whose addresses did not answer in time."""
        found: list[Reply] = []
        for address, (deadline, offer) in list(self._waiting.items()):
            if deadline > now:
                break  # They are in order of time.
            del self._waiting[address]
            self._silent[address] = now + SILENT_SECONDS
            found.append(offer)
        if len(self._silent) > WAITING:
            self._silent = {address: end for address, end in self._silent.items() if end > now}
        return found

    def next_deadline(self) -> float | None:
        """Return when `due` has something to return."""
        return next((deadline for deadline, _ in self._waiting.values()), None)

    def shift(self, step: float) -> None:
        """Follow a step of this server's clock. `until` stays: it is the end of leases, which clients count."""
        self._waiting = {address: (at + step, offer) for address, (at, offer) in self._waiting.items()}
        self._silent = {address: at + step for address, at in self._silent.items()}
