"""The index of lease queries: by hardware address and by DUID, while leases change their clients."""

from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import address6
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import Pool4, Pool6

MAC, OTHER = b"\1\2\0\0\0\0\1", b"\1\2\0\0\0\0\2"
DUID, NA, PD = b"\0\3\0\1abcdef", b"\3\0\0\0\1", b"\x19\0\0\0\1"


def book() -> Book:
    held = Book([Pool4("four", 0, 0, [(1, 9)]), Pool6("six", 0x20010DB8 << 96, 64)])
    held.index_holders()
    return held


def record(held: Book, key: int) -> Lease:
    lease = held.record(key)
    assert lease is not None
    return lease


def test_a_hardware_address_is_found_with_any_identifier_until_the_lease_is_another_ones() -> None:
    held = book()
    for address, identifier in ((1, b"one"), (2, b"two"), (3, None)):
        held.set_client(record(held, address), identifier, MAC)
    assert sorted(lease.address for lease in held.of_hardware(MAC)) == [1, 2, 3]
    held.set_client(record(held, 1), b"one", OTHER)
    held.set_client(record(held, 2), None, b"")
    assert [lease.address for lease in held.of_hardware(MAC)] == [3]
    assert [lease.address for lease in held.of_hardware(OTHER)] == [1]


def test_a_duid_is_found_with_all_its_associations_until_the_lease_is_another_ones() -> None:
    held = book()
    first, second = (record(held, address6((0x20010DB8 << 96) + number)) for number in (5, 6))
    held.set_client(first, DUID, b"", NA)
    held.set_client(second, DUID, b"", PD)
    assert {lease.ia for lease in held.of_duid(DUID)} == {NA, PD}
    held.set_client(first, DUID + b"x", b"", NA)
    assert [lease.ia for lease in held.of_duid(DUID)] == [PD]
    held.set_client(second, None, b"")
    assert list(held.of_duid(DUID)) == []


def test_a_book_that_answers_no_queries_has_no_index() -> None:
    held = Book([Pool6("six", 0x20010DB8 << 96, 64)])
    held.set_client(record(held, address6((0x20010DB8 << 96) + 5)), DUID, b"", NA)
    assert not held.finds_holders
    assert list(held.of_duid(DUID)) == []
