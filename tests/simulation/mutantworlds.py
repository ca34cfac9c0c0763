"""Which small world finds which error, for the share of `make prove`: `python -m tests.simulation.mutants --small`.

The names of the worlds are those of `tests.exhaustive.worlds`. docs/mutation.md has the reasons why the other errors do
not show in a small world.
"""

WORLD_OF = {
    "emits replies although leases were not stored": "calm",
    "emits replies although the state was not stored": "safe period",
    "leases are not limited by the lead time": "calm",
    "MCLT is missing from the lead time": "calm",
    "MCLT does not count before an address is given to another client without agreement": "extended by the backup",
    "potentials do not count before an address is given to another client without agreement": "extended by the backup",
    "the partner's share is used at once in PARTNER-DOWN": "takeover",
    "the partner's share of a dynamic BOOTP scope is used in PARTNER-DOWN": "dynamic BOOTP",
    "outdated updates are accepted": "apart",
    "an update may end a lease that is active here": "extended by the backup",
    "an address that is given to the backup is the main's until the backup agrees": "balanced",
    "an address that is taken back is the main's before the backup agrees": "balanced",
    "ended leases are freed without the partner": "takeover",
    "released leases are freed without the partner": "apart",
    "RECOVER-WAIT is skipped": "lost update",
    "silent states answer known clients": "starting",
    "load balancing ignores the buckets": "balanced",
    "UPDREQALL is answered like UPDREQ": "lost update",
    "an acknowledgement does not clear the mark": "calm",
    "a shorter potential replaces a longer one": "calm",
    "an update with an earlier end shortens this server's own lease": "unsent renewal",
    "addresses of the partner's parity are given in PARTNER-DOWN": "takeover of parity",
    "every address is exempt from parity": "end of parity",
    "an address that is free again is the main's, whatever its parity": "end of parity",
    "the partner's share of prefixes is used in NORMAL": "delegation",
    "an ended prefix is free without the partner": "prefix extended by the backup",
    "the backup requests no prefixes, and the main gives none by itself": "prefix apart",
    "MCLT does not limit delegated prefixes": "prefix extended by the backup",
    "the end that is stored is the earlier one when a lease is extended": "end of parity",
    "a client's address that the server does not know is confirmed in a RENEW": "end of parity",
    "a lease whose end the partner may have agreed to is extended": "end of parity",
    "a release is not sent to the partner": "parity",
    "updates of prefixes are acknowledged as addresses": "prefix extended by the backup",
    "the IAID is not sent to the partner": "prefix apart",
    "UPDDONE of DHCPv6 is not sent": "calm prefix",
    "UPDREQALL is answered without the leases of DHCPv6": "prefix on a lost disk",
}
STATES = 200
"""States within which the world of an error shows it."""
