"""Which functions each test calls, so that an error is tried with the tests that can find it, and with no others."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any, NamedTuple


class Function(NamedTuple):
    """A function of the source: the file, and the qualified name."""

    path: str
    name: str


class Visit(NamedTuple):
    """A test that calls a function. `test`: its index; `seconds`: how long the whole test takes."""

    test: int
    seconds: float


Reach = Mapping[Function, Sequence[Visit]]


def record(tests: int, run: Callable[[int], None], folder: str) -> dict[Function, list[Visit]]:
    """The tests of each function below `folder`. `run` runs the test of an index; its threads are not seen."""
    found: dict[Function, list[Visit]] = {}
    for index in range(tests):
        seen: set[CodeType] = set()

        def note(frame: FrameType, event: str, _: Any, seen: set[CodeType] = seen) -> None:
            if event == "call":
                seen.add(frame.f_code)

        began = time.perf_counter()
        sys.setprofile(note)
        try:
            run(index)
        finally:
            sys.setprofile(None)
        visit = Visit(index, time.perf_counter() - began)
        for code in seen:
            if code.co_filename.startswith(folder):
                found.setdefault(Function(code.co_filename, code.co_qualname), []).append(visit)
    return found


def worth_trying(visits: Sequence[Visit], distance: Callable[[int], tuple[int, str]], seconds: float) -> list[int]:
    """The tests to try for a function: those of its module first, then those farther away, quick ones before slow ones.

    Each distance has an equal share of `seconds`, so that many quick tests do not leave out the simulator.
    """
    ordered = sorted(visits, key=lambda visit: (distance(visit.test)[0], visit.seconds))
    share = seconds / max(1, len({distance(each.test)[0] for each in visits}))
    chosen: list[int] = []
    spent: dict[int, float] = {}
    for each in ordered:
        near = distance(each.test)[0]
        if near in spent and spent[near] + each.seconds > share:
            continue
        spent[near] = spent.get(near, 0.0) + each.seconds
        chosen.append(each.test)
    return chosen
