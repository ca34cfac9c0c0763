"""Who had which address when: the leases that a turn has changed, as events for the lease log.

A lease is stored again when the partner acknowledges it, when an address moves between the partners, and so on. An
event is only what a client notices, or what ends its right to the address.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from dhcpserver.leases.keys import text_of
from dhcpserver.leases.lease import FOREVER, Lease, Status

WORDS = {
    Status.ACTIVE: "leased",
    Status.EXPIRED: "expired",
    Status.RELEASED: "released",
    Status.ABANDONED: "declined",
    Status.RESET: "reset",
}
"""The word of each event. FREE and BACKUP are none: the lease has ended before."""

State = tuple[Status, bytes | None, int]
"""Status, client and end of a lease."""

REMEMBERED = 4096
"""Addresses whose last event is remembered, so that the same one is not written twice in a row."""


class LeaseEvents:
    """Makes events of changed leases."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[int, State] = {}

    def of(self, changes: Iterable[Lease], now: float) -> list[dict[str, Any]]:
        """Return the events of the leases that a turn at `now` has changed."""
        found = []
        for lease in changes:
            word = WORDS.get(lease.status)
            if word is None:
                continue
            state = (lease.status, lease.key, lease.state_exp)
            before = self._last.pop(lease.address, None)
            self._last[lease.address] = state
            if len(self._last) > REMEMBERED:
                del self._last[next(iter(self._last))]
            if before == state:
                continue
            if lease.status is Status.ACTIVE and (_went_on(before, state) or lease.cltt > lease.sos):
                word = "extended"  # Its client was here after the lease had begun.
            found.append(_event(lease, word, now))
        return found


def _went_on(before: State | None, state: State) -> bool:
    """Whether the last event of the address was of the same client and status."""
    return before is not None and before[:2] == state[:2]


def _event(lease: Lease, word: str, now: float) -> dict[str, Any]:
    hardware = lease.hardware
    return {
        "at": shown(now),
        "event": word,
        "address": text_of(lease.address),
        "scope": lease.pool.name,
        "hardware": f"{hardware[0]},{len(hardware) - 1},{hardware[1:].hex(':')}" if hardware else None,
        "client_id": None if lease.client_id is None else lease.client_id.hex(":"),
        "host_name": lease.names.host_name or lease.names.fqdn or None,
        "relay_agent_info": None if lease.relay_info is None else lease.relay_info.hex(":"),
        "until": "never" if lease.state_exp == FOREVER else shown(lease.state_exp),
    }


def shown(time: float) -> str:
    """Return a time in RFC 3339, in UTC to the second. Two of them compare as the times do."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def holder(events: Iterable[dict[str, Any]], at: float) -> dict[str, Any] | None:
    """Return the event by which a client had an address at a time, from the events of that address in order of time.

    None: no client had it then, as far as these events show.
    """
    moment = shown(at)
    last = None
    for event in events:
        if event["at"] > moment:
            break
        last = event
    if last is None or last["event"] not in ("leased", "extended"):
        return None
    return last if last["until"] == "never" or last["until"] > moment else None
