"""The lease file of Kea's memfile backend (`kea-leases4.csv`): the last line of an address counts."""

import csv
import io
from ipaddress import IPv4Address

from dhcpserver.migration.found import ETHERNET, FOREVER, FoundLease, FoundLeases, Lost, MigrationError

_ASSIGNED, _DECLINED = 0, 1
_INFINITE = 0xFFFFFFFF
_COLUMNS = ("address", "hwaddr", "client_id", "valid_lifetime", "expire", "hostname", "state")


def read(text: str, source: str) -> FoundLeases:
    """Return the leases that are assigned or declined. Raises MigrationError if it is not such a file."""
    found = FoundLeases()
    csv.field_size_limit(1 << 20)
    rows = csv.DictReader(io.StringIO(text))
    try:
        missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    except csv.Error as error:
        raise MigrationError(f"{source}:1: {error}") from error
    if missing:
        raise MigrationError(f"{source}:1: no column {missing[0]}: a lease file of Kea 1.0 or later begins with names")
    try:
        for row in rows:
            place = f"{source}:{rows.line_num}"
            try:
                address = IPv4Address(row["address"])
                lease = _lease(address, row)
            except (ValueError, TypeError, AttributeError) as error:
                found.lost.append(Lost(place, f"not a lease: {error}"))
                continue
            found.leases.pop(address, None)
            if lease is not None:
                found.leases[address] = lease
    except csv.Error as error:
        raise MigrationError(f"{source}:{rows.line_num}: {error}") from error
    return found


def _lease(address: IPv4Address, row: dict[str, str]) -> FoundLease | None:
    state, lifetime, expire = int(row["state"]), int(row["valid_lifetime"]), int(row["expire"])
    if state not in (_ASSIGNED, _DECLINED) or lifetime == 0:
        return None
    hardware = bytes.fromhex(row["hwaddr"].replace(":", ""))
    client_id = bytes.fromhex(row["client_id"].replace(":", "")) or None
    forever = lifetime == _INFINITE
    return FoundLease(
        address,
        bytes([ETHERNET]) + hardware if hardware else b"",
        client_id,
        float(expire - lifetime) if not forever else 0.0,
        FOREVER if forever else float(expire),
        row["hostname"].replace("&#x2c", ",").rstrip("."),
        state == _DECLINED,
    )
