"""The pools as the lines of a balance in dhcpd's log count them: once at each balance, at least once an hour.

balancing pool 55d3c8 10.1.0.0/16  total 200  free 90  backup 110  lts 10  max-own (+/-)20
balanced pool 55d3c8 10.1.0.0/16  total 200  free 100  backup 100  lts 0  max-misbal 30
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BALANCE = re.compile(
    r"balanc(?:ing|ed) pool (?P<pool>[0-9a-f]{1,16}) (?P<name>\S{1,100})  total (?P<total>\d{1,10})  "
    r"free (?P<free>\d{1,10})  backup (?P<backup>\d{1,10})  "
)
STARTED = "Internet Systems Consortium DHCP Server"
"""In the first line of a start, which gives the pools new numbers."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The last count of one pool. A subnet can have several pools."""

    name: str
    total: int
    free: int
    backup: int


class Balances:
    """The last count of each pool since the server started."""

    def __init__(self) -> None:
        self.found: dict[str, Balance] = {}

    def feed(self, lines: Iterable[str]) -> None:
        """Take the next lines of the log."""
        for line in lines:
            if STARTED in line:
                self.found.clear()
                continue
            found = _BALANCE.search(line)
            if found is not None:
                counts = (int(found[name]) for name in ("total", "free", "backup"))
                self.found[found["pool"]] = Balance(found["name"], *counts)
