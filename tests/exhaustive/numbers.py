"""Start numbers and numbers of changes in the canonical form: they grow for ever, and are only compared.

Each server has one sequence of numbers: those of its starts and of its changes, in its own lease book and stores, in
what its partner remembers of it, and in its updates that are on the way. A number is replaced by its place in the
sequence. Every new number is greater than all that the server has. A start adds a fixed amount, so the distances
between the starts stay.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from dhcpserver.failover.link.startnumber import StartNumbers, first_number, start_of
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.book import Book
from dhcpserver.service.turn import LinkData
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation.disk import Row
from tests.simulation.link import frames

if TYPE_CHECKING:
    from tests.exhaustive.server import Server
    from tests.exhaustive.world import World

Places = dict[int, int]
"""The place of each number of one server."""


def places_of(world: "World") -> tuple[tuple[Places, tuple[int, ...]], ...]:
    """Return the places of each server's numbers, and the distances between its starts."""
    found: tuple[set[int], set[int]] = ({0}, {0})
    for server in world.servers:
        own, partner = found[server.index], found[1 - server.index]
        own.update(_of_rows(server, 13))
        partner.update(_greatest_of_rows(server, 16))
        for record in _records(server):
            own.update(own_of_record(record))
            partner.add(remembered(record.partner_start, record.partner_number))
        if server.running:
            _of_core(server, own, partner)
        for event in world.wires.inboxes[1 - server.index]:
            if isinstance(event, LinkData):
                own.update(_of_messages(server, event.octets))
    return tuple((_places(numbers), _distances(numbers)) for numbers in found)


def remembered(start: int, number: int) -> int:
    """Return the last number of a server that its partner remembers."""
    return first_number(start) + number


def own_of(numbers: StartNumbers) -> tuple[int, ...]:
    """Return the numbers of the server itself."""
    return first_number(numbers.own), first_number(numbers.contact), numbers.stored


def own_of_record(record: FailoverRecord) -> tuple[int, ...]:
    """Return the numbers of the server itself in its record."""
    contact = remembered(record.contact_start, record.contact_number)
    return first_number(record.start), contact, remembered(record.acked_start, record.acked_number)


def partner_of(numbers: StartNumbers) -> tuple[int, ...]:
    """Return the numbers of the partner."""
    return remembered(numbers.partner, numbers.received), remembered(numbers.partner, numbers.complete)


def greatest_received(book: Book) -> int:
    """Return the greatest number of the partner in the leases: after a start, only this one is used."""
    return max((lease.received for lease in book.leases.values()), default=0)


def _greatest_of_rows(server: "Server", column: int) -> Iterator[int]:
    for rows in _stores(server):
        yield max((number for number in _numbers(rows, column)), default=0)


def _of_rows(server: "Server", column: int) -> Iterator[int]:
    for rows in _stores(server):
        yield from _numbers(rows, column)


def _stores(server: "Server") -> list[dict[int, Row]]:
    return [server.disk.rows] if server.image is None else [server.disk.rows, server.image.rows]


def _numbers(rows: dict[int, Row], column: int) -> Iterator[int]:
    for row in rows.values():
        number = row[column]
        assert isinstance(number, int)
        yield number


def _records(server: "Server") -> Iterator[FailoverRecord]:
    if server.disk.record is not None:
        yield server.disk.record
    if server.image is not None and server.image.record is not None:
        yield FailoverRecord.from_json(server.image.record)
    if server.running:
        record = server.endpoint._record
        yield record.value
        if record._resumed is not None:
            yield record._resumed


def _of_core(server: "Server", own: set[int], partner: set[int]) -> None:
    endpoint = server.endpoint
    updates, numbers = endpoint._exchange.updates, endpoint._session.introduction.numbers
    changes = updates.numbers
    own.update((changes._number, changes._first, changes._last_sent, changes.acknowledged, *own_of(numbers)))
    own.update(lease.number for lease in server.book.leases.values())
    partner.update((*partner_of(numbers), greatest_received(server.book)))


def _of_messages(server: "Server", octets: bytes) -> Iterator[int]:
    for _, message in frames(octets):
        if (
            isinstance(message, BindingUpdate)
            and not isinstance(message, BindingAck)
            and server.disk.record is not None
        ):
            yield remembered(server.disk.record.start, message.xid)


def _places(numbers: set[int]) -> Places:
    return {number: place for place, number in enumerate(sorted(numbers))}


def _distances(numbers: set[int]) -> tuple[int, ...]:
    starts = sorted({start_of(number) for number in numbers} - {0})
    return tuple([later - earlier for earlier, later in pairwise(starts)])
