"""Limits of the protocols and of the product that more than one module needs. A limit used by one module is there."""

from typing import Final

CLOCK_SKEW_SECONDS: Final = 5.0
"""Largest difference between the clocks of two Pairwatch servers (RFC 8156 section 8.2)."""
FOREIGN_CLOCK_SKEW_SECONDS: Final = 60.0
"""The same for a partner of another make, which does not check it so closely."""

HASH_BUCKETS: Final = 256
"""RFC 3074 section 5."""
CONFIGURATION_HASH_OCTETS: Final = 8
"""Length of the hash over one configuration class, as the partners exchange it (R-007)."""

MAXIMUM_CLIENT_ID: Final = 510
"""Octets of a client identifier: two instances of option 61 (RFC 3396)."""
MAXIMUM_RELAY_INFO: Final = 1020
"""Octets of option 82: four instances of it (RFC 3396). A binding update with it fits into a failover message."""
MAXIMUM_DUID: Final = 130
"""Octets of a DUID: its type and at most 128 (RFC 8415 section 11.1)."""
MAXIMUM_RELAY_DATA: Final = 4096
"""Octets of what the relays of a DHCPv6 client added; longer data are not stored."""
MAXIMUM_HARDWARE: Final = 21
"""Octets of a hardware type and an address of at most twenty octets (InfiniBand)."""

INFINITE_SECONDS: Final = 0xFFFFFFFF
"""The lease time that never ends (RFC 2131 section 3.3), and the largest number of seconds in a configuration."""

DHCP_SERVER_PORT: Final = 67
DHCP_CLIENT_PORT: Final = 68
DHCP6_SERVER_PORT: Final = 547
DHCP6_CLIENT_PORT: Final = 546
FAILOVER_PORT: Final = 647

PAGE_ITEMS: Final = 1000
"""Most items on one page of the API."""
