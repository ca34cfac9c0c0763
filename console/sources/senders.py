"""Whose a trap is, and which event of the configuration: from its addresses, its values and its OID."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.makes.settings import source_network
from console.model.picture import Severity
from console.settings.document import Settings
from console.settings.traps import EventSettings

BELOW = ".*"


@dataclass(frozen=True, slots=True)
class Sender:
    """The pair, the server and the device of a trap; each empty where it is not known."""

    pair: str
    server: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the configuration, as it is observed."""

    name: str
    severity: str
    clears: bool
    text: str


UNKNOWN = (Sender(""),)


class Senders:
    """The senders of a trap, by address; by the name of the pair where the address is unknown.

    `by_source`: addresses or networks with the pair and the server. `devices`: the same with all pairs of a device.
    """

    def __init__(
        self,
        by_source: Mapping[str, tuple[str, str]],
        pairs: Iterable[str],
        devices: Mapping[str, Sequence[Sender]] | None = None,
        events: Sequence[EventSettings] = (),
    ) -> None:
        found: dict[str, tuple[Sender, ...]] = {key: (Sender(*value),) for key, value in by_source.items()}
        for key, senders in (devices or {}).items():
            found[key] = (*found.get(key, ()), *senders)
        self._by_address = {key: value for key, value in found.items() if "/" not in key}
        networks = [(ipaddress.ip_network(key), value) for key, value in found.items() if "/" in key]
        self._networks = sorted(networks, key=lambda each: -each[0].prefixlen)
        self._pairs = frozenset(pairs)
        self._events = tuple(events)

    @classmethod
    def configured(cls, settings: Settings) -> "Senders":
        known = {
            source: (pair.name, server.name)
            for pair in settings.pair
            for server in pair.server
            for source in server.trap_sources
        }
        devices: dict[str, list[Sender]] = {}
        for each in settings.traps.device:
            for source in each.sources:
                devices.setdefault(source, []).extend(Sender(pair, "", each.name) for pair in each.pairs)
        return cls(known, (pair.name for pair in settings.pair), devices, settings.traps.event)

    def senders_of(self, source: str, agent: str | None, named_pair: str | None) -> Sequence[Sender]:
        """The senders of a trap: one, or one for each pair of a device. Without any, one that is not known."""
        for address in (agent, source):
            found = None if address is None else self._at(address)
            if found:
                return found
        if named_pair is not None and named_pair in self._pairs:
            return (Sender(named_pair),)
        return UNKNOWN

    def event_of(self, name: str, oid: str, varbinds: Mapping[str, str]) -> Event | None:
        """The event that the configuration makes of a trap."""
        for each in self._events:
            clears = each.clear is not None and _is(each.clear, name, oid)
            if clears or _is(each.trap, name, oid):
                key = "/".join((each.name, *(varbinds[one] for one in each.per if one in varbinds)))
                return Event(key, str(Severity(each.severity)), clears, each.text)
        return None

    def _at(self, text: str) -> Sequence[Sender] | None:
        try:
            key = source_network(text)
        except ValueError:
            return None
        if key in self._by_address:
            return self._by_address[key]
        address = ipaddress.ip_address(key)
        return next((found for network, found in self._networks if address in network), None)


def _is(wanted: str, name: str, oid: str) -> bool:
    if wanted.endswith(BELOW):
        return oid.startswith(wanted.removesuffix("*"))
    return wanted in (name, oid)
