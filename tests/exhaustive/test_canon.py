"""Worlds with the same canonical form behave alike: a step leads both to the same form, or to the same violation."""

import pytest

from dhcpserver.failover.states import State
from tests.exhaustive.canon import FormCache, form
from tests.exhaustive.checks import Violation
from tests.exhaustive.digest import digest
from tests.exhaustive.explore import beginning
from tests.exhaustive.moves import apply, possible
from tests.exhaustive.small import Fault, Small
from tests.exhaustive.world import World

WORLDS = (
    Small("calm", addresses=2, clients=2, releases=True),
    Small("cuts", addresses=1, clients=2, budget=1, faults=frozenset((Fault.CUT, Fault.LOSS))),
    Small("crashes", addresses=1, clients=1, budget=2, faults=frozenset((Fault.CRASH, Fault.STOP))),
    Small("operators", addresses=1, clients=1, budget=2, faults=frozenset((Fault.CUT, Fault.PARTNER_DOWN))),
)
STATES = 220
PAIRS = 30
FEWEST_PAIRS = 8


def same_forms(small: Small, states: int, pairs: int) -> list[tuple[World, World]]:
    """Return pairs of worlds that were reached by different courses, at different times, and have the same form."""
    first = beginning(small)
    first.freeze()
    forms: FormCache = {}
    known = {form(first, forms): first}
    queue = [first]
    found: list[tuple[World, World]] = []
    for world in queue:
        for move in possible(world):
            following = world.fork()
            apply(following, move)
            name = form(following, forms)
            following.freeze()
            if name not in known:
                known[name] = following
                if len(queue) < states:
                    queue.append(following)
            elif known[name].now != following.now and len(found) < pairs:
                found.append((known[name], following))
    return found


def outcome(world: World, move: tuple[str, *tuple[int, ...]]) -> object:
    """Return the form that a move leads to, or the violation."""
    following = world.fork()
    try:
        apply(following, move)
    except Violation as broken:
        return str(broken)
    return form(following, {})


@pytest.mark.parametrize("small", WORLDS, ids=lambda small: small.name)
def test_equal_forms_behave_alike_for_one_step(small: Small) -> None:
    pairs = same_forms(small, STATES, PAIRS)
    assert len(pairs) >= FEWEST_PAIRS
    for one, other in pairs:
        moves = list(possible(one))
        assert moves == list(possible(other))
        for move in moves:
            assert outcome(one, move) == outcome(other, move), (one.now, other.now, move)


def test_a_frozen_world_has_the_form_that_it_had_before() -> None:
    """A world is frozen when it is kept, and its successors are not, of which some are the same world."""
    world = beginning(WORLDS[0])
    apply(world, ("acquire", 0, 0))
    before = form(world, {})
    world.freeze()
    assert form(world, {}) == before


def test_different_times_have_different_digests() -> None:
    """The built-in hash of -1 is that of -2."""
    assert digest((-1,)) != digest((-2,))
    assert digest((State.NORMAL, Small)) == digest((State.NORMAL, Small))
