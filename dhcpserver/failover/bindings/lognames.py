"""The names of binding messages in the log: those by which operators look for them (R-173)."""

from dhcpserver.leases.keys import is_ipv4


def update_name(key: int) -> str:
    """Return the name of the update of a lease; `key` as in `leases/keys.py`."""
    return "DHCPBNDUPD" if is_ipv4(key) else "BNDUPD6"


def acknowledgement_name(key: int) -> str:
    """Return the name of its acknowledgement."""
    return "DHCPBNDACK" if is_ipv4(key) else "BNDACK6"
