"""`GET /api/v1/lease-history`: who had an address at a time, from the lease log (`contract.leases.LeaseHistory`)."""

from collections import deque
from pathlib import Path
from typing import Any

from dhcpserver.runtime.leaselog import begin_of, events_of
from dhcpserver.service.leaseevents import holder, shown

EVENTS = 100
"""Events in an answer at most: the last ones."""


def history(logs: Path, address: str, at: float, count: int) -> dict[str, Any]:
    """Return the answer. It reads the files of the log, so it is for a thread. `count`: rotated files at most."""
    moment = shown(at)
    last = deque((event for event in events_of(logs, address, count) if str(event.get("at")) <= moment), EVENTS)
    return {
        "address": address,
        "at": moment,
        "begins": begin_of(logs, count),
        "holder": holder(last, at),
        "events": list(last),
    }
