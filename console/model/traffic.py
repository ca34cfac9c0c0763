"""What a server says of its clients and of its way to the partner beside the states: parts of its report.

All of it is newer than the rest of the status: what a server does not say is `None`, and nobody guesses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.model.times import instant

LEAD_EDGES = (0, 900, 3600, 14_400, 86_400)
"""Seconds of lead between which a server counts leases; one more class lies beyond the last."""


@dataclass(frozen=True, slots=True)
class Leads:
    """A sample of a pool's leases: how many were looked at, how many get no more than MCLT at their next renewal, and
    all of them by the lead that is left."""

    sampled: int
    limited: int
    classes: tuple[int, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> "Leads | None":
        if raw is None:
            return None
        return cls(int(raw["sampled"]), int(raw["limited"]), tuple(int(each) for each in raw["classes"]))


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay that was heard; `address` is `None` for clients without one."""

    address: str | None
    last: float | None
    clients_5m: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who was heard since the server started: `no_address` are clients that got none because none was left to give."""

    since: float | None
    requests: int
    no_address: int
    relays: tuple[Relay, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> "Traffic | None":
        if raw is None:
            return None
        relays = tuple(
            Relay(each.get("address"), instant(each.get("last")), int(each["clients_5m"])) for each in raw["relays"]
        )
        return cls(instant(raw.get("since")), int(raw["requests"]), int(raw["no_address"]), relays)


@dataclass(frozen=True, slots=True)
class Transport:
    """The last attempt to reach the partner over one transport: connected, failed, overtaken or trying."""

    name: str
    at: float | None
    remote: str
    outcome: str
    error: str | None
    errno: int | None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Transport":
        return cls(
            str(raw["transport"]),
            instant(raw.get("at")),
            str(raw.get("remote") or ""),
            str(raw["outcome"]),
            raw.get("error"),
            raw.get("errno"),
        )


@dataclass(frozen=True, slots=True)
class Updates:
    """Binding updates since the server started."""

    sent: int
    acked: int
    rejected: int
    received: int
    refused: int

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> "Updates | None":
        if raw is None:
            return None
        return cls(*(int(raw[name]) for name in ("sent", "acked", "rejected", "received", "refused")))
