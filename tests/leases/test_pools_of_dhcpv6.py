"""Pools of IPv6 addresses and of delegated prefixes: their free sets agree with the leases after any changes."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import ParitySet, SteppedSet
from dhcpserver.leases.keys import Kind, address6, kind_of, packed, prefix, read_key, text_of, unpacked
from dhcpserver.leases.lease import PENDING, Lease, Status, client_key
from dhcpserver.leases.pool import Pool, Pool6, PrefixPool

NETWORK = int(IPv6Address("2001:db8::"))
SIZE = 12
NUMBERS = st.integers(0, SIZE - 1)


class PoolMachine(RuleBasedStateMachine):
    """Leases, offers, holds and restarts of the keys of one pool, in any order."""

    def make(self) -> Book:
        raise NotImplementedError

    def key(self, number: int) -> int:
        raise NotImplementedError

    @initialize()
    def start(self) -> None:
        self.book = self.make()
        self.now = 1_000.0

    @property
    def pool(self) -> Pool:
        return self.book.pools["p"]

    @rule(number=NUMBERS, status=st.sampled_from(list(Status)), client=st.integers(0, 2))
    def change(self, number: int, status: Status, client: int) -> None:
        key = self.key(number)
        lease = self.book.record(key)
        assert lease is not None
        if status in (Status.FREE, Status.BACKUP) and not self.pool.balanced:
            status = self.pool.at_rest(key)
        if status not in (Status.FREE, Status.BACKUP, Status.ABANDONED):
            self.book.set_client(lease, bytes((client,)) * 4, b"", b"\3\0\0\0\1")
        self.book.set_status(lease, status, int(self.now))

    @rule(number=NUMBERS)
    def offer(self, number: int) -> None:
        key = self.key(number)
        if self.book.offer_of(key) is None and (key in self.pool.free or key in self.pool.backup):
            self.book.offer(key, self.pool, client_key(b"x" * 4, b"", b"\3\0\0\0\1"), self.now + 10)

    @rule(number=NUMBERS, seconds=st.integers(1, 40))
    def hold(self, number: int, seconds: int) -> None:
        lease = self.book.record(self.key(number))
        assert lease is not None
        self.book.hold(lease, int(self.now) + seconds)

    @rule(number=NUMBERS, seconds=st.floats(0, 30))
    def wait(self, number: int, seconds: float) -> None:
        self.now += seconds
        self.book.expire_offers(self.now)
        lease = self.book.get(self.key(number))
        if lease is not None:
            self.book.end_hold(lease, self.now)

    @rule()
    def restart(self) -> None:
        fresh, stored = self.make(), []
        for old in self.book.leases.values():
            lease = Lease(old.address, fresh.pools["p"])
            lease.status, lease.client_id, lease.ia, lease.key = old.status, old.client_id, old.ia, old.key
            lease.held = old.held
            stored.append(lease)
        fresh.load(stored)
        self.book = fresh

    @invariant()
    def free_sets_agree(self) -> None:
        if not hasattr(self, "book"):
            return
        pool = self.pool
        for number in range(SIZE):
            key = self.key(number)
            lease = self.book.get(key)
            status = pool.at_rest(key) if lease is None else lease.status
            held = lease is not None and lease.held > 0
            loose = key not in pool.reserved and self.book.offer_of(key) is None and not held
            assert (key in pool.free) is (loose and status is Status.FREE), text_of(key)
            assert (key in pool.backup) is (loose and status is Status.BACKUP), text_of(key)
            assert (key in pool.pending) is (status in PENDING)
        assert sorted(self.book.leases) == list(pool.recorded())
        assert pool.records == len(self.book.leases)
        taken = pool.leased + len(pool.pending) + pool.unavailable + pool.offered
        assert pool.left == pool.total - taken


class AddressMachine(PoolMachine):
    """DHCPv6 makes no offers that are remembered, so there are none here."""

    @rule()
    def offer(self) -> None:
        pass

    def make(self) -> Book:
        return Book([Pool6("p", NETWORK, 124, [(NETWORK + 1, NETWORK + SIZE)], frozenset({NETWORK + 4}))])

    def key(self, number: int) -> int:
        return address6(NETWORK + 1 + number)

    @invariant()
    def records_that_rest_are_found(self) -> None:
        if not hasattr(self, "book"):
            return
        for free in (self.pool.free, self.pool.backup):
            assert isinstance(free, ParitySet)
            resting = [key for key in self.book.leases if key in free]
            assert (free.longest_rested() in resting) if resting else free.longest_rested() is None


class PrefixMachine(PoolMachine):
    def make(self) -> Book:
        return Book([PrefixPool("p", NETWORK, 48, 56, frozenset({self.key(3)}), SIZE)])

    def key(self, number: int) -> int:
        return prefix(NETWORK + (number << 72), 56)


for machine in (AddressMachine, PrefixMachine):
    machine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAddresses = AddressMachine.TestCase
TestPrefixes = PrefixMachine.TestCase


def test_a_pool_of_a_64_is_not_listed() -> None:
    """A /64 has 2^64 - 1 addresses to give, and costs what is leased."""
    pool = Pool6("p", NETWORK, 64)
    assert pool.free.count + pool.backup.count == 2**64 - 1
    assert pool.total == 65_536
    assert address6(NETWORK) not in pool, "the address of every router"
    assert address6(NETWORK + 2**64 - 1) in pool.free
    book = Book([pool])
    assert book.record(address6(NETWORK + 2**63)) is not None
    assert list(pool.recorded()) == [address6(NETWORK + 2**63)]


def test_prefixes_of_the_own_links_are_not_delegated() -> None:
    pool = PrefixPool("p", NETWORK, 48, 56, excluded=[(NETWORK, 64), (NETWORK + (4 << 72), 55)])
    delegable = set(pool.free)
    assert len(delegable) == pool.total == 256 - 3
    assert not {prefix(NETWORK + (number << 72), 56) for number in (0, 4, 5)} & delegable


def test_no_more_prefixes_than_max_leases() -> None:
    pool = PrefixPool("p", NETWORK, 32, 64, max_leases=100)
    assert pool.total == pool.free.count == 100
    assert prefix(NETWORK + (100 << 64), 64) not in pool
    assert prefix(NETWORK + 1, 64) not in pool, "it does not begin where a prefix of the pool does"


@given(st.integers(1, 50), st.lists(st.integers(0, 60)), st.integers(-3, 60))
def test_stepped_sets_answer_as_sets_do(count: int, gone: list[int], at: int) -> None:
    subject, first = SteppedSet(1000 << 8, count, 8), 1000 << 8
    subject.add_all(count)
    model = {first + (number << 8) for number in range(count)}
    for number in gone:
        key = first + (number << 8)
        assert subject.discard(key) is (key in model)
        model.discard(key)
    key = first + (at << 7)
    assert set(subject) == model
    assert subject.count == len(model)
    assert subject.lowest_from(key) == min((each for each in model if each >= key), default=None)
    assert subject.highest_below(key) == max((each for each in model if each < key), default=None)
    assert (subject.lowest(), subject.highest()) == (min(model, default=None), max(model, default=None))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), min_size=1, max_size=3), st.integers(0, 1), st.data())
def test_parity_sets_answer_as_sets_do(spans: list[tuple[int, int]], parity: int, data: st.DataObject) -> None:
    ranges, begin = [], 0
    for gap, length in spans:
        ranges.append((begin + gap, begin + gap + length))
        begin += gap + length + 1
    subject = ParitySet(tuple(ranges), parity)
    model = {key for first, last in ranges for key in range(first, last + 1) if key & 1 == parity}
    for key in data.draw(st.lists(st.integers(0, begin))):
        assert subject.discard(key) is (key in model)
        model.discard(key)
        if data.draw(st.booleans()):
            assert subject.add(key) is any(low <= key <= high and key & 1 == parity for low, high in ranges)
            model |= {key} if any(low <= key <= high and key & 1 == parity for low, high in ranges) else set()
    at = data.draw(st.integers(0, begin + 1))
    assert set(subject) == model
    assert subject.count == len(model)
    assert subject.lowest_from(at) == min((each for each in model if each >= at), default=None)
    assert subject.highest_below(at) == max((each for each in model if each < at), default=None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("192.0.2.1", Kind.ADDRESS4),
        ("2001:db8::1", Kind.ADDRESS6),
        ("::", Kind.ADDRESS6),
        ("::/1", Kind.PREFIX),
        ("2001:db8:8000::/56", Kind.PREFIX),
        ("2001:db8::1/128", Kind.PREFIX),
    ],
)
def test_keys_are_written_as_they_are_read(text: str, kind: Kind) -> None:
    key = read_key(text)
    assert (text_of(key), kind_of(key)) == (text, kind)
    if kind is not Kind.ADDRESS4:
        assert unpacked(*packed(key)) == key


@pytest.mark.parametrize("text", ["", "192.0.2", "2001:db8::1/56", "2001:db8::/129", "192.0.2.0/24", "x", "1", "::/x"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        read_key(text)
