"""Addresses in requests."""

from ipaddress import AddressValueError, IPv4Address
from typing import Annotated

from fastapi import Path

from dhcpserver.api.problems import Problem

IPV4 = {"format": "ipv4"}
"""The OpenAPI schema of an address."""

AddressInPath = Annotated[str, Path(json_schema_extra=IPV4)]


def read_address(text: str) -> int:
    """Return an IPv4 address as an unsigned integer. Raises Problem 422."""
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        error = {"field": "address", "seen": text, "expected": "a.b.c.d"}
        raise Problem(422, f"{text!r} is not an IPv4 address", [error]) from None
