"""Offers: each ends at its own time, whatever the order in which they were made."""

import pytest

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import client_key
from dhcpserver.leases.pool import Pool4

FIRST = 0x0A000001
NOW = 1_000_000.0


def offered(*seconds: float) -> Book:
    """Return a book with one offer for each of these timeouts, made at NOW in this order."""
    pool = Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + 9)])
    book = Book([pool])
    for index, timeout in enumerate(seconds):
        book.offer(FIRST + index, pool, client_key(None, bytes((1, index))), NOW + timeout)
    return book


def open_offers(book: Book) -> list[int]:
    return [index for index in range(10) if book.offer_of(FIRST + index) is not None]


def test_a_short_offer_after_a_long_one_ends_at_its_own_time() -> None:
    """Case D1: the second of two offers, for 600 s and then 10 s, was kept for 600 s."""
    book = offered(600, 10, 300)
    assert book.next_due() == NOW + 10
    book.expire_offers(NOW + 10)
    assert open_offers(book) == [0, 2]
    assert book.next_due() == NOW + 300
    book.expire_offers(NOW + 300)
    assert open_offers(book) == [0]
    book.expire_offers(NOW + 599.9)
    assert open_offers(book) == [0]
    book.expire_offers(NOW + 600)
    assert open_offers(book) == []
    assert book.pools["s"].free.count == 10


def test_a_withdrawn_offer_does_not_end_a_later_one_of_the_same_address() -> None:
    book = offered(10)
    offer = book.offer_of(FIRST)
    assert offer is not None
    book.withdraw(offer)
    book.offer(FIRST, book.pools["s"], client_key(None, b"\1other"), NOW + 600)
    book.expire_offers(NOW + 20)
    assert open_offers(book) == [0]


@pytest.mark.parametrize("step", [3600.0, -86_400.0])
def test_offers_last_as_long_when_the_clock_is_set(step: float) -> None:
    book = offered(600, 10)
    book.shift_offers(step)
    book.expire_offers(NOW + step + 9.9)
    assert open_offers(book) == [0, 1]
    book.expire_offers(NOW + step + 10.1)
    assert open_offers(book) == [0]
    offer = book.offer_of(FIRST)
    assert offer is not None
    assert offer.until == NOW + step + 600
