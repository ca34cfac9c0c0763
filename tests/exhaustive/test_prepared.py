"""The worlds that begin in a prepared state: the product has no violation, and each finds the error it was made for."""

import pytest

from tests.exhaustive.explore import Bounds, search, story
from tests.exhaustive.prepared import PREPARED
from tests.exhaustive.small import Small
from tests.simulation.mutants import MUTANTS, run_mutant

STATES = 60


@pytest.mark.parametrize("small", PREPARED, ids=lambda small: small.name)
def test_no_invariant_fails_from_a_prepared_state(small: Small) -> None:
    """I1 to I3, I6 to I11 (R-123, R-127, R-159, R-179, R-195, R-196)."""
    found = search(small, Bounds(states=STATES, recovered=10))
    assert not found.violation, "\n".join([str(found), *story(small, found.course)[-80:]])
    assert found.complete or found.states >= STATES or small.load_balancing


@pytest.mark.parametrize(
    ("name", "world"),
    [
        ("the partner's share is used at once in PARTNER-DOWN", "takeover"),
        ("silent states answer known clients", "starting"),
        ("load balancing ignores the buckets", "balanced"),
        ("RECOVER-WAIT is skipped", "lost update"),
    ],
)
def test_an_error_is_found_within_a_few_moves(name: str, world: str) -> None:
    """An invariant that cannot fail proves nothing."""
    mutant = next(mutant for mutant in MUTANTS if mutant.name == name)
    found = run_mutant(mutant, 0, STATES, world)
    assert (found.seed, found.invariant) == (0, world), found.text
