"""Bulk leasequery for DHCPv4 over TCP (RFC 6926): its options and status codes.

A requester sends DHCPBULKLEASEQUERY. The server answers with DHCPLEASEACTIVE for each binding, DHCPLEASEUNASSIGNED for
each other address if all of them were requested, and DHCPLEASEQUERYDONE, which has a status if the query failed. All
times in an answer are relative to its base time, the clock of the server.
"""

from enum import IntEnum
from typing import Final

STATUS_CODE: Final = 151
BASE_TIME: Final = 152
START_TIME_OF_STATE: Final = 153
QUERY_START_TIME: Final = 154
QUERY_END_TIME: Final = 155
DHCP_STATE: Final = 156

RELAY_ID: Final = 12
"""Sub-option of option 82: the identifier of the relay (RFC 6925)."""


class BulkStatus(IntEnum):
    """The code in option 151 (RFC 6926 section 6.2.2)."""

    SUCCESS = 0
    UNSPEC_FAIL = 1
    QUERY_TERMINATED = 2
    MALFORMED_QUERY = 3
    NOT_ALLOWED = 4


class BulkState(IntEnum):
    """The code in option 156 (RFC 6926 section 6.2.7)."""

    AVAILABLE = 1
    ACTIVE = 2
    EXPIRED = 3
    RELEASED = 4
    ABANDONED = 5
    RESET = 6
    REMOTE = 7
    TRANSITIONING = 8


def pack_status4(code: int, text: str = "") -> bytes:
    """Return the data of option 151."""
    return bytes((code,)) + text.encode("utf-8")


def read_status4(data: bytes | None) -> tuple[int, str]:
    """Return the code and the text of option 151; without one, success."""
    return (data[0], data[1:].decode("utf-8", "replace")) if data else (BulkStatus.SUCCESS, "")
