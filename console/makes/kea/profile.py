"""The facts that a Kea server reports, and its requests.

There is no lead time and no safe period: a server takes over after a number of clients that its partner leaves without
an answer. When its state began, and why, is in its log only.
"""

from console.model.profiles import Can, Fact, MakeProfile

KEA = MakeProfile(
    "kea",
    "Kea",
    polled=True,
    facts=frozenset(
        {
            Fact.STATE,
            Fact.ROLE,
            Fact.SERVES,
            Fact.PARTNER_STATE,
            Fact.CONTACT,
            Fact.TAKEOVER,
            Fact.TAKEOVER_LENGTH,
            Fact.LOAD_BALANCING,
            Fact.POOLS,
            Fact.FREE,
        }
    ),
    can=frozenset(
        {
            Can.LEASES,
            Can.CONFIG,
            Can.MAINTENANCE,
            Can.CONTINUE,
            Can.SYNC_LEASES,
            Can.SCOPES,
            Can.RESET,
            Can.SERVICE,
        }
    ),
)
