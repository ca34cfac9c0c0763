"""The simulator detects errors of the server. `make mutants` runs all mutants; these are the most important ones.

Each mutant must still apply, so that an outdated one is found at once.
"""

import pytest

from tests.simulation.mutant import Mutant
from tests.simulation.mutants import MUTANTS, run_mutant

SEEDS = 1000
HERE = (
    "emits replies although leases were not stored",
    "leases are not limited by the lead time",
    "MCLT does not count before an address is given to another client without agreement",
    "the partner's share is used at once in PARTNER-DOWN",
    "outdated updates are accepted",
)


@pytest.mark.parametrize("name", HERE)
def test_the_simulator_detects_a_mutant(name: str) -> None:
    result = run_mutant(next(mutant for mutant in MUTANTS if mutant.name == name), SEEDS)
    assert result.seed is not None, result.text


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_applies(mutant: Mutant) -> None:
    assert mutant.new in mutant.apply()


def test_a_mutant_that_no_longer_applies_is_a_failure() -> None:
    outdated = Mutant("outdated", "dhcpserver.failover.bindings.leadtime", "this is not in the source", "pass")
    with pytest.raises(LookupError, match="is there 0 times"):
        outdated.apply()
