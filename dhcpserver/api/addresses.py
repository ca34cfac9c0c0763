"""Addresses in requests."""

from typing import Annotated

from fastapi import Path
from starlette.convertors import StringConvertor, register_url_convertor

from dhcpserver.api.problems import Problem
from dhcpserver.leases.keys import read_key

ADDRESS = {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
"""The OpenAPI schema of an address of either family; a delegated prefix is accepted too."""


class LeaseConvertor(StringConvertor):
    """What is leased, in a path: an address, or a prefix with its length, which is after a slash."""

    regex = "[^/]+(?:/[0-9]{1,3})?"


register_url_convertor("lease", LeaseConvertor())

AddressInPath = Annotated[str, Path(json_schema_extra=ADDRESS)]


def read_address(text: str) -> int:
    """Return the key of an address or a prefix (`dhcpserver.leases.keys`). Raises Problem 422."""
    try:
        return read_key(text)
    except ValueError:
        error = {"field": "address", "seen": text, "expected": "a.b.c.d, a:b::c or a:b::/length"}
        raise Problem(422, f"{text!r} is not an address", [error]) from None
