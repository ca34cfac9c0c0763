"""Texts for the log of a run: DHCPv6 messages."""

from dhcpserver.leases import keys
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA
from dhcpserver.wire.dhcp6options import MessageType6
from tests.simulation.keys6 import address_in


def message(subject: Message) -> str:
    """Return a message as one line: its type, its client, the server that it names, its identity associations."""
    kind = MessageType6(subject.type)
    of_server = kind in (MessageType6.ADVERTISE, MessageType6.REPLY)
    text = f"{kind.name} {'to' if of_server else 'from'} {client(subject.client_id)}"
    if subject.server_id and not of_server:
        text += f" naming {server(subject.server_id)}"
    if subject.rapid_commit:
        text += " with rapid commit"
    if subject.status is not None:
        text += f" status {subject.status.code}"
    return " ".join([text, *map(association, subject.ias)])


def client(duid: bytes | None) -> str:
    """Return a client's name; its DUID ends in its number."""
    return f"d{duid[-1]}" if duid else "no client"


def server(duid: bytes) -> str:
    """Return a server's name; its DUID is made of the identity of its data directory."""
    return duid[2:].rstrip(b"\0").decode("ascii", "backslashreplace")


def association(ia: IA) -> str:
    """Return an identity association with its leases."""
    leases = [f"{keys.text_of(address_in(ia, lease))} {lease.preferred}/{lease.valid} s" for lease in ia.leases]
    status = [] if ia.status is None else [f"status {ia.status.code}"]
    return f"{ia.kind.name}{ia.iaid}({', '.join([*leases, *status])})"
