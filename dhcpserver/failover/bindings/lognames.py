"""The names of binding messages and statuses in the log: those by which operators look for them (R-173)."""

from dhcpserver.leases.keys import is_ipv4
from dhcpserver.leases.status import Status


def update_name(key: int) -> str:
    """Return the name of the update of a lease; `key` as in `leases/keys.py`."""
    return "DHCPBNDUPD" if is_ipv4(key) else "BNDUPD6"


def acknowledgement_name(key: int) -> str:
    """Return the name of its acknowledgement."""
    return "DHCPBNDACK" if is_ipv4(key) else "BNDACK6"


def status_name(status: int) -> str:
    """Return the name of a binding status; the number of one that does not exist."""
    return Status(status).name if status in tuple(Status) else str(status)
