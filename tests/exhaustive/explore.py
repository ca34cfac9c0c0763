"""Breadth-first search through all states of a small world.

Every state is reached by a shortest course of events, so the first violation has the shortest story. A state is kept
only until its moves were tried; afterwards its hash remains, and from which state and move it came.
"""

import gc
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from tests.exhaustive.canon import FormCache, form
from tests.exhaustive.checks import Violation
from tests.exhaustive.moves import Move, apply, possible
from tests.exhaustive.recovery import recover
from tests.exhaustive.small import Small
from tests.exhaustive.world import World

FORMS_KEPT = 200_000
COLLECT_STEPS = 5000


@dataclass(slots=True)
class Bounds:
    """Where a search ends. `recovered`: of one in how many states the recovery is tried; 0 for none."""

    states: int = 1_000_000
    depth: int = 1000
    seconds: float = 1e9
    recovered: int = 0


@dataclass(slots=True)
class Search:
    """The outcome of a search.

    Attributes:
        states, steps: numbers of states found, and of moves executed.
        depth: the number of moves of the longest shortest course of events.
        complete: whether every state was reached (a fixpoint), not only those within the bounds.
        violation: the violation, empty if there is none. `course`: the moves that lead to it.
        excused: how many duplicates were excused.
        moves: how often each kind of move was executed.
        recoveries: from how many states the recovery was tried.
    """

    small: Small
    states: int = 0
    steps: int = 0
    depth: int = 0
    complete: bool = False
    violation: str = ""
    course: tuple[Move, ...] = ()
    excused: int = 0
    recoveries: int = 0
    seconds: float = 0.0
    moves: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kind = "all" if self.complete else "bounded"
        return (
            f"{self.small.name}: {self.states} states ({kind}), {self.steps} steps, depth {self.depth}, "
            f"{self.recoveries} recoveries, {self.excused} excused duplicates, {self.seconds:.0f} s"
        )


Parents = dict[int, tuple[int, Move] | None]


def beginning(small: Small) -> World:
    """Return the world at the beginning: both servers NORMAL, the shares divided, no client. Raises Violation."""
    world = World(small)
    for server in reversed(world.servers):
        server.start(0)
        world.turn(server)
    world.run(300)
    if not all(server.communicating and server.state.value == "NORMAL" for server in world.servers):
        raise Violation("I9: two new servers do not become NORMAL")
    return world


def search(small: Small, bounds: Bounds) -> Search:
    """Search a world, from the state to which its prepared moves lead."""
    found = Search(small)
    began = time.perf_counter()
    try:
        first = beginning(small)
        for move in small.prepared:
            apply(first, move)
    except Violation as broken:
        found.violation = str(broken)
        return found
    forms: FormCache = {}
    start = form(first, forms)
    parents: Parents = {start: None}
    first.freeze()
    queue = deque([(start, 0, first)])
    collected = 0
    gc.disable()  # Worlds have many reference cycles; automatic collection takes a fifth of the time.
    while queue:
        origin, depth, world = queue.popleft()
        found.depth = depth
        if depth >= bounds.depth or len(parents) >= bounds.states or time.perf_counter() - began > bounds.seconds:
            break
        for move in possible(world):
            following = world.fork()
            found.steps += 1
            found.moves[move[0]] += 1
            try:
                apply(following, move)
            except Violation as broken:
                found.violation = str(broken)
                found.course = (*course(parents, origin), move)
                break
            name = form(following, forms)
            if name in parents:
                continue
            parents[name] = (origin, move)
            found.excused += following.promises.excused > world.promises.excused
            following.freeze()
            if bounds.recovered and name % bounds.recovered == 0:
                found.recoveries += 1
                try:
                    recover(following.fork())
                except Violation as broken:
                    found.violation = str(broken)
                    found.course = (*course(parents, origin), move, ("recover",))
                    break
            queue.append((name, depth + 1, following))
        if found.violation:
            break
        if found.steps // COLLECT_STEPS > collected:
            collected = found.steps // COLLECT_STEPS
            gc.collect()
        if len(forms) > FORMS_KEPT:
            forms.clear()
    else:
        found.complete = True
    found.states = len(parents)
    found.seconds = time.perf_counter() - began
    gc.enable()
    gc.collect()
    return found


def course(parents: Parents, state: int) -> tuple[Move, ...]:
    """Return the moves from the beginning to a state."""
    moves: list[Move] = []
    step = parents[state]
    while step is not None:
        moves.append(step[1])
        step = parents[step[0]]
    return tuple(reversed(moves))


def story(small: Small, moves: tuple[Move, ...]) -> list[str]:
    """Return a course of events in words; its last line is the violation, if there is one."""
    world = beginning(small)
    world.story = []
    try:
        for move in (*small.prepared, *moves):
            if move == ("recover",):
                recover(world)
            else:
                apply(world, move)
    except Violation as broken:
        world.tell(f"VIOLATION {broken}")
    return world.story
