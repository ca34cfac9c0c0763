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
}
STATES = 200
"""States within which the world of an error shows it."""
