"""The relays from which requests arrived, and the samples of lead time."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.leases.lease import FOREVER, Status, client_key
from dhcpserver.service.leads import ADDRESSES_PER_CALL, ADDRESSES_PER_POOL, LeadSampler, sample_pool
from dhcpserver.service.relays import MAXIMUM_RELAYS, Relays
from dhcpserver.service.renewal import renewal_times
from tests.service.standalone import RELAY, Site, number

NOW = 1_000_000.0


def test_a_relay_is_recorded_whether_or_not_its_client_is_answered() -> None:
    """R-240: a relay that sends to one server only is found by comparing both servers."""
    relays = Relays()
    relays.record(RELAY, b"\0a", NOW)
    relays.record(RELAY, b"\0b", NOW + 1)
    relays.record(RELAY, b"\0a", NOW + 2)
    relays.record(0, b"\0c", NOW + 3)
    found = [(each.address, each.last, each.clients) for each in relays.recent(NOW + 4)]
    assert found == [(0, NOW + 3, 1), (RELAY, NOW + 2, 2)]


def test_clients_of_the_last_five_minutes_are_counted_and_the_relay_stays() -> None:
    relays = Relays()
    for minute in range(8):
        relays.record(RELAY, bytes((0, minute)), NOW + 60 * minute)
    assert relays.recent(NOW + 420)[0].clients == 5
    (later,) = relays.recent(NOW + 3600)
    assert (later.clients, later.last) == (0, NOW + 420)


@given(st.integers(0, 6000))
def test_many_clients_are_counted_with_an_error_of_some_percent(clients: int) -> None:
    relays = Relays()
    for each in range(clients):
        relays.record(RELAY, b"\0\1" + each.to_bytes(6, "big"), NOW)
    counted = relays.recent(NOW)[0].clients if clients else 0
    assert counted == pytest.approx(clients, rel=0.2, abs=3)


def test_the_number_of_relays_is_bounded() -> None:
    relays = Relays()
    for address in range(1, 3 * MAXIMUM_RELAYS):
        relays.record(address, b"\0a", NOW + address)
    found = relays.recent(NOW + 3 * MAXIMUM_RELAYS)
    assert len(found) == MAXIMUM_RELAYS
    assert found[0].address == 3 * MAXIMUM_RELAYS - 1


def leased(site: Site, address: str, *, start: int, end: int, acked: int, received: int = 0) -> None:
    lease = site.core.book.record(number(address))
    assert lease is not None
    site.core.book.set_client(lease, None, bytes((1, 2, 0, 0, 0, 0, number(address) & 255)))
    site.core.book.set_status(lease, Status.ACTIVE, start)
    lease.cltt, lease.state_exp, lease.acked_pl, lease.recv_pl = start, end, acked, received


def test_leases_are_counted_by_their_lead() -> None:
    """R-122, R-132: without communications, extensions shrink to MCLT when no update is acknowledged any more."""
    site = Site()
    now = int(site.now)
    leased(site, "192.0.2.10", start=now, end=now + 1000, acked=now + 1500)
    leased(site, "192.0.2.11", start=now - 900, end=now + 100, acked=0, received=0)
    leased(site, "192.0.2.13", start=now, end=now + 1000, acked=now + 400)
    leased(site, "192.0.2.14", start=now, end=FOREVER, acked=0)
    found = sample_pool(site.core.book, site.core.book.pools["s1"], site.now)
    assert (found.sampled, found.limited) == (4, 2)
    assert found.classes == (2, 1, 1, 0, 0, 0)


def test_a_later_renewal_by_the_jitter_counts_as_later() -> None:
    """R-122: T1 is later with `renewal-jitter`, so a lead that ends before it limits the lease."""
    site = Site()
    now = int(site.now)
    pool = site.core.book.pools["s1"]
    lead = now + renewal_times(1000, 25, client_key(None, bytes((1, 2, 0, 0, 0, 0, 10))))[0]
    assert lead > now + 500
    leased(site, "192.0.2.10", start=now, end=now + 1000, acked=lead)
    assert sample_pool(site.core.book, pool, site.now).limited == 0
    assert sample_pool(site.core.book, pool, site.now, 25).limited == 1


def test_a_changed_sample_counts_as_a_change_of_its_pool() -> None:
    site = Site()
    pool = site.core.book.pools["s1"]
    site.turn()
    before = pool.version
    leased(site, "192.0.2.10", start=int(site.now), end=int(site.now) + 1000, acked=0)
    version = pool.version
    site.now += 61
    site.turn()
    assert site.core.watch.leads.samples["s1"].sampled == 1
    assert pool.version == site.core.book.version > version >= before


def test_the_work_of_one_call_is_bounded_for_any_number_and_size_of_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = "".join(
        f'[[scope]]\nname = "s{each}"\nsubnet = "10.{each}.0.0/16"\nranges = ["10.{each}.0.1-10.{each}.255.254"]\n'
        for each in range(8)
    )
    site = Site(f'[server]\nname = "a"\n{scopes}')
    looked: list[int] = []
    book = site.core.book
    monkeypatch.setattr(type(book), "get", lambda self, address: looked.append(address))
    sampler = LeadSampler(book.pools.values())
    sampler.sample_due_pools(book, NOW)
    assert len(looked) <= ADDRESSES_PER_CALL
    for second in range(1, 10):
        sampler.sample_due_pools(book, NOW + second)
    assert set(sampler.samples) == set(book.pools)
    assert len(looked) <= 8 * ADDRESSES_PER_POOL
    assert {str(IPv4Address(each))[:5] for each in looked} == {f"10.{each}." for each in range(8)}
