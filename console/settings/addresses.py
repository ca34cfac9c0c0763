"""Addresses and networks as the configuration writes them."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator


def endpoint(text: str) -> tuple[str, int]:
    """The address and port of `ADDRESS:PORT` or `[ADDRESS]:PORT`. Raises ValueError with the accepted form."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("write ADDRESS:PORT")
    return str(ipaddress.ip_address(host.strip("[]"))), int(port)


def _endpoint(text: str) -> str:
    endpoint(text)
    return text


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


Endpoint = Annotated[str, AfterValidator(_endpoint)]
Network = Annotated[str, AfterValidator(_network)]
