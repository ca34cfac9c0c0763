"""The leases of one DHCPv6 client, and what a REPLY changes in them (RFC 8415 section 18.2.10.1).

A lease is counted from when it was requested, not from when the answer arrived, so that it never lasts longer for the
client than for the server.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from dhcpserver.client.effects6 import Lease6
from dhcpserver.limits import INFINITE_SECONDS
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease
from dhcpserver.wire.dhcp6options import StatusCode

RENEWAL_SHARE = 0.5
REBINDING_SHARE = 0.8
"""T1 and T2 of the shortest preferred lifetime, if the server leaves them to the client (sections 14.2, 21.4)."""

_Key = tuple[IAKind, int, int, int]


@dataclass(frozen=True, slots=True)
class IARequest:
    """One identity association that a client requests."""

    kind: IAKind
    iaid: int
    length_hint: int = 0
    """For IA_PD: the requested length of the prefix, 0 for none."""


def ends_at(start: float, seconds: int) -> float:
    """Return the end of a lifetime."""
    return inf if seconds == INFINITE_SECONDS else start + seconds


class Bindings6:
    """The leases of a client.

    Attributes:
        server: the DUID of the server that granted them.
        renew_at, rebind_at: T1 and T2, the earliest of all identity associations.
    """

    __slots__ = ("_leases", "rebind_at", "renew_at", "server")

    def __init__(self) -> None:
        self._leases: dict[_Key, Lease6] = {}
        self.server = b""
        self.renew_at = self.rebind_at = inf

    def __bool__(self) -> bool:
        return bool(self._leases)

    @property
    def leases(self) -> tuple[Lease6, ...]:
        """All leases, in the order in which they were granted."""
        return tuple(self._leases.values())

    def of(self, kind: IAKind, iaid: int) -> tuple[Lease6, ...]:
        """Return the leases of one identity association."""
        return tuple(lease for lease in self._leases.values() if (lease.kind, lease.iaid) == (kind, iaid))

    def clear(self) -> tuple[Lease6, ...]:
        """Forget all leases, and return them."""
        leases = self.leases
        self._leases.clear()
        self.renew_at = self.rebind_at = inf
        return leases

    def restore(self, leases: Iterable[Lease6], server: bytes) -> None:
        """Take leases of an earlier time; T1 and T2 follow from their lifetimes."""
        self.clear()
        self.server = server
        self._leases = {_key(lease): lease for lease in leases}
        self._follow_lifetimes(self._leases.values())

    def postpone(self, until: float) -> None:
        """Renew and rebind at a time at the earliest."""
        self.renew_at = max(self.renew_at, until)
        self.rebind_at = max(self.rebind_at, until)

    def next_end(self) -> float:
        """Return when the next lease ends; `inf` without one."""
        return min((lease.valid_until for lease in self._leases.values()), default=inf)

    def remove_ended(self, now: float) -> tuple[Lease6, ...]:
        """Forget the leases that have ended, and return them."""
        return self.remove(lease for lease in self._leases.values() if now >= lease.valid_until)

    def remove(self, leases: Iterable[Lease6]) -> tuple[Lease6, ...]:
        """Forget some leases, and return those that were there."""
        found = tuple(lease for lease in leases if _key(lease) in self._leases)
        for lease in found:
            del self._leases[_key(lease)]
        return found

    def take(self, ias: Iterable[IA], server: bytes, asked_at: float) -> tuple[list[Lease6], list[Lease6]]:
        """Take the identity associations of a REPLY; return the leases that it grants, and those that it ends.

        An association whose T1 is after its T2, and a lease that is preferred for longer than it is valid, are not
        used. A lease that the REPLY does not have stays as it is.
        """
        granted: list[Lease6] = []
        ended: list[Lease6] = []
        times: list[tuple[int, int]] = []
        for ia in ias:
            if ia.t1 > ia.t2 > 0:
                continue
            before = len(granted)
            for each in ia.leases:
                self._take_lease(ia, each, asked_at, granted, ended)
            if len(granted) > before and ia.kind is not IAKind.TA:
                times.append((ia.t1, ia.t2))
        if granted:
            self.server = server
            self._schedule(granted, times, asked_at)
        return granted, ended

    def _take_lease(self, ia: IA, each: IALease, asked_at: float, granted: list[Lease6], ended: list[Lease6]) -> None:
        key = (ia.kind, ia.iaid, each.address, each.length)
        status = each.status
        if not each.valid or (status is not None and status.code != StatusCode.SUCCESS):
            if key in self._leases:
                ended.append(self._leases.pop(key))
        elif each.preferred <= each.valid:
            lease = Lease6(*key, asked_at, ends_at(asked_at, each.preferred), ends_at(asked_at, each.valid))
            self._leases[key] = lease
            granted.append(lease)

    def _schedule(self, granted: list[Lease6], times: list[tuple[int, int]], asked_at: float) -> None:
        self.renew_at = min((ends_at(asked_at, t1) for t1, _ in times if t1), default=inf)
        self.rebind_at = min((ends_at(asked_at, t2) for _, t2 in times if t2), default=inf)
        if any(not t1 or not t2 for t1, t2 in times):
            self._follow_lifetimes(lease for lease in granted if lease.kind is not IAKind.TA)
        self.rebind_at = max(self.rebind_at, self.renew_at)

    def _follow_lifetimes(self, leases: Iterable[Lease6]) -> None:
        """Choose T1 and T2 by the shortest preferred lifetime, where they are not set."""
        lifetimes = [(lease.preferred_until - lease.asked_at, lease.asked_at) for lease in leases]
        shortest = min((each for each in lifetimes if each[0] > 0), default=None)
        if shortest is not None and shortest[0] < inf:
            seconds, start = shortest
            self.renew_at = min(self.renew_at, start + seconds * RENEWAL_SHARE)
            self.rebind_at = min(self.rebind_at, start + seconds * REBINDING_SHARE)


def _key(lease: Lease6) -> _Key:
    return lease.kind, lease.iaid, lease.address, lease.length
