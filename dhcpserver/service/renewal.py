"""When a client renews and rebinds: T1 and T2 (RFC 2131 section 4.4.5).

T1 is half of the lease and T2 is 7/8 of it. Clients that started together, after a power failure for example, would
renew together for ever. `renewal-jitter` spreads them: T1 is later by a share of the lease that follows from the
client's key, and T2 by a quarter of that. Both partners get the same times for a client, and so does each renewal. T1
is never earlier than half of the lease: the server extends a lease that is renewed earlier only by its remaining time.
"""

import zlib

SHORTEST_SECONDS = 3
"""A shorter lease has no whole seconds with 0 < T1 < T2 < lease; options 58 and 59 are left out."""
MAXIMUM_JITTER = 25
"""Percent of the lease. T1 is at most 75 % and T2 below 94 % of the lease."""
_KEYS = 1 << 32


def renewal_times(seconds: int, jitter: int, key: bytes) -> tuple[int, int]:
    """Return T1 and T2 in seconds of a lease with `seconds`; `jitter` is in percent of the lease."""
    later = seconds * jitter * zlib.crc32(key) // (100 * _KEYS) if jitter else 0
    return (seconds >> 1) + later, (seconds * 7 >> 3) + (later >> 2)
