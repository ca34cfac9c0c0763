"""What a client would get: a DISCOVER and a REQUEST through a core of its own, without leases, store or partner.

The answers are those of the server's own code, so a rehearsal cannot differ from what the server does. It differs from
a running server in what that has learnt: other clients have no leases here, and a lease of a pair is limited by MCLT at
first.

Pure: the caller has the time and the address of the listener.
"""

import random
from dataclasses import dataclass
from ipaddress import IPv4Address

from dhcpserver.config.objects import Configuration
from dhcpserver.service.core import Core
from dhcpserver.service.query import Arrival, Query
from dhcpserver.service.turn import Inputs, Moment, Outputs
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import BROADCAST_FLAG, Packet, encode, parse
from dhcpserver.wire.options4 import MessageType
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.table import OptionTable

_BOOTREQUEST = 1
_XID = 1
_SNAME, _FILE, _COOKIE, _OPTIONS = 44, 108, 236, 240
"""Where the fields of a message begin (RFC 2131 figure 1)."""
_SHOWN_APART = frozenset(
    {options4.MESSAGE_TYPE, options4.SERVER_IDENTIFIER, options4.LEASE_TIME, options4.CLIENT_IDENTIFIER}
)
_WAITS = 8
"""Turns until an offer that waits for a probe is there; one is enough."""


@dataclass(frozen=True, slots=True)
class ImaginedClient:
    """The client of a rehearsal.

    Attributes:
        hardware: htype octet and hardware address.
        client_id: option 61, None without one.
        relay: giaddr, 0 without a relay.
        vendor_class: option 60, None without one.
        requested: the numbers of option 55; empty without one.
        circuit_id, remote_id: sub-options of option 82, None without them.
    """

    hardware: bytes
    client_id: bytes | None = None
    relay: int = 0
    vendor_class: bytes | None = None
    requested: tuple[int, ...] = ()
    circuit_id: bytes | None = None
    remote_id: bytes | None = None

    def message(self, kind: MessageType, *options: tuple[int, bytes]) -> bytes:
        """Return a message of this client."""
        address = self.hardware[1:]
        packet = Packet(
            _BOOTREQUEST, self.hardware[0], len(address), 0, _XID, 0, BROADCAST_FLAG, 0, 0, 0, self.relay, address, {}
        )
        sent = [(options4.MESSAGE_TYPE, bytes((kind,))), *options]
        if self.client_id is not None:
            sent.append((options4.CLIENT_IDENTIFIER, self.client_id))
        if self.vendor_class is not None:
            sent.append((options4.VENDOR_CLASS, self.vendor_class))
        if self.requested:
            sent.append((options4.PARAMETER_REQUEST_LIST, bytes(self.requested)))
        port = ((options4.CIRCUIT_ID, self.circuit_id), (options4.REMOTE_ID, self.remote_id))
        relay_info = options4.pack((code, value) for code, value in port if value is not None)
        if relay_info:
            sent.append((options4.RELAY_AGENT_INFORMATION, relay_info))
        return encode(packet, sent)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result of a rehearsal.

    Attributes:
        address: the acknowledged address, None if there is none.
        lines: the result as text, a line each.
    """

    address: IPv4Address | None
    lines: tuple[str, ...]


def alone(configuration: Configuration, version: str) -> Core:
    """Return a core of the configuration without a partner, so that it answers at once."""
    return Core(configuration.model_copy(update={"failover_pair": ()}), bytes(16), version)


def rehearse(
    configuration: Configuration, client: ImaginedClient, arrival: Arrival, now: float, version: str = ""
) -> Rehearsal:
    """Return what the server would tell the client at this listener."""
    core = alone(configuration, version)
    core.start(None, Moment(now, now), random.Random(1))
    discover = client.message(MessageType.DISCOVER)
    network = Query(parse(discover), arrival).network(core.plan)
    lines: list[str] = []
    if network is not None:
        lines.append("network: " + ", ".join(f"{plan.subnet} (scope {plan.pool.name})" for plan in network.pools))
    outputs = core.turn(Moment(now, now), Inputs([(discover, arrival)]))
    said = [line.text for line in outputs.lines]
    if outputs.probes:
        lines.append(f"probe: {IPv4Address(outputs.probes[0])} is probed before it is offered (ping-clients)")
    for _ in range(_WAITS):
        due = core.deadline()
        if outputs.replies or not core.probing.next_deadline() or due is None:
            break
        now = max(now, due)
        outputs = core.turn(Moment(now, now), Inputs())
    if not outputs.replies:
        return _refused(core, lines, said)
    offer = parse(outputs.replies[0].octets)
    chosen = (
        (options4.REQUESTED_ADDRESS, offer.yiaddr.to_bytes(4, "big")),
        (options4.SERVER_IDENTIFIER, offer.options[options4.SERVER_IDENTIFIER]),
    )
    outputs = core.turn(Moment(now, now), Inputs([(client.message(MessageType.REQUEST, *chosen), arrival)]))
    if not outputs.replies:
        return _refused(core, lines, said)
    answer = _granted(core, client, lines, outputs)
    pair = next((each for each in configuration.failover_pair if each.failover), None)
    if pair is None or answer.address is None:
        return answer
    return Rehearsal(
        answer.address, (*answer.lines, f"pair {pair.name}: the first lease is shorter, at most {pair.mclt} s (MCLT)")
    )


def _refused(core: Core, lines: list[str], said: list[str]) -> Rehearsal:
    reasons = ", ".join(core.counters.dropped) or "unknown"
    return Rehearsal(None, (*lines, f"address: none, no answer ({reasons})", *said))


def _granted(core: Core, client: ImaginedClient, lines: list[str], outputs: Outputs) -> Rehearsal:
    reply = outputs.replies[0]
    ack = parse(reply.octets)
    table = core.plan.table
    options = ack.options
    if ack.message_type != MessageType.ACK:
        return Rehearsal(None, (*lines, f"address: none, {_value(table, options4.MESSAGE, options[options4.MESSAGE])}"))
    address = IPv4Address(ack.yiaddr)
    lease = core.book.get(ack.yiaddr)
    why = "reserved for this client" if lease is not None and lease.reserved else "from a range, as all are free here"
    lines.append(f"address: {address} ({why})")
    lines.append(f"lease time: {int.from_bytes(options[options4.LEASE_TIME], 'big')} s")
    lines.append(f"server identifier: {IPv4Address(options[options4.SERVER_IDENTIFIER])}")
    lines += _header(reply.octets, ack)
    for code, data in options.items():
        if code not in _SHOWN_APART:
            lines.append(f"option {code} {table.get(code).name}: {_value(table, code, data)}")
    for code in client.requested:
        if code not in options and code not in reply.missing:
            lines.append(f"option {code} {table.get(code).name}: requested, not configured")
    for code in reply.missing:
        lines.append(f"option {code} {table.get(code).name}: left out, the reply is as long as the client accepts")
    return Rehearsal(address, tuple(lines))


def _header(octets: bytes, ack: Packet) -> list[str]:
    """Return the fields of the header that a policy sets: siaddr, sname and file, unless they have options."""
    lines = [f"next server (siaddr): {IPv4Address(ack.siaddr)}"] if ack.siaddr else []
    outside: dict[int, bytes] = {}
    options4.read_options(octets, _OPTIONS, outside)
    if options4.OVERLOAD not in outside:
        for name, field in (("server name (sname)", octets[_SNAME:_FILE]), ("boot file (file)", octets[_FILE:_COOKIE])):
            text = field.rstrip(b"\0")
            if text:
                lines.append(f"{name}: {_printable(text.decode(errors='backslashreplace'))}")
    return lines


def _value(table: OptionTable, code: int, data: bytes) -> str:
    try:
        return _printable(table.get(code).text(data))
    except OptionValueError:
        return data.hex(":")


def _printable(text: str) -> str:
    """Return text without characters that a terminal obeys."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
