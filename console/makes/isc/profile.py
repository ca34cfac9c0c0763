"""The facts that ISC dhcpd reports by OMAPI, and its requests.

Pools are in its leases file and its log only: where this host has neither, they are not reported. dhcpd has no safe
period in OMAPI, no clock, no cause of a state, and its `skew` is always 0.
"""

from console.model.profiles import Can, Fact, MakeProfile

ISC = MakeProfile(
    "isc",
    "ISC dhcpd",
    polled=True,
    facts=frozenset(
        {
            Fact.STATE,
            Fact.ROLE,
            Fact.STATE_SINCE,
            Fact.SERVES,
            Fact.PARTNER_STATE,
            Fact.CONTACT,
            Fact.CONTACT_LOST,
            Fact.MCLT,
            Fact.PARTNER_DOWN_TIME,
            Fact.UNACKED,
            Fact.LOAD_BALANCING,
        }
    ),
    can=frozenset({Can.LEASES, Can.SET_PARTNER_DOWN}),
    dated_partner_down=False,
    replaceable=True,
)
