"""DHCPv6 message types, option codes and status codes (RFC 8415, RFC 5007), and reading and writing options.

An option has a two-octet code and a two-octet length. Unlike DHCPv4, two instances of an option are two options, so
options are a list of pairs in the order of the message. An option that is longer than the rest of the octets is an
error. Options that have options inside (an IA, an address, a relay message) use the same functions.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, NamedTuple

from dhcpserver.wire.errors import TruncatedError, WireError

Option = tuple[int, bytes]
"""Code and data."""
Options = tuple[Option, ...]

MAXIMUM_OPTION: Final = 65_535
"""Octets of data of one option."""


class MessageType6(IntEnum):
    """Message types of clients, servers and relays (RFC 8415 section 7.3) and of leasequery (RFC 5007, RFC 5460)."""

    SOLICIT = 1
    ADVERTISE = 2
    REQUEST = 3
    CONFIRM = 4
    RENEW = 5
    REBIND = 6
    REPLY = 7
    RELEASE = 8
    DECLINE = 9
    RECONFIGURE = 10
    INFORMATION_REQUEST = 11
    RELAY_FORW = 12
    RELAY_REPL = 13
    LEASEQUERY = 14
    LEASEQUERY_REPLY = 15
    LEASEQUERY_DONE = 16
    LEASEQUERY_DATA = 17


class StatusCode(IntEnum):
    """The code in option 13 (RFC 8415 section 21.13, RFC 5007, RFC 5460, RFC 7653, RFC 8156)."""

    SUCCESS = 0
    UNSPEC_FAIL = 1
    NO_ADDRS_AVAIL = 2
    NO_BINDING = 3
    NOT_ON_LINK = 4
    USE_MULTICAST = 5
    NO_PREFIX_AVAIL = 6
    UNKNOWN_QUERY_TYPE = 7
    MALFORMED_QUERY = 8
    NOT_CONFIGURED = 9
    NOT_ALLOWED = 10
    QUERY_TERMINATED = 11
    DATA_MISSING = 12
    CATCH_UP_COMPLETE = 13
    NOT_SUPPORTED = 14
    TLS_CONNECTION_REFUSED = 15
    ADDRESS_IN_USE = 16
    CONFIGURATION_CONFLICT = 17
    MISSING_BINDING_INFORMATION = 18
    OUTDATED_BINDING_INFORMATION = 19
    SERVER_SHUTTING_DOWN = 20
    DNS_UPDATE_NOT_SUPPORTED = 21
    EXCESSIVE_TIME_SKEW = 22


CLIENT_ID: Final = 1
SERVER_ID: Final = 2
IA_NA: Final = 3
IA_TA: Final = 4
IA_ADDRESS: Final = 5
OPTION_REQUEST: Final = 6
PREFERENCE: Final = 7
ELAPSED_TIME: Final = 8
RELAY_MESSAGE: Final = 9
AUTHENTICATION: Final = 11
SERVER_UNICAST: Final = 12
STATUS_CODE: Final = 13
RAPID_COMMIT: Final = 14
USER_CLASS: Final = 15
VENDOR_CLASS: Final = 16
VENDOR_OPTIONS: Final = 17
INTERFACE_ID: Final = 18
RECONFIGURE_MESSAGE: Final = 19
RECONFIGURE_ACCEPT: Final = 20
DNS_SERVERS: Final = 23
DOMAIN_SEARCH: Final = 24
IA_PD: Final = 25
IA_PREFIX: Final = 26
INFORMATION_REFRESH_TIME: Final = 32
REMOTE_ID: Final = 37
SUBSCRIBER_ID: Final = 38
CLIENT_FQDN: Final = 39
ECHO_REQUEST: Final = 43
LQ_QUERY: Final = 44
CLIENT_DATA: Final = 45
CLT_TIME: Final = 46
LQ_RELAY_DATA: Final = 47
LQ_CLIENT_LINK: Final = 48
RELAY_ID: Final = 53
CLIENT_ARCHITECTURE: Final = 61
VSS: Final = 68
CLIENT_LINK_LAYER_ADDRESS: Final = 79
SOL_MAX_RT: Final = 82
INF_MAX_RT: Final = 83
RELAY_PORT: Final = 135

_HEADER = struct.Struct("!HH")
_unpack_header = _HEADER.unpack_from
_pack_header = _HEADER.pack


class Status(NamedTuple):
    """Option 13: a status code and a message for people."""

    code: int
    message: str = ""


def read_options(data: bytes, start: int = 0) -> list[Option]:
    """Return the options of `data[start:]` in their order. Raises TruncatedError for one that is longer than the rest.

    Codes without a meaning here are kept.
    """
    end = len(data)
    found: list[Option] = []
    append = found.append
    position = start
    while position < end:
        if position + 4 > end:
            raise TruncatedError(f"option header at offset {position} of {end} octets is cut short")
        code, length = _unpack_header(data, position)
        position += 4
        stop = position + length
        if stop > end:
            raise TruncatedError(f"option {code} needs {length} octets, and {end - position} are left")
        append((code, data[position:stop]))
        position = stop
    return found


def pack_option(code: int, value: bytes) -> bytes:
    """Return the octets of one option. Raises WireError if it is too long."""
    if len(value) > MAXIMUM_OPTION:
        raise WireError(f"option {code} of {len(value)} octets; at most {MAXIMUM_OPTION}")
    return _pack_header(code, len(value)) + value


def pack_options(options: Iterable[Option]) -> bytes:
    """Return the octets of options in the given order. Raises WireError if one is too long."""
    return b"".join([pack_option(code, value) for code, value in options])


def first(options: Iterable[Option], code: int) -> bytes | None:
    """Return the data of the first instance of an option, None without one."""
    for each, value in options:
        if each == code:
            return value
    return None


def status_of(options: Iterable[Option]) -> Status | None:
    """Return the status among options; None without one, or if it has no code. No status means success."""
    value = first(options, STATUS_CODE)
    if value is None or len(value) < 2:
        return None
    return Status(value[0] << 8 | value[1], value[2:].decode("utf-8", "replace"))


def pack_status(code: int, message: str = "") -> bytes:
    """Return the octets of a Status Code option."""
    text = message.encode("utf-8")
    return struct.pack("!HHH", STATUS_CODE, 2 + len(text), code) + text
