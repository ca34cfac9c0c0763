"""The arithmetic of the maximum client lead time (MCLT): how far a client may be ahead of what the partner knows.

A server answers its client first and tells the partner later, so the partner's record is always a little old. It stays
usable because no client is ever promised more than MCLT beyond what the partner has acknowledged, or has itself
announced. The first lease is therefore MCLT long; the update about it announces one and a half times what the client
should get (the potential expiration), and once that is acknowledged the renewal can be granted in full.

Who takes over alone waits until every promise that its partner could have made has run out (`usable_at`).

All times are Unix seconds, 0 for none and FOREVER for an infinite lease, which nothing outlasts.
"""

from dhcpserver.leases.lease import FOREVER, Lease


def limit(acked: int, received: int, now: float, mclt: int) -> float:
    """The latest end that a client may be told now (R-127); infinity when the partner knows of an infinite lease."""
    latest = max(acked, received, now)
    return mclt + latest if latest < FOREVER else float("inf")


def granted_seconds(desired: int, acked: int, received: int, now: float, mclt: int) -> int:
    """How long a client may have its lease when the policy wants `desired` seconds (R-121, R-122, R-182).

    Up to `limit`, reckoned in whole seconds: a difference of two large numbers could fall a second short.
    """
    latest = max(acked, received)
    if latest >= FOREVER:
        return desired
    return min(desired, mclt + max(int(latest - now), 0))


def potential(now: float, desired: int) -> int:
    """The potential expiration to announce: one and a half times the desired time from now (R-124, R-130; C-12)."""
    return min(int(now) + desired + desired // 2, FOREVER)


def usable_at(lease: Lease, partner_down_time: float, mclt: int) -> float:
    """When a server alone may give an address to another client without its partner's agreement (R-123).

    The partner may have promised MCLT beyond the latest time either side knows of. A lease that was never told to the
    partner, and of which the partner told nothing, was promised by this server alone and ends with its state.
    """
    latest = max(lease.sent_pl, lease.acked_pl, lease.recv_pl)
    if lease.state_exp == FOREVER or latest == FOREVER:
        return float("inf")
    if not latest:
        return lease.state_exp
    return mclt + max(lease.state_exp, latest, partner_down_time)


def others_usable_at(entered: float, partner_down_time: float, mclt: int) -> float:
    """When a server alone may use the addresses that were available to its partner (R-117, R-144; C-05)."""
    return max(entered, partner_down_time + mclt)
