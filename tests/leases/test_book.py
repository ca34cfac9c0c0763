"""The book's indexes agree with the leases after any sequence of changes."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dhcpserver.leases.book import Book, operator_state
from dhcpserver.leases.lease import PENDING, Lease, Status, client_key
from dhcpserver.leases.pool import Pool4

FIRST, LAST = 0x0A000001, 0x0A00000C
RESERVED = 0x0A000003
ADDRESSES = st.integers(FIRST, LAST)
CLIENTS = st.integers(0, 3).map(lambda number: bytes((1, 2, 0, 0, 0, 0, number)))


def make() -> Book:
    return Book([Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, LAST)], frozenset({RESERVED}))])


class BookMachine(RuleBasedStateMachine):
    """Leases, offers and ends in any order; the counts must add up after each step."""

    @initialize()
    def start(self) -> None:
        self.book = make()
        self.now = 1_000.0
        self.pool = self.book.pools["s"]

    @rule(address=ADDRESSES, status=st.sampled_from(list(Status)), client=CLIENTS)
    def change(self, address: int, status: Status, client: bytes) -> None:
        lease = self.book.record(address)
        assert lease is not None
        if status is Status.ABANDONED:
            self.book.set_client(lease, None, b"")
        elif status not in (Status.FREE, Status.BACKUP):
            self.book.set_client(lease, None, client)
        self.book.set_status(lease, status, int(self.now))

    @rule(address=ADDRESSES, client=CLIENTS, seconds=st.sampled_from((1, 10, 600)))
    def offer(self, address: int, client: bytes, seconds: int) -> None:
        if self.book.offer_of(address) is None and (address in self.pool.free or address in self.pool.backup):
            self.book.offer(address, self.pool, client_key(None, client), self.now + seconds)

    @rule(client=CLIENTS)
    def withdraw(self, client: bytes) -> None:
        offer = self.book.offered_to(client_key(None, client))
        if offer is not None:
            self.book.withdraw(offer)

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.book.expire_offers(self.now)

    @rule(address=ADDRESSES, seconds=st.integers(1, 40))
    def hold(self, address: int, seconds: int) -> None:
        lease = self.book.record(address)
        assert lease is not None
        self.book.hold(lease, int(self.now) + seconds)

    @rule(address=ADDRESSES)
    def end_hold(self, address: int) -> None:
        lease = self.book.record(address)
        assert lease is not None
        held = lease.held
        self.book.end_hold(lease, self.now)
        assert lease.held == (held if held > self.now else 0)

    @rule()
    def restart(self) -> None:
        """Everything except offers is restored from the store."""
        fresh = make()
        stored = []
        for old in self.book.leases.values():
            lease = Lease(old.address, fresh.pools["s"])
            lease.status, lease.hardware, lease.key, lease.held = old.status, old.hardware, old.key, old.held
            stored.append(lease)
        fresh.load(stored)
        self.book, self.pool = fresh, fresh.pools["s"]

    @invariant()
    def addresses_add_up(self) -> None:
        if not hasattr(self, "book"):
            return
        pool = self.pool
        assert pool.idle_reserved in (0, 1)
        parts = pool.free.count + pool.backup.count + pool.leased + pool.unavailable + len(pool.pending) + pool.offered
        assert parts + pool.idle_reserved == pool.total == 12
        for address in range(FIRST, LAST + 1):
            lease = self.book.get(address)
            status = Status.FREE if lease is None else lease.status
            held = lease is not None and lease.held > 0
            loose = address != RESERVED and self.book.offer_of(address) is None and not held
            assert (address in pool.free) is (loose and status is Status.FREE)
            assert (address in pool.backup) is (loose and status is Status.BACKUP)
            assert (address in pool.pending) is (status in PENDING)

    @invariant()
    def clients_find_their_leases(self) -> None:
        if not hasattr(self, "book"):
            return
        for lease in self.book.leases.values():
            if lease.key is not None:
                assert lease in list(self.book.of_client(lease.key))
        for number in range(4):
            key = client_key(None, bytes((1, 2, 0, 0, 0, 0, number)))
            found = list(self.book.of_client(key))
            assert all(lease.key == key for lease in found)
            assert len({id(lease) for lease in found}) == len(found)


TestBook = BookMachine.TestCase
TestBook.settings = settings(max_examples=60, stateful_step_count=40)


def test_the_calendar_returns_a_lease_once_and_not_too_early() -> None:
    book = make()
    lease = book.record(FIRST)
    assert lease is not None
    book.schedule(lease, 100)
    book.schedule(lease, 200)
    assert book.next_due() == 100
    assert book.due(99.0, 10) == []
    assert book.due(100.0, 10) == [lease]
    assert book.due(300.0, 10) == []
    book.schedule(lease, 200)
    assert book.due(200.0, 10) == [lease]


def test_changes_are_returned_once() -> None:
    book = make()
    lease = book.record(FIRST)
    assert lease is not None
    book.touch(lease)
    book.touch(lease)
    assert book.take_changes() == [lease]
    assert book.take_changes() == []


def test_the_state_for_operators_depends_on_the_server() -> None:
    """R-105: an address that is available on one partner is other-available on the other."""
    book = make()
    lease = book.record(FIRST)
    assert lease is not None
    assert (operator_state(lease, main=True), operator_state(lease, main=False)) == ("available", "other-available")
    book.set_status(lease, Status.BACKUP, 1)
    assert (operator_state(lease, main=True), operator_state(lease, main=False)) == ("other-available", "available")
