"""DNS changes that follow from leases (RFC 4703), made by the server that changes the lease.

The server that grants a lease adds its records, and the server on which it ends removes them: by a release that it
received, or because it expired there. So the partner cleans up when it is alone. A change from the partner makes none
here. The name of a lease follows from the names that the client sent, which cross the link, and from the configuration,
so both servers have the same one; and a record is removed only if its DHCID is that of the client.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple

from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.keys import LAST_IPV4, Kind, kind_of, text_of
from dhcpserver.leases.lease import ClientNames, Lease, Status
from dhcpserver.service.dns.settings import DnsSettings
from dhcpserver.wire.dhcid import dhcid
from dhcpserver.wire.dhcp6ia import IAKind


class DnsChange(NamedTuple):
    """A record to be added or removed.

    Attributes:
        config: the name of the dns-update-config.
        add: whether it is added.
        reverse: whether it is a PTR record, and not one of the name.
        zone: without a dot at the end, like `name` and `owner`.
        owner: the name of the record: the name of the client, or that of the address.
        name: the name of the client.
        address: its address.
        dhcid: the data of the DHCID record.
    """

    config: str
    add: bool
    reverse: bool
    zone: str
    owner: str
    name: str
    address: str
    dhcid: bytes


class Wishes(NamedTuple):
    """What a client leaves to the server: the records of its name, and those of its address."""

    forward: bool = True
    reverse: bool = True


ALL = Wishes()


class DnsFollower:
    """The changes of one server, taken by the core with each turn."""

    def __init__(self, settings: Mapping[str, DnsSettings]) -> None:
        """`settings`: by the name of the scope or prefix."""
        self._settings = settings
        self._changes: list[DnsChange] = []

    @property
    def active(self) -> bool:
        """Whether any lease has records."""
        return bool(self._settings)

    def granted(self, lease: Lease, wishes: Wishes, before: ClientNames | None) -> None:
        """Add the records of a lease that was granted or extended.

        `before`: the names that the client had; None for a new lease. Records of another name are removed.
        """
        settings = self._of(lease)
        if settings is None or (lease.bootp and not settings.bootp):
            return
        name = self._name(settings, lease, lease.names)
        if before is not None:
            former = self._name(settings, lease, before)
            if former and former != name:
                self._note(settings, lease, former, ALL, add=False)
        if name:
            self._note(settings, lease, name, wishes, add=True)

    def ended(self, lease: Lease) -> None:
        """Remove the records of a lease that ends here. The client must still be in it."""
        settings = self._of(lease)
        name = "" if settings is None else self._name(settings, lease, lease.names)
        if settings is not None and name:
            self._note(settings, lease, name, ALL, add=False)

    def due(self, lease: Lease, partnership: Partnership, now: float) -> None:
        """Let a lease end or be freed, as failover decides; its records end with it."""
        if not self._settings or not _is_bound(lease):
            partnership.due(lease, now)
            return
        others, self._changes = self._changes, []
        self.ended(lease)  # Its client may be forgotten afterwards.
        removals, self._changes = self._changes, others
        partnership.due(lease, now)
        if not _is_bound(lease):
            self._changes += removals

    def take(self) -> list[DnsChange]:
        """Return the changes since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def _of(self, lease: Lease) -> DnsSettings | None:
        """Return the settings; temporary addresses and prefixes have no records."""
        if not self._settings or kind_of(lease.address) is Kind.PREFIX or lease.ia[:1] == bytes((IAKind.TA,)):
            return None
        return self._settings.get(lease.pool.name)

    @staticmethod
    def _name(settings: DnsSettings, lease: Lease, names: ClientNames) -> str:
        return settings.name(names, lease.address, lease.client_id, family=_family(lease))

    def _note(self, settings: DnsSettings, lease: Lease, name: str, wishes: Wishes, *, add: bool) -> None:
        address = text_of(lease.address)
        data = dhcid(lease.client_id, lease.hardware, name, family=_family(lease))
        if settings.forward and wishes.forward:
            self._changes.append(DnsChange(settings.forward, add, False, settings.zone, name, name, address, data))
        if settings.reverse and wishes.reverse:
            owner = ip_address(address).reverse_pointer
            self._changes.append(
                DnsChange(settings.reverse, add, True, settings.reverse_zone, owner, name, address, data)
            )


def _is_bound(lease: Lease) -> bool:
    return lease.status is Status.ACTIVE


def _family(lease: Lease) -> int:
    return 4 if lease.address <= LAST_IPV4 else 6
