"""Offers that ended without a REQUEST: many in a minute are a flood of DISCOVERs, or clients that get no offers.

Known clients are served meanwhile, so nothing else would show it.
"""

from dhcpserver.leases.pool import Pool

WINDOW = 60.0
"""Seconds."""
MANY = 100
"""Offers of one scope in a window. A client that takes the offer of the partner ends that of this server."""


class UntakenOffers:
    """Counts the offers of each scope in windows of a minute."""

    __slots__ = ("_windows",)

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    def check(self, pool: Pool, now: float) -> int:
        """Return how many offers of the scope ended untaken in the last window; 0 for few, or before its end."""
        began, before = self._windows.setdefault(pool.name, (now, pool.untaken))
        if now - began < WINDOW:
            return 0
        self._windows[pool.name] = now, pool.untaken
        count = pool.untaken - before
        return count if count >= MANY else 0

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._windows = {name: (began + step, count) for name, (began, count) in self._windows.items()}
