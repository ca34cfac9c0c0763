"""When a DHCPv6 client sends a message again (RFC 8415 section 15), with the constants of section 7.6.

The first wait is the initial one, changed by a random share of at most a tenth. Each further wait is about twice as
long, up to the longest. An exchange ends after a number of transmissions, or after a time, or never.
"""

import random
from dataclasses import dataclass
from math import inf

RANDOM_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Retransmission:
    """The parameters of one exchange; 0 for `longest_seconds`, `most` and `duration_seconds` means no limit."""

    first_seconds: float
    """IRT"""
    longest_seconds: float = 0.0
    """MRT"""
    most: int = 0
    """MRC: transmissions."""
    duration_seconds: float = 0.0
    """MRD"""
    longer_only: bool = False
    """The first wait is not shorter than IRT (SOLICIT), so that all servers have this time to answer."""


SOLICIT = Retransmission(1.0, 3600.0, longer_only=True)
REQUEST = Retransmission(1.0, 30.0, most=10)
CONFIRM = Retransmission(1.0, 4.0, duration_seconds=10.0)
RENEW = Retransmission(10.0, 600.0)
REBIND = Retransmission(10.0, 600.0)
INFORMATION_REQUEST = Retransmission(1.0, 3600.0)
RELEASE = Retransmission(1.0, most=4)
DECLINE = Retransmission(1.0, most=4)


class Exchange:
    """The transmissions of one message. `longest` replaces MRT, which a server can set (SOL_MAX_RT, INF_MAX_RT)."""

    __slots__ = ("_entropy", "_longest", "_parameters", "_wait", "sent", "since", "until")

    def __init__(
        self,
        parameters: Retransmission,
        entropy: random.Random,
        now: float,
        longest: float | None = None,
        until: float = inf,
    ) -> None:
        """`until`: the end of the exchange, if it is not that of the parameters."""
        self._parameters = parameters
        self._entropy = entropy
        self._longest = parameters.longest_seconds if longest is None else longest
        self._wait = 0.0
        self.since = now
        self.sent = 0
        duration = parameters.duration_seconds
        self.until = min(until, now + duration) if duration else until

    def elapsed_hundredths(self, now: float) -> int:
        """Return the value of Elapsed Time: 0 in the first transmission."""
        return min(max(round((now - self.since) * 100), 0), 0xFFFF)

    def is_over(self, now: float) -> bool:
        """Return whether no more transmission is due at `now`."""
        most = self._parameters.most
        return now >= self.until or bool(most and self.sent >= most)

    def next_at(self, now: float) -> float:
        """Count a transmission at `now`, and return when the next one is due, or when the exchange ends."""
        share = self._entropy.uniform(-RANDOM_SHARE, RANDOM_SHARE)
        if not self.sent:
            if self._parameters.longer_only:
                share = abs(share) or RANDOM_SHARE
            self._wait = self._parameters.first_seconds * (1 + share)
        else:
            self._wait *= 2 + share
        if self._longest and self._wait > self._longest:
            self._wait = self._longest * (1 + self._entropy.uniform(-RANDOM_SHARE, RANDOM_SHARE))
        self.sent += 1
        return min(now + self._wait, self.until)
