"""Runs of the simulator as tests of the mutation tester; `make simulate` and tests/simulation have many more."""

import pytest

from tests.simulation.schedule import Schedule

SEEDS = 12
"""Half of them have DHCPv6."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_run_has_no_violation(seed: int) -> None:
    assert Schedule(seed).run().violation is None
