"""Which leases to list: every condition must hold, each in the record of either server."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.insight.leases.joined import Clock, JoinedLease, given_alone
from console.model.leases import LeaseFacts

SEPARATORS = re.compile(r"[\s:.,-]")


@dataclass(frozen=True, slots=True)
class LeaseFilter:
    """Conditions; an empty one is none.

    `address`: it begins with this. `mac`, `client_id` and `relay_info`: the octets contain these, in any notation.
    `name`: the host name or the full name contains it. `state`: the word of the server or of the protocol.
    `alone`: given since contact was lost. `differing`: the records contradict each other.
    """

    address: str = ""
    mac: str = ""
    client_id: str = ""
    name: str = ""
    relay_info: str = ""
    state: str = ""
    alone: bool = False
    differing: bool = False

    def matches(self, lease: JoinedLease, clocks: Mapping[str, Clock]) -> bool:
        """Whether every condition holds."""
        if self.address and not lease.address.startswith(self.address):
            return False
        if self.alone and not given_alone(lease, clocks):
            return False
        if self.differing and not lease.differs:
            return False
        records = [each for each in lease.records.values() if each is not None]
        return all(any(holds(each) for each in records) for holds in self._conditions())

    def _conditions(self) -> list[Callable[[LeaseFacts], bool]]:
        found: list[Callable[[LeaseFacts], bool]] = []
        if self.mac:
            found.append(lambda each: octets(self.mac) in octets(_address_part(each.hardware)))
        if self.client_id:
            found.append(lambda each: octets(self.client_id) in octets(each.client_id))
        if self.relay_info:
            found.append(lambda each: octets(self.relay_info) in octets(each.relay_info))
        if self.name:
            wanted = self.name.casefold()
            found.append(lambda each: any(wanted in (name or "").casefold() for name in (each.host_name, each.fqdn)))
        if self.state:
            state = self.state.casefold()
            found.append(lambda each: state in (each.word.casefold(), each.status.casefold()))
        return found


def octets(text: str | None) -> str:
    """The digits of octets, without separators."""
    return SEPARATORS.sub("", text or "").casefold()


def _address_part(hardware: str | None) -> str:
    """The address in `1,6,02:00:00:00:00:01` (type, length, address)."""
    return (hardware or "").rpartition(",")[2]
