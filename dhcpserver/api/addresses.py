"""Addresses in requests."""

from ipaddress import AddressValueError, IPv4Address

from dhcpserver.api.problems import Problem


def read_address(text: str) -> int:
    """Return an IPv4 address as an unsigned integer. Raises Problem 422."""
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        error = {"field": "address", "seen": text, "expected": "a.b.c.d"}
        raise Problem(422, f"{text!r} is not an IPv4 address", [error]) from None
