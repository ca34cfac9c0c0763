"""DHCPv4 option codes and message types (RFC 2132, RFC 3046, RFC 3011), and reading and writing an options field.

An option can have several instances, whose data are concatenated (RFC 3396). With option 52, options are in the `file`
and `sname` fields too. Pads are skipped. An option that is longer than the rest of the octets is an error.
"""

from collections.abc import Iterable
from enum import IntEnum

from dhcpserver.wire.errors import TruncatedError


class MessageType(IntEnum):
    """Option 53 (RFC 2132 section 9.6, RFC 4388, RFC 6926)."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8
    LEASEQUERY = 10
    LEASEUNASSIGNED = 11
    LEASEUNKNOWN = 12
    LEASEACTIVE = 13
    BULKLEASEQUERY = 14
    LEASEQUERYDONE = 15


PAD = 0
SUBNET_MASK = 1
ROUTERS = 3
DOMAIN_NAME_SERVERS = 6
HOST_NAME = 12
DOMAIN_NAME = 15
INTERFACE_MTU = 26
BROADCAST_ADDRESS = 28
VENDOR_SPECIFIC = 43
REQUESTED_ADDRESS = 50
LEASE_TIME = 51
OVERLOAD = 52
MESSAGE_TYPE = 53
SERVER_IDENTIFIER = 54
PARAMETER_REQUEST_LIST = 55
MESSAGE = 56
MAXIMUM_MESSAGE_SIZE = 57
RENEWAL_TIME = 58
REBINDING_TIME = 59
VENDOR_CLASS = 60
CLIENT_IDENTIFIER = 61
TFTP_SERVER_NAME = 66
BOOT_FILE_NAME = 67
RAPID_COMMIT = 80
CLIENT_FQDN = 81
RELAY_AGENT_INFORMATION = 82
CLIENT_LAST_TRANSACTION_TIME = 91
ASSOCIATED_IP = 92
V6_ONLY_PREFERRED = 108
SUBNET_SELECTION = 118
DOMAIN_SEARCH = 119
CLASSLESS_ROUTES = 121
VENDOR_CLASSES = 124
VENDOR_OPTIONS = 125
MS_CLASSLESS_ROUTES = 249
END = 255

CIRCUIT_ID = 1
"""Sub-option of option 82: the port of the switch or the line that the client is connected to (RFC 3046)."""
REMOTE_ID = 2
"""Sub-option of option 82: the switch, or the far end of the line (RFC 3046)."""
LINK_SELECTION = 5
"""Sub-option of option 82 (RFC 3527)."""
SERVER_OVERRIDE = 11
"""Sub-option of option 82: the server identifier that replies have (RFC 5107)."""
RELAY_PORT = 19
"""Sub-option of option 82: the reply goes to the port that the relay sent from (RFC 8357)."""
VSS = 221
"""The VPN of a client (RFC 6607)."""
VSS_INFORMATION = 151
"""Sub-option of option 82: the same."""
VSS_CONTROL = 152
"""Sub-option of option 82, without data: the server removes it when it has used the VPN."""
CISCO_LINK_SELECTION = 150
CISCO_SERVER_OVERRIDE = 152
"""The same sub-options under the numbers that Cisco's relays used before they were assigned."""


def read_options(data: bytes, start: int, into: dict[int, bytes]) -> None:
    """Add the options of `data[start:]` to `into`, up to END or the end of the octets.

    Raises TruncatedError for an option that is longer than the rest.
    """
    end = len(data)
    position = start
    while position < end:
        code = data[position]
        if code == PAD:
            position += 1
            continue
        if code == END:
            return
        position += 2
        if position > end:
            raise TruncatedError(f"option {code} has no length octet")
        stop = position + data[position - 1]
        if stop > end:
            raise TruncatedError(f"option {code} needs {stop - position} octets, and {end - position} are left")
        value = data[position:stop]
        into[code] = into[code] + value if code in into else value
        position = stop


def sub_options(data: bytes) -> dict[int, bytes]:
    """Return the sub-options of an option such as 82 (RFC 3046 section 2.0), which have neither PAD nor END.

    Raises TruncatedError for a sub-option that is longer than the rest.
    """
    found: dict[int, bytes] = {}
    position = 0
    while position + 2 <= len(data):
        stop = position + 2 + data[position + 1]
        if stop > len(data):
            raise TruncatedError(f"sub-option {data[position]} needs {data[position + 1]} octets, more than are left")
        found[data[position]] = data[position + 2 : stop]
        position = stop
    return found


def pack(options: Iterable[tuple[int, bytes]]) -> bytes:
    """Return the octets of the options in the given order, without END; those over 255 octets are split (RFC 3396)."""
    parts = bytearray()
    for code, value in options:
        for begin in range(0, len(value) or 1, 255):
            piece = value[begin : begin + 255]
            parts += bytes((code, len(piece))) + piece
    return bytes(parts)
