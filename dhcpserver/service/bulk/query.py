"""What the queries of both families have in common: a query is answered in steps of bounded work."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from dhcpserver.leases.pool import Pool

RECORDS_PER_STEP: Final = 200
"""Addresses and leases that one step looks at."""
OCTETS_PER_STEP: Final = 32_768
"""Octets of answers after which a step ends."""


class BulkQuery(Protocol):
    """One query.

    Attributes:
        done: whether the last message of the answer was returned.
    """

    done: bool

    def step(self, now: float) -> list[bytes]:
        """Return the next messages of the answer, which can be none before it is done."""

    def terminate(self) -> list[bytes]:
        """Return the messages that end an answer that is not complete."""


def all_keys(pools: Sequence[Pool]) -> Iterator[int]:
    """Iterate over the keys of pools that can have a record, while records are added between two steps.

    For IPv4 that is every address of a pool; of the other ones, what has a record.
    """
    for pool in pools:
        keys = pool.in_order()
        place = 0
        while place < len(keys):
            yield keys[place]
            place += 1
