"""The arithmetic of the maximum client lead time (MCLT): how far a lease may exceed the partner's record of it.

A server answers its client first and sends the update later, so the partner's record is always a little old. The record
stays usable because no lease exceeds, by more than MCLT, the time that the partner has acknowledged or sent itself. The
first lease is therefore MCLT long. Its update announces one and a half times the desired lease time (the potential
expiration). After that is acknowledged, the renewal gets the full desired time.

A server that takes over alone waits until every promise that its partner could have made has ended (`usable_at`).

All times are Unix seconds, 0 for none and FOREVER for an infinite lease, which exceeds every other time.
"""

from dhcpserver.leases.lease import FOREVER, Lease


def latest_end(acked: int, received: int, now: float, mclt: int) -> float:
    """Return the latest end that a client may get now (R-127); infinity if the partner has an infinite lease."""
    latest = max(acked, received, now)
    return mclt + latest if latest < FOREVER else float("inf")


def granted_seconds(desired: int, acked: int, received: int, now: float, mclt: int) -> int:
    """Return the lease time when the policy has `desired` seconds (R-121, R-122, R-182).

    At most up to `latest_end`, computed in whole seconds: a difference of two large numbers could be a second short.
    """
    latest = max(acked, received)
    if latest >= FOREVER:
        return desired
    return min(desired, mclt + max(int(latest - now), 0))


def potential_expiration(now: float, desired: int) -> int:
    """Return the potential expiration: one and a half times the desired time from now (R-124, R-130; C-12)."""
    return min(int(now) + desired + desired // 2, FOREVER)


def usable_at(lease: Lease, partner_down_time: float, mclt: int) -> float:
    """Return when a server alone may give an address to another client without its partner's agreement (R-123).

    The partner may have promised MCLT beyond the latest time that either server sent. A lease of which neither server
    sent an update was promised by this server alone, and ends with its state.
    """
    latest = max(lease.sent_pl, lease.acked_pl, lease.recv_pl)
    if lease.state_exp == FOREVER or latest == FOREVER:
        return float("inf")
    if not latest:
        return lease.state_exp
    return mclt + max(lease.state_exp, latest, partner_down_time)


def partner_pool_usable_at(entered: float, partner_down_time: float, mclt: int) -> float:
    """Return when a server alone may use the addresses that were available to its partner (R-117, R-144; C-05)."""
    return max(entered, partner_down_time + mclt)
