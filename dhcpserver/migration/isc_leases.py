"""`dhcpd.leases` of ISC dhcpd: the last entry of an address counts. Its times are in UTC, or seconds after `epoch`."""

from datetime import UTC, datetime
from ipaddress import IPv4Address

from dhcpserver.migration.found import ETHERNET, FOREVER, FoundLease, FoundLeases, Lost
from dhcpserver.migration.isc_syntax import Statement, parse

_HARDWARE = {"ethernet": ETHERNET, "token-ring": 6, "fddi": 8, "infiniband": 32}
_HELD = ("active", "abandoned")


def read(text: str, source: str) -> FoundLeases:
    """Return the leases that are active or abandoned. Raises MigrationError if it is not such a file."""
    found = FoundLeases()
    for each in parse(text, source):
        if each.name != "lease" or each.block is None:
            continue
        try:
            address = IPv4Address(each.arguments[0])
            lease = _lease(address, each.block)
        except (ValueError, IndexError, KeyError, OverflowError) as error:
            found.lost.append(Lost(each.place, f"{each}: {error}"))
            continue
        found.leases.pop(address, None)
        if lease is not None:
            found.leases[address] = lease
    return found


def _lease(address: IPv4Address, block: list[Statement]) -> FoundLease | None:
    state = "active"
    hardware, client_id, host_name = b"", None, ""
    starts, ends = 0.0, FOREVER
    for each in block:
        words = each.arguments
        if each.name == "binding" and words[:1] == ["state"]:
            state = words[1]
        elif each.name == "abandoned":
            state = "abandoned"
        elif each.name == "starts":
            starts = _time(words)
        elif each.name == "ends":
            ends = _time(words)
        elif each.name == "hardware":
            hardware = bytes([_HARDWARE[words[0]]]) + bytes(int(part, 16) for part in words[1].split(":"))
        elif each.name == "uid":
            value = each.words[1]
            client_id = value.octets if value.octets is not None else bytes.fromhex(value.text.replace(":", ""))
        elif each.name == "client-hostname":
            host_name = words[0]
    if state not in _HELD:
        return None
    return FoundLease(address, hardware, client_id, starts, ends, host_name, state == "abandoned")


def _time(words: list[str]) -> float:
    """Return the time of `4 2026/11/26 12:00:00`, `epoch 1700000000` or `never`."""
    if words[:1] == ["never"]:
        return FOREVER
    if words[:1] == ["epoch"]:
        return float(int(words[1]))
    return datetime.strptime(f"{words[1]} {words[2]}", "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
