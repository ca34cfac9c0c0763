"""The facts that a Cisco server reports by the resources that are public, and its requests.

The form of a related server (state, communications) is not public. Where the paths and keys of the settings fit, its
facts are known; otherwise they are not reported.
"""

from console.model.profiles import Can, Fact, MakeProfile

CISCO = MakeProfile(
    "cisco",
    "Cisco Network Registrar",
    polled=True,
    facts=frozenset({Fact.TAKEOVER, Fact.TAKEOVER_LENGTH, Fact.MCLT, Fact.LOAD_BALANCING, Fact.POOLS}),
    can=frozenset({Can.LEASES, Can.CONFIG}),
)
