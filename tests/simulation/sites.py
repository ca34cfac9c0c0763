"""The configuration of a run, chosen by its seed. Odd seeds have DHCPv6, on both servers or on one."""

import random

from tests.simulation.dialects import Dialect
from tests.simulation.site import Site
from tests.simulation.site6 import WHOLE, Site6

ALGORITHMS = (
    ("reservation", "random", "best-fit"),
    ("reservation", "interface-identifier", "random", "best-fit"),
    ("client-request", "reservation", "random", "best-fit"),
    ("client-request", "reservation", "interface-identifier", "random", "best-fit"),
)
_SHARED = 0.9
"""Share of the runs with DHCPv6 between two servers of this version in which both have it."""


def random_site(dice: random.Random) -> Site:
    """Return a configuration of DHCPv4."""
    return Site(
        mclt=dice.choice((30, 60, 120)),
        lease_time=dice.choice((40, 300)),
        grace_period=dice.choice((0, 5, 20)),
        near=dice.choice((3, 6, 16)),
        far=dice.choice((2, 5, 12)),
        first_available=dice.random() < 0.5,
        allow_override=dice.random() < 0.2,
        load_balancing=dice.random() < 0.4,
        backup_pct=dice.choice((50, 50, 20)),
        use_safe_period=dice.random() < 0.4,
        safe_period=dice.choice((50, 200)),
        safe_period_strict=dice.random() < 0.3,
        keepalive=dice.choice((12, 30)),
        max_unacked=dice.choice((1, 4, None)),
        startup_time=dice.choice((2, 10)),
        dynamic_bootp=dice.random() < 0.25,
        third=dice.choice((0, 0, 4)),
        several_reservations=dice.random() < 0.3,
        leasequery=dice.random() < 0.3,
    )


def random_site6(seed: int, dialect: Dialect) -> Site6 | None:
    """Return the DHCPv6 of a run; None without it. A partner of another make or of an older version has none."""
    if not seed % 2:
        return None
    dice = random.Random(f"{seed} DHCPv6")
    valid = dice.choice((60, 300))
    both = dice.random() < _SHARED and dialect is Dialect.OURS
    return Site6(
        valid=valid,
        preferred=valid // dice.choice((1, 2, 3)),
        near_bits=dice.choice((2, 4, WHOLE, WHOLE)),
        far_bits=dice.choice((1, 3, WHOLE)),
        second=dice.random() < 0.3,
        near_prefixes=dice.choice((2, 4, 16)),
        far_prefixes=dice.choice((2, 8, 16)),
        algorithms=dice.choice(ALGORITHMS),
        reservations=dice.random() < 0.6,
        rapid_commit=dice.random() < 0.5,
        max_leases=dice.choice((2, 8, 64)),
        at=("main", "backup") if both else (dice.choice(("main", "backup")),),
    )
