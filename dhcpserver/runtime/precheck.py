"""A check before the start: what a client would get, at the listeners of a correct configuration.

Nothing is opened or bound, so it can run beside the server. An interface of the configuration is asked for its address.
"""

import re
import socket
from ipaddress import IPv4Address
from typing import NamedTuple

from dhcpserver import VERSION
from dhcpserver.config.classes.listener import Listener
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import option_table
from dhcpserver.config.values import client_id, hardware, relay_octets
from dhcpserver.runtime.listeners import name_of
from dhcpserver.runtime.sockets import interface_address
from dhcpserver.service.query import Arrival
from dhcpserver.service.rehearsal import ImaginedClient, alone, rehearse


class QuestionError(ValueError):
    """The client of the question cannot be; the text has the value and the right form."""


class Asked(NamedTuple):
    """The client of the question, as an operator wrote it; `client` is its hardware address, None for no question."""

    client: str | None = None
    client_id: str | None = None
    relay: str | None = None
    vendor_class: str | None = None
    options: str | None = None
    circuit_id: str | None = None
    remote_id: str | None = None


class Report(NamedTuple):
    """Lines to print; `served` is False if the client of the question would get no address."""

    lines: tuple[str, ...]
    served: bool


def precheck(configuration: Configuration, asked: Asked | None, now: float) -> Report:
    """Return what a client would get at each listener where it can be. Raises QuestionError."""
    alone(configuration, VERSION)
    client = None if asked is None else imagined(configuration, asked)
    if client is None:
        return Report((), True)
    lines: list[str] = []
    served = False
    for index, listener in enumerate(configuration.listener):
        if not client.relay and listener.interface is None:
            continue
        place = f"{name_of(listener)}:"
        arrival = _arrival(index, listener)
        if arrival is None:
            lines += [place, "  unknown: the interface is not there, or has no IPv4 address"]
            continue
        answer = rehearse(configuration, client, arrival, now, VERSION)
        served = served or answer.address is not None
        lines += [place, *(f"  {line}" for line in answer.lines)]
    if not lines:
        lines.append("address: none, no listener has an interface for clients without a relay: use --relay")
    return Report(tuple(lines), served)


def imagined(configuration: Configuration, asked: Asked) -> ImaginedClient | None:
    """Return the client of the question, None without one. Raises QuestionError."""
    if asked.client is None:
        if any(asked):
            raise QuestionError("a client of --check needs its hardware address, --client")
        return None
    table = option_table(configuration)
    try:
        address = hardware(asked.client)
        identifier = None if asked.client_id is None else bytes.fromhex(client_id(asked.client_id).replace(":", ""))
        relay = 0 if asked.relay is None else int(IPv4Address(asked.relay))
        wanted = [each for each in re.split(r"[,\s]+", asked.options or "") if each]
        circuit, remote = (None if each is None else relay_octets(each) for each in (asked.circuit_id, asked.remote_id))
        requested = tuple(dict.fromkeys(table.find(each).code for each in wanted))
    except ValueError as error:
        raise QuestionError(str(error)) from None
    assert isinstance(address, bytes)
    assert circuit is None or isinstance(circuit, bytes)
    assert remote is None or isinstance(remote, bytes)
    vendor_class = None if asked.vendor_class is None else asked.vendor_class.encode()
    return ImaginedClient(address, identifier, relay, vendor_class, requested, circuit, remote)


def _arrival(index: int, listener: Listener) -> Arrival | None:
    """Return where a packet of the listener arrives, None if its interface has no address at present."""
    address = listener.address
    if address is None:
        assert listener.interface is not None
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                address = interface_address(sock, listener.interface)
        except OSError:
            return None
    return Arrival(index, int(address), listener.interface is not None, trusted=listener.trust_relay_info)
