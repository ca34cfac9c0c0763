"""How many clients of one port or one switch a client-class has at a time, and what becomes of further ones.

Clients are counted by their leases: by the circuit ID or the remote ID that their relay sent, in the scopes and
prefixes of the class. These cross the failover link with the leases, so both partners count the same. A client that has
a lease stays in the class whose scope the lease is of; only a client without one is counted as a further client. So the
class for further clients has other scopes (`config.clients`).
"""

from collections.abc import Iterable

from dhcpserver.leases.keys import LAST_IPV4
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.service.profile import Limit, Profile
from dhcpserver.service.v6.clientdata import relays_of
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp6 import Hop
from dhcpserver.wire.errors import WireError

CODES4 = {"circuit-id": options4.CIRCUIT_ID, "remote-id": options4.REMOTE_ID}
CODES6 = {"circuit-id": o6.INTERFACE_ID, "remote-id": o6.REMOTE_ID}
OVER = Profile(excluded=True)
"""A further client of a class that has no other class for it."""

_Place = tuple[str, bytes]
"""What is counted: `circuit-id` or `remote-id`, and its octets."""


class Limits:
    """The counts of one server."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """`kinds`: what is counted."""
        self._kinds = tuple(sorted(set(kinds)))
        self._places: dict[int, list[_Place]] = {}
        self._pools: dict[_Place, dict[str, int]] = {}
        self._admitted: dict[_Place, int] = {}
        """Clients that were let in since the leases were counted last."""

    @property
    def active(self) -> bool:
        """Whether anything is counted."""
        return bool(self._kinds)

    def follow(self, leases: Iterable[Lease]) -> None:
        """Count leases that have changed."""
        self._admitted.clear()
        for lease in leases:
            for place in self._places.pop(lease.address, ()):
                pools = self._pools[place]
                pools[lease.pool.name] -= 1
                if not any(pools.values()):
                    del self._pools[place]
            if lease.status is Status.ACTIVE and lease.relay_info is not None:
                places = [(kind, value) for kind in self._kinds if (value := _of_lease(lease, kind))]
                self._places[lease.address] = places
                for place in places:
                    pools = self._pools.setdefault(place, {})
                    pools[lease.pool.name] = pools.get(lease.pool.name, 0) + 1

    def profile(self, profile: Profile, limit: Limit, value: bytes | None, leases: Iterable[Lease]) -> Profile:
        """Return how a client is treated: as one of its class, or as a further one.

        `value`: the circuit ID or the remote ID that its relay sent. `leases`: those of the client.
        """
        for lease in leases:
            if lease.status is Status.ACTIVE:
                if lease.pool.name in limit.pools:
                    return profile
                if limit.over is not None and lease.pool.name in limit.over_pools:
                    return limit.over
        if not value:
            return profile
        place = (limit.kind, value)
        pools = self._pools.get(place, {})
        count = sum(number for name, number in pools.items() if name in limit.pools) + self._admitted.get(place, 0)
        if count >= limit.count:
            return limit.over or OVER
        self._admitted[place] = self._admitted.get(place, 0) + 1
        return profile


def value4(relay_info: bytes | None, kind: str) -> bytes | None:
    """Return the circuit ID or the remote ID in option 82, None without it."""
    if not relay_info:
        return None
    try:
        return options4.sub_options(relay_info).get(CODES4[kind])
    except WireError:
        return None


def value6(relays: Iterable[Hop], kind: str) -> bytes | None:
    """Return the Interface-Id or the Remote-Id of the relay nearest to the client that has one."""
    return next((found for hop in relays if (found := hop.get(CODES6[kind]))), None)


def _of_lease(lease: Lease, kind: str) -> bytes | None:
    if lease.address <= LAST_IPV4:
        return value4(lease.relay_info, kind)
    return value6(relays_of(lease), kind)
