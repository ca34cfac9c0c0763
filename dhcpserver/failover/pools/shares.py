"""Which addresses of a pool are moved between the shares of the two servers, and how many. Pure functions.

At first all addresses are FREE, the main's share. Addresses in BACKUP are the backup's share.
"""

from dhcpserver.leases.pool import Pool


def addresses_to_move(available: int, backup: int, share_pct: int, delta_pct: int) -> int:
    """Return how many addresses to give to the backup; negative: how many to take from it.

    `available` is the size of the main's share, `backup` of the backup's. `share_pct` and `delta_pct`, the backup's
    share and the threshold, are percentages of both together.
    """
    together = available + backup
    wanted = together * share_pct // 100
    threshold = max(together * delta_pct // 100, 1)
    if backup < wanted - threshold or (not backup and wanted):
        return wanted - backup
    if backup > wanted + threshold or (not available and backup):
        return min(wanted - backup, 0)
    return 0


def allocation_boundary(pool: Pool, configured: int) -> int:
    """Return the address below which addresses go to the backup first; 0 for halfway between first and last."""
    if configured:
        return configured
    if not pool.ranges:
        return pool.first
    return (pool.ranges[0][0] + pool.ranges[-1][1] + 1) // 2


def addresses_to_give(pool: Pool, boundary: int, count: int) -> list[int]:
    """Return free addresses in the order in which the backup gets them: down from the boundary, then up (R-200)."""
    found: list[int] = []
    address = pool.free.highest_below(boundary)
    while address is not None and len(found) < count:
        found.append(address)
        address = pool.free.highest_below(address)
    if len(found) < count:
        address = pool.free.lowest_from(boundary)
        while address is not None and len(found) < count:
            found.append(address)
            address = pool.free.lowest_from(address + 1)
    return found
