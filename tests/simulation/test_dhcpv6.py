"""DHCPv6 in the simulated pair: what clients have survives its server, and the checks detect what they are made for."""

from collections.abc import Callable
from typing import Any

import pytest

from dhcpserver.leases.freeset import ParitySet
from dhcpserver.leases.keys import Kind, kind_of
from dhcpserver.service.v6.associations import Associations
from dhcpserver.wire.dhcp6ia import IAKind
from tests.simulation.checks.base import Violation
from tests.simulation.clients6 import ASSOCIATIONS, address_of
from tests.simulation.dialects import Dialect
from tests.simulation.site import Site
from tests.simulation.site6 import WHOLE, Site6, duid_of
from tests.simulation.sites import random_site6
from tests.simulation.world import World

LARGE = Site6(near_bits=WHOLE, far_bits=WHOLE, near_prefixes=16, far_prefixes=16)
CLIENTS = len(ASSOCIATIONS)


def running(v6: Site6 = LARGE, **more: Any) -> World:
    """Return a pair in NORMAL whose DHCPv6 clients have what they request."""
    world = World(site=Site(mclt=60, v6=v6, **more), clients=0, clients6=CLIENTS)
    world.start()
    assert world.until_normal()
    world.run(20)
    for client in world.clients6.all:
        world.clients6.restart(client)
        world.run(5)
    return world


def test_every_kind_of_lease_outlasts_the_main() -> None:
    """R-003, R-005: addresses, temporary addresses and prefixes, on a link and behind relays, renewed at the backup."""
    world = running()
    clients = [client for client in world.clients6.all if client.machine.identity.ias]
    before = {(client.name, address_of(lease)) for client in clients for lease in client.leases}
    assert all(client.complete() for client in clients)
    assert {lease.kind for client in clients for lease in client.leases} == set(IAKind)
    world.main.crash()
    world.run(400)
    assert world.partner_down(world.backup) is None
    world.run(400)
    after = {(client.name, address_of(lease)) for client in clients for lease in client.leases}
    assert after == before
    world.main.start()
    assert world.until_normal(400)
    world.converge()


def test_a_link_carries_both_families_at_once() -> None:
    """R-003: one connection, on which the leases of all kinds are exchanged."""
    world = running()
    for number in range(2):
        world.clients.add(1)
        world.clients.restart(world.clients.all[number])
    world.run(20)
    kinds = {kind_of(address) for address, lease in world.backup.book.leases.items() if lease.key is not None}
    assert kinds == set(Kind)
    assert world.log.seen["message CONNECT"] == 1


Broken = Callable[[pytest.MonkeyPatch], None]


def _other_parity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ParitySet, "_belongs", lambda self, key: any(first <= key <= last for first, last in self._ranges))
    patch.setattr(
        "dhcpserver.service.v6.choice.Choice._random",
        lambda self, pool, own, key, offered: pool.ranges[0][0] + (pool.ranges[0][0] & 1 == own.parity),
    )


def _longer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "dhcpserver.failover.bindings.leasing.LeaseRules.lease_seconds", lambda self, lease, desired, now: desired
    )


def _unmarked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "dhcpserver.failover.bindings.leasing.LeaseRules.changed", lambda self, lease, now: self._book.touch(lease)
    )


def _refusing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Associations, "_extends", lambda *_: False)


@pytest.mark.parametrize(
    ("broken", "name"),
    [(_other_parity, "I4"), (_longer, "I2"), (_unmarked, "I9"), (_refusing, "I12")],
    ids=["parity", "lead time", "marks", "answers"],
)
def test_the_checks_detect_a_broken_server(broken: Broken, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(Violation) as found:
        _leased_and_released()
    assert found.value.name == name


def _leased_and_released() -> None:
    world = running()
    for client in world.clients6.all:
        world.clients6.release(client)
        world.run(5)


def test_the_sites_of_the_seeds_have_dhcpv6_on_both_servers_on_one_or_on_none() -> None:
    sites = [random_site6(seed, Dialect.OURS) for seed in range(100)]
    assert all(site is None for site in sites[::2])
    assert {site.at for site in sites[1::2] if site is not None} == {("main", "backup"), ("main",), ("backup",)}
    assert all(random_site6(seed, Dialect.DRAFT_12).at != ("main", "backup") for seed in range(1, 50, 2))  # type: ignore[union-attr]


def test_the_clients_of_the_simulation_are_different_ones() -> None:
    assert len({duid_of(number) for number in range(30)}) == 30
