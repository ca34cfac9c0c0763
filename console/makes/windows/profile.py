"""The facts that windows_exporter reports of a Windows DHCP server.

It counts changes of state and has no state: no phase, contact or partner's state is ever concluded from the counters.
"""

from console.model.profiles import Can, Fact, MakeProfile

WINDOWS = MakeProfile(
    "windows",
    "Windows DHCP",
    polled=True,
    facts=frozenset({Fact.POOLS, Fact.FREE}),
    can=frozenset({Can.CONFIG}),
    powershell=True,
)
