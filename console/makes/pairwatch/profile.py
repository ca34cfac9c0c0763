"""The facts that a Pairwatch server reports, all that the console has, and its actions."""

from console.model.profiles import Can, Fact, MakeProfile

PAIRWATCH = MakeProfile(
    "pairwatch",
    "Pairwatch",
    polled=True,
    facts=frozenset(Fact),
    can=frozenset(
        {
            Can.LEASES,
            Can.CONFIG,
            Can.LOG,
            Can.SET_PARTNER_DOWN,
            Can.SAFE_PERIOD,
            Can.STOP,
            Can.RELOAD,
            Can.REBALANCE,
            Can.FORCE_AVAILABLE,
            Can.RECONFIGURE,
            Can.RELATIONSHIP,
        }
    ),
    command_language=True,
)
