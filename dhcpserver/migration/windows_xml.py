"""`Export-DhcpServer` of Windows Server: one XML document with the configuration, and with the leases if asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from xml.etree import ElementTree

from dhcpserver.migration.found import (
    ETHERNET,
    FOREVER,
    Found,
    FoundLease,
    FoundLeases,
    FoundOption,
    FoundReservation,
    FoundScope,
    LeaseTimes,
    Lost,
    MigrationError,
)
from dhcpserver.migration.windows_netsh import reservation, without

_SPAN = re.compile(r"(?:(\d+)\.)?(\d+):(\d+):(\d+)")
_LEASE_TIME = 51
_HELD = {"active": False, "activereservation": False, "declined": True}
Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class Export:
    """Both parts of a document."""

    found: Found
    leases: FoundLeases


def read(text: str, source: str, now: float) -> Export:
    """Return configuration and leases. Raises MigrationError if it is not such a document.

    `now`: the start of the leases, which the document does not have.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MigrationError(f"{source}: it defines a document type, which an export does not")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise MigrationError(f"{source}: {error}") from error
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    top = root.find("IPv4")
    if top is None:
        raise MigrationError(f"{source}: it has no IPv4: it is not an export of a DHCP server")
    export = Export(Found(), FoundLeases())
    for option in _children(top, "OptionValues"):
        _set_option(export.found, export.found, option, source)
    for each in _children(top, "Scopes"):
        place = f"{source}: scope {_text(each, 'ScopeId')}"
        try:
            _scope(export, each, place, now)
        except ValueError as error:
            export.found.lose(place, f"{error}; with everything in it")
    for name in ("Filters", "Policies", "Classes", "OptionDefinitions", "Superscopes", "MulticastScopes", "Failovers"):
        if len(list(_children(top, name))):
            export.found.lose(f"{source}: {name}", "it has no counterpart that is carried over")
    if root.find("IPv6") is not None:
        export.found.lose(f"{source}: IPv6", "DHCPv6 is not carried over")
    return export


def _scope(export: Export, element: Element, place: str, now: float) -> None:
    subnet = IPv4Network((_text(element, "ScopeId"), _text(element, "SubnetMask")))
    scope = FoundScope(_text(element, "Name") or str(subnet), subnet, place)
    scope.active = _text(element, "State").lower() != "inactive"
    scope.times = LeaseTimes(_seconds(_text(element, "LeaseDuration")))
    first, last = _text(element, "StartRange"), _text(element, "EndRange")
    if first and last:
        scope.ranges = [(IPv4Address(first), IPv4Address(last))]
    for each in _children(element, "ExclusionRanges"):
        begin, end = IPv4Address(_text(each, "StartRange")), IPv4Address(_text(each, "EndRange"))
        scope.ranges = list(without(scope.ranges, begin, end))
    for each in _children(element, "OptionValues"):
        _set_option(export.found, scope, each, place)
    for each in _children(element, "Reservations"):
        try:
            own = reservation(_text(each, "IPAddress"), _text(each, "ClientId"), place)
        except ValueError as error:
            export.found.lose(place, f"reservation {_text(each, 'IPAddress')}: {error}")
            continue
        for option in _children(each, "OptionValues"):
            _set_option(export.found, own, option, place)
        scope.reservations.append(own)
    for name in ("Policies", "Delay"):
        if len(list(_children(element, name))):
            export.found.lose(place, f"{name}: it has no counterpart that is carried over")
    export.found.scopes.append(scope)
    for each in _children(element, "Leases"):
        try:
            lease = _lease(each, now)
        except ValueError as error:
            export.leases.lost.append(Lost(place, f"lease {_text(each, 'IPAddress')}: {error}"))
            continue
        if lease is not None:
            export.leases.leases[lease.address] = lease


def _lease(element: Element, now: float) -> FoundLease | None:
    declined = _HELD.get(_text(element, "AddressState").lower())
    if declined is None:
        return None
    client = bytes.fromhex(_text(element, "ClientId").replace("-", ""))
    expires = _text(element, "LeaseExpiryTime")
    ends = FOREVER
    if expires:
        when = datetime.fromisoformat(expires.replace(" UTC", "Z").strip())
        ends = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    address = IPv4Address(_text(element, "IPAddress"))
    host = _text(element, "HostName").rstrip(".")
    # Windows has the hardware address as the identifier of clients that sent none.
    if len(client) == 6:
        return FoundLease(address, bytes([ETHERNET]) + client, None, now, ends, host, declined)
    return FoundLease(address, b"", client or None, now, ends, host, declined)


def _set_option(found: Found, target: Found | FoundScope | FoundReservation, element: Element, place: str) -> None:
    code = _text(element, "OptionId")
    values = [(each.text or "").strip() for each in element.findall("Value")]
    if _text(element, "VendorClass") or _text(element, "UserClass"):
        found.lose(place, f"option {code}: it is for a class")
        return
    if not code.isdigit() or not values:
        found.lose(place, f"option {code}: it has no number or no value")
        return
    if int(code) == _LEASE_TIME and not isinstance(target, FoundReservation) and values[0].isdigit():
        target.times = LeaseTimes(int(values[0]))
        return
    several = [_number(each) for each in values]
    if all(isinstance(each, int) for each in several) and any(each.startswith("0x") for each in values):
        numbers = [each for each in several if isinstance(each, int)]
        target.options.append(FoundOption(int(code), numbers if len(numbers) > 1 else numbers[0], place))
    else:
        target.options.append(FoundOption(int(code), values if len(values) > 1 else values[0], place))


def _number(text: str) -> int | str:
    try:
        return int(text, 16) if text.startswith("0x") else text
    except ValueError:
        return text


def _children(element: Element, name: str) -> Iterator[Element]:
    found = element.find(name)
    return iter(()) if found is None else iter(found)


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _seconds(text: str) -> int | None:
    """Return the seconds of `8.00:00:00`; None for any other text."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
