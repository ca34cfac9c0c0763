"""The simulator notices when the server is wrong. `make mutants` runs all mutants; here are those that must never pass.

Every mutant must still apply, so that one which the product has outgrown is noticed at once.
"""

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, judge

SEEDS = 1000
HERE = (
    "replies leave although leases were not stored",
    "leases are not limited by the lead time",
    "MCLT is missing from when an address may be given to another alone",
    "the partner's share is used at once in PARTNER-DOWN",
    "outdated updates are accepted",
)


@pytest.mark.parametrize("name", HERE)
def test_a_mutant_is_caught(name: str) -> None:
    verdict = judge(next(mutant for mutant in MUTANTS if mutant.name == name), SEEDS)
    assert verdict.seed is not None, verdict.text


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_applies(mutant: Mutant) -> None:
    assert mutant.new in mutant.apply()


def test_a_mutant_that_no_longer_applies_is_a_failure() -> None:
    gone = Mutant("gone", "dhcpserver.failover.bindings.leadtime", "this is not in the source", "pass")
    with pytest.raises(LookupError, match="is there 0 times"):
        gone.apply()
