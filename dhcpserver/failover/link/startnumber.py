"""Start numbers and binding numbers: how a server finds that its store is an older copy.

A store that was restored from a copy looks like a store after a crash: its server would resume, and give addresses that
it has given already. Only the partner has something newer. So every start has a number, which grows and is stored
before the first CONNECT, and every change of a lease that is sent to the partner has a number, which is stored with the
lease before it is sent, and is the transaction id of the BNDUPD.

    start number     32 bits; a start adds a random amount, so that a second start from one copy has another number
    number           start number and count, 32 bits each, so numbers grow from start to start

Updates are sent in the order of their numbers; one that is sent again gets a new number. So a lease whose last number
is not greater than one that the partner received is either in the partner's store, or still marked.

Each server remembers the partner's last start, and two numbers of updates in it, and sends them in the vendor options
of CONNECT and CONNECTACK:

    received     the greatest number that arrived: a server that sent less than that, by its own store, was put back
    complete     no update up to this number is missing in the store: the partner sends again what has a greater number

A server that only acknowledged since the copy was made has sent nothing that its store lacks. So a server remembers
which of its numbers the partner acknowledged, and reports to a partner that has received less (`state.copies`).

The number of an update is stored with its lease, in the same transaction, and later with the failover state. After a
start, `received` is the greater of the two and `complete` the smaller, because a crash, or a copy that was not made at
one moment, can leave one of the files older than the other. The partner replaces what it remembers when it receives
STATE, which follows after the server has stored its decision.
"""

from dataclasses import dataclass

LARGEST_STEP = 1 << 12
_COUNT_BITS = 32
LAST = (1 << _COUNT_BITS) - 1
LAST_START = (1 << 31) - 1
"""The store has signed numbers of 64 bits."""


@dataclass(slots=True)
class StartNumbers:
    """The numbers of one endpoint.

    Attributes:
        own: this start's.
        contact: the last one before it in which the partner was reached, 0 if there was none.
        stored: the greatest number of a change that was stored when that one had ended.
        partner: the partner's start number.
        received, complete: the two numbers of its updates in that start; see above.
    """

    own: int
    contact: int
    stored: int
    partner: int = 0
    received: int = 0
    complete: int = 0

    def remember(self, start: int, number: int, last: int) -> None:
        """Use what is stored of the partner: its start and a number in the failover state, and `last` in the leases.

        A store of an earlier version has no numbers in the leases.
        """
        self.partner, self.received, self.complete = start, number, number
        if start_of(last) == start and start:
            of_leases = last - first_number(start)
            self.received, self.complete = max(number, of_leases), min(number, of_leases)
        elif start_of(last) > start:
            self.partner, self.received, self.complete = start_of(last), last & LAST, 0

    def put_back(self, start: int | None, number: int | None) -> bool:
        """Return whether the partner has received more from this server than the store has.

        `start`, `number`: the last that the partner received from this server; None or 0 for nothing.
        """
        if not start or not self.contact or start == self.own:
            return False
        if not number:
            return start > self.contact
        return start > self.contact or first_number(start) + number > max(self.stored, first_number(self.contact))

    def report(self, start: int | None) -> None:
        """Handle the partner's STATE on a connection; `start` is from its CONNECT or CONNECTACK."""
        if start and start != self.partner:
            self.partner, self.received, self.complete = start, 0, 0

    def receive(self, number: int) -> None:
        """Handle an update of the partner."""
        if number > self.complete:
            self.complete = number
            if number > self.received:
                self.received = number


def first_number(start: int) -> int:
    """Return the number before the first change of a start."""
    return start << _COUNT_BITS


def start_of(number: int) -> int:
    """Return the start number of a change's number."""
    return number >> _COUNT_BITS


def last_contact(start: int, contact: tuple[int, int], stored: int) -> tuple[int, int]:
    """Return the last start with contact, and the greatest number of a change that was stored when it had ended.

    `start`, `contact`: of the record, of the start before this one; `stored`: the greatest number in the leases now.
    Changes of later starts, without contact, have greater numbers, of which the partner cannot remember any.
    """
    if contact[0] and contact[0] != start:
        return contact
    return start, min(max(stored - first_number(start), 0), LAST)


def next_start(before: int, stored: int, step: int) -> int:
    """Return the number of this start. `stored`: the greatest stored number of a change; `step`: 0 to LARGEST_STEP."""
    return min(max(before, start_of(stored)) + 1 + step, LAST_START)
