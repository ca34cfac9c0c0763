"""`netsh dhcp server dump` of Windows Server: one command in each line."""

import shlex
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from dhcpserver.migration.found import (
    Found,
    FoundOption,
    FoundReservation,
    FoundScope,
    LeaseTimes,
    MigrationError,
    Value,
)

_LEASE_TIME = 51
_NUMBERS = ("byte", "word", "dword")


def read(text: str, source: str) -> Found:
    """Return what a dump has. Raises MigrationError if it is not one."""
    found = Found()
    scopes: dict[str, FoundScope] = {}
    excluded: list[tuple[FoundScope, IPv4Address, IPv4Address]] = []
    commands = 0
    for number, words in _commands(text, source, found):
        commands += 1
        place = f"{source}:{number}"
        try:
            if words[0] == "scope" and words[1] in scopes:
                _of_scope(found, scopes[words[1]], words[2:], place, excluded)
            elif words[:2] == ["add", "scope"]:
                subnet = IPv4Network((words[2], words[3]))
                scopes[words[2]] = FoundScope(words[4] if len(words) > 4 else words[2], subnet, place)
            elif words[:2] == ["set", "optionvalue"]:
                _set_option(found, found, words[2:], place)
            else:
                found.lose(place, f"{' '.join(words)}: it has no counterpart that is carried over")
        except (ValueError, IndexError) as error:
            found.lose(place, f"{' '.join(words)}: {error}")
    if not commands:
        raise MigrationError(f"{source}: no line begins with 'Dhcp Server': it is not a dump of netsh")
    found.scopes = list(scopes.values())
    for scope, first, last in excluded:
        scope.ranges = list(without(scope.ranges, first, last))
    return found


def _commands(text: str, source: str, found: Found) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each command after the name of the server; key words in small letters."""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped.lower().startswith("dhcp server "):
            continue
        try:
            words = shlex.split(stripped.replace("\\", "\\\\"), posix=True)[2:]
        except ValueError as error:
            found.lose(f"{source}:{number}", f"{stripped}: {error}")
            continue
        if words and words[0].startswith("\\"):
            words = words[1:]
        if words:
            if words[0].lower() == "v6":
                found.lose(f"{source}:{number}", f"{stripped}: DHCPv6")
                continue
            yield number, [*(word.lower() for word in words[:2]), *_lower_command(words[2:])]


def _lower_command(words: list[str]) -> list[str]:
    return [*(word.lower() for word in words[:2]), *words[2:]]


def _of_scope(
    found: Found,
    scope: FoundScope,
    words: list[str],
    place: str,
    excluded: list[tuple[FoundScope, IPv4Address, IPv4Address]],
) -> None:
    match words[:2]:
        case ["add", "iprange"]:
            scope.ranges.append((IPv4Address(words[2]), IPv4Address(words[3])))
        case ["add", "excluderange"]:
            excluded.append((scope, IPv4Address(words[2]), IPv4Address(words[3])))
        case ["add", "reservedip"]:
            scope.reservations.append(reservation(words[2], words[3], place))
        case ["set", "state"]:
            scope.active = words[2] in ("1", "2")
        case ["set", "optionvalue"]:
            _set_option(found, scope, words[2:], place)
        case ["set", "reservedoptionvalue"]:
            address = IPv4Address(words[2])
            own = next((each for each in scope.reservations if each.address == address), None)
            if own is None:
                raise ValueError("a reservation that is not there")
            own.options.append(FoundOption(int(words[3]), _value(words[4], words[5:]), place))
        case _:
            found.lose(place, f"scope {scope.subnet}: {' '.join(words)}: it has no counterpart that is carried over")


def reservation(address: str, client: str, place: str) -> FoundReservation:
    """Return a reservation: by hardware address if the client has six octets, since Windows has one form for both."""
    digits = client.replace("-", "").replace(":", "").lower()
    octets = bytes.fromhex(digits)
    if len(octets) == 6:
        return FoundReservation(IPv4Address(address), place, mac=octets.hex(":"))
    return FoundReservation(IPv4Address(address), place, client_id=digits)


def _set_option(found: Found, target: Found | FoundScope, words: list[str], place: str) -> None:
    code = int(words[0])
    if any(each.lower().startswith(("vendor=", "user=")) for each in words):
        found.lose(place, f"option {' '.join(words)}: it is for a class")
        return
    value = _value(words[1], words[2:])
    if code == _LEASE_TIME and isinstance(value, int):
        target.times = LeaseTimes(value)
    else:
        target.options.append(FoundOption(code, value, place))


def _value(kind: str, words: list[str]) -> Value:
    """Return a value by its Windows type."""
    kind = kind.lower()
    if kind in _NUMBERS:
        numbers = [int(each, 0) for each in words]
        return numbers if len(numbers) != 1 else numbers[0]
    if kind in ("binary", "encapsulated"):
        return "hex:" + "".join(words)
    return words if len(words) != 1 else words[0]


def without(
    ranges: list[tuple[IPv4Address, IPv4Address]], first: IPv4Address, last: IPv4Address
) -> Iterator[tuple[IPv4Address, IPv4Address]]:
    """Yield the ranges without the addresses from `first` to `last`."""
    for begin, end in ranges:
        if last < begin or first > end:
            yield begin, end
            continue
        if begin < first:
            yield begin, first - 1
        if last < end:
            yield last + 1, end
