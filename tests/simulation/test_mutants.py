"""The simulator notices when the server is wrong: each mutant of the product is caught by some seed."""

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, judge

SEEDS = 1000


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant) -> None:
    verdict = judge(mutant, SEEDS)
    assert verdict.seed is not None, verdict.text


def test_a_mutant_that_no_longer_applies_is_a_failure() -> None:
    gone = Mutant("gone", "dhcpserver.failover.leadtime", "this is not in the source", "pass")
    with pytest.raises(LookupError, match="is there 0 times"):
        gone.apply()
