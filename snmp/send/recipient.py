"""`Recipient`: one destination of notifications and how to send to it."""

from dataclasses import dataclass, field
from typing import Literal

from snmp.security.access import User

DEFAULT_PORT = 162
DEFAULT_COMMUNITY = "public"
DEFAULT_TIMEOUT_SECONDS = 5.0
DEFAULT_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Recipient:
    """One destination: its address, its SNMP version and its credentials."""

    name: str
    host: str
    port: int = DEFAULT_PORT
    community: str = field(default=DEFAULT_COMMUNITY, repr=False)
    version: Literal["v1", "v2c", "v3"] = "v2c"
    user: User | None = None
    """For SNMPv3 only."""
    inform: bool = False
    """Request an acknowledgement. SNMPv1 has no informs."""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    retries: int = DEFAULT_RETRIES
