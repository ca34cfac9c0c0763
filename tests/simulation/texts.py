"""Texts for the log of a run: packets, messages and times."""

from dhcpserver.failover.states import by_number
from dhcpserver.leases.keys import LAST_IPV4, text_of
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREPLY
from dhcpserver.wire.failover4 import STARTUP_FLAG, Message, StateReport, reason_text
from dhcpserver.wire.failover4_bindings import RESERVED_FLAG, BindingAck, BindingUpdate
from dhcpserver.wire.options4 import MessageType
from tests.simulation.timeline import EPOCH

NAMES = {
    "PoolRequest": "POOLREQ",
    "PoolResponse": "POOLRESP",
    "BindingUpdate": "BNDUPD",
    "BindingAck": "BNDACK",
    "Connect": "CONNECT",
    "ConnectAck": "CONNECTACK",
    "UpdateRequest": "UPDREQ",
    "UpdateRequestAll": "UPDREQALL",
    "UpdateDone": "UPDDONE",
    "StateReport": "STATE",
    "Contact": "CONTACT",
    "Disconnect": "DISCONNECT",
}


_ASSOCIATIONS = {3: "NA", 4: "TA", 25: "PD"}


def dotted(address: int) -> str:
    """Return an address or prefix in its usual form."""
    return text_of(address)


def moment(unix: float) -> str:
    """Return a time of a server's clock as seconds since the start of the run."""
    if unix <= 0:
        return "none"
    return "ever" if unix >= FOREVER else f"+{unix - EPOCH:.0f}"


def client(octets: bytes | None) -> str:
    """Return a client's name from its key, hardware address or client identifier, which all end in its number.

    The key of a DHCPv6 client has its identity association too.
    """
    if octets and octets[0] == 2 and len(octets) > 6:
        return f"d{octets[-1]}/{_ASSOCIATIONS[octets[1]]}{octets[5]}"
    return f"c{octets[-1]}" if octets else "no client"


def name_of(message: Message) -> str:
    """Return a failover message's name in the protocol."""
    return NAMES.get(type(message).__name__, type(message).__name__)


def family_of(message: Message) -> str:
    """Return what the name of a message of DHCPv6 is followed by; nothing for the others."""
    six = getattr(message, "family", 4) == 6 or getattr(message, "address", 0) > LAST_IPV4
    return " of DHCPv6" if six else ""


def message(subject: Message) -> str:
    """Return a failover message as one line."""
    name = name_of(subject)
    if isinstance(subject, BindingUpdate):
        return f"{name} {subject.xid} {binding(subject)}{_result(subject)}"
    if isinstance(subject, StateReport):
        state = by_number(subject.state)
        starting = " (starting)" if (subject.flags or 0) & STARTUP_FLAG else ""
        return f"{name} {state.value if state else subject.state}{starting} since {moment(subject.since or 0)}"
    details = [str(value) for value in (getattr(subject, "reject", None), getattr(subject, "message", None)) if value]
    return " ".join([name, *details])


def binding(update: BindingUpdate) -> str:
    """Return the binding of an update."""
    status = Status(update.status).name if Status.FREE <= update.status <= Status.BACKUP else str(update.status)
    text = f"{dotted(update.address)} {status}"
    if update.hardware or update.client_id:
        text += f" of {client(update.key if update.ia else update.client_id or update.hardware)}"
    if status == "ACTIVE":
        text += f" until {moment(update.state_exp)} potential {moment(update.potential)}"
    if update.flags & RESERVED_FLAG:
        text += " reserved"
    return f"{text} since {moment(update.sos)}"


def _result(update: BindingUpdate) -> str:
    if not isinstance(update, BindingAck):
        return ""
    if update.reject is None:
        return ": accepted"
    return f": refused, {update.message or reason_text(update.reject)}"


def packet(octets: bytes) -> str:
    """Return a DHCPv4 message as one line."""
    found = dhcp4.parse(octets)
    kind = found.message_type
    name = MessageType(kind).name if kind else "BOOTP"
    name_of_client = client(found.options.get(options4.CLIENT_IDENTIFIER) or found.chaddr)
    server = found.address(options4.SERVER_IDENTIFIER)
    if found.op == BOOTREPLY:
        seconds = int.from_bytes(found.options.get(options4.LEASE_TIME, b""), "big")
        address = f" {dotted(found.yiaddr)}" if found.yiaddr else ""
        return f"{name} to {name_of_client}{address}" + (f" for {seconds} s" if seconds else "")
    requested = found.address(options4.REQUESTED_ADDRESS) or found.ciaddr
    text = f"{name} from {name_of_client}"
    if kind == MessageType.REQUEST:
        text += f" ({request_kind(found)})"
    if requested:
        text += f" for {dotted(requested)}"
    return text + (f" naming {dotted(server)}" if server else "")


def request_kind(found: dhcp4.Packet) -> str:
    """Return the state of the client that sent a REQUEST (RFC 2131 section 4.3.2)."""
    if options4.SERVER_IDENTIFIER in found.options:
        return "SELECTING"
    if not found.ciaddr:
        return "INIT-REBOOT"
    return "REBINDING" if found.giaddr or found.flags & dhcp4.BROADCAST_FLAG else "RENEWING"
