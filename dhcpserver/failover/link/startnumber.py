"""Start numbers and binding numbers: how a server finds that its store is an older copy.

A store that was restored from a copy looks like a store after a crash: its server would resume, and give addresses that
it has given already. Only the partner has something newer. So every start has a number, which grows and is stored
before the first CONNECT, and every change of a lease that is sent to the partner has a number, which is stored with the
lease before it is sent, and is the transaction id of the BNDUPD. Each server remembers the partner's last start and the
last number that it received in it, and sends both in the vendor options of CONNECT and CONNECTACK.

    start number     32 bits; a start adds a random amount, so that a second start from one copy has another number
    number           start number and count, 32 bits each, so numbers grow from start to start

A server that receives a number greater than any in its store has been put back. The partner replaces what it remembers
when it receives STATE, which follows after the server has stored its decision.
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
        before: the last one before it, 0 if there was none.
        stored: the greatest number of a change that was stored before this start.
        partner, received: the partner's start number, and the greatest number of an update received in it.
    """

    own: int
    before: int
    stored: int
    partner: int = 0
    received: int = 0

    def put_back(self, start: int | None, number: int | None) -> bool:
        """Return whether the partner has received more from this server than the store has.

        `start`, `number`: what the partner remembers of this server; None or 0 for nothing.
        """
        if not start or not self.before or start == self.own:
            return False
        if not number:
            return start > self.before
        return start > self.before or first_number(start) + number > max(self.stored, first_number(self.before))

    def report(self, start: int | None) -> None:
        """Handle the partner's STATE on a connection; `start` is from its CONNECT or CONNECTACK."""
        if start and start != self.partner:
            self.partner, self.received = start, 0

    def receive(self, number: int) -> None:
        """Handle an update of the partner."""
        if number > self.received:
            self.received = number


def first_number(start: int) -> int:
    """Return the number before the first change of a start."""
    return start << _COUNT_BITS


def start_of(number: int) -> int:
    """Return the start number of a change's number."""
    return number >> _COUNT_BITS


def next_start(before: int, stored: int, step: int) -> int:
    """Return the number of this start. `stored`: the greatest stored number of a change; `step`: 0 to LARGEST_STEP."""
    return min(max(before, start_of(stored)) + 1 + step, LAST_START)
