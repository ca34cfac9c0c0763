"""`dhcp getRelatedServers`: the partner of each pair, from the status of a server (R-236)."""

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS: tuple[tuple[str, str], ...] = (
    ("pair", "name"),
    ("type", "type"),
    ("partner", "partner_name"),
    ("address", "address"),
    ("role", "role"),
    ("state", "state"),
    ("partner-state", "partner_state"),
    ("communications", "communications"),
)
"""The columns of the table, and the fields of the status that they have."""
UNKNOWN = "--"


def table(status: Mapping[str, Any], separator: str = "") -> list[str]:
    """Return a row for each pair. With a separator the columns are divided by it, else they are aligned."""
    rows = [[heading for heading, _ in COLUMNS]]
    for pair in _pairs(status):
        values = {**pair, "type": "failover", "address": _address(pair)}
        rows.append([shown(values.get(field)) for _, field in COLUMNS])
    if separator:
        return [separator.join(row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _address(pair: Mapping[str, Any]) -> object:
    """Return the partner's address: of the connection, else of the last attempts to connect."""
    attempts = pair.get("transports")
    for each in (pair.get("link"), *(attempts if isinstance(attempts, list) else ())):
        if isinstance(each, Mapping) and each.get("remote"):
            return str(each["remote"]).rpartition(":")[0] or each["remote"]
    return None


def full(status: Mapping[str, Any]) -> list[str]:
    """Return every field of every pair as `attribute = value`."""
    lines = []
    for pair in _pairs(status):
        lines += [f"{field.replace('_', '-')} = {shown(value)}" for field, value in pair.items() if field not in _LONG]
    return lines


_LONG = frozenset(("pools", "transitions", "traffic"))
"""Fields with commands or screens of their own."""


def _pairs(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    pairs = status.get("pairs")
    return [each for each in pairs if isinstance(each, Mapping)] if isinstance(pairs, list) else []


def shown(value: object) -> str:
    """Return a value of the status; what was not reported is `--`."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return " ".join(f"{key}={shown(each)}" for key, each in value.items()) or UNKNOWN
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(shown(each) for each in value) or UNKNOWN
    return str(value)
