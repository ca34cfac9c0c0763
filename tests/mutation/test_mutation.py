"""The mutation tester itself: which errors it makes, and that a loaded function gets them."""

import types

import pytest

from tests.mutation.operators import places
from tests.mutation.patching import UnreachableError, code_of, function_of, patch
from tests.mutation.reach import Function, Visit, record, worth_trying

SOURCE = '''
LIMIT = 5


def fits(size, log):
    """Text is left alone."""
    log("a size", 7)
    if size < LIMIT and not size == 3:
        return max(size, 1)
    return None


class Box:
    def __init__(self):
        self.size = 2

    @property
    def double(self):
        return self.size * 2
'''


def loaded() -> types.ModuleType:
    """Return a module with the source."""
    module = types.ModuleType("boxes")
    exec(compile(SOURCE, "boxes.py", "exec"), module.__dict__)
    return module


def test_errors_are_made_in_functions_and_not_in_texts_or_logs() -> None:
    found = [(place.function, place.old, place.new) for place, _ in places(SOURCE)]
    assert ("fits", "size < LIMIT", "size <= LIMIT") in found
    assert ("fits", "size < LIMIT and (not size == 3)", "size < LIMIT or not size == 3") in found
    assert ("fits", "max(size, 1)", "min(size, 1)") in found
    assert ("Box.__init__", "self.size = 2", "pass") in found
    assert ("Box.double", "self.size * 2", "self.size // 2") in found
    assert not any("7" in old or "LIMIT = 5" in old or "Text" in old for _, old, _ in found)


def test_each_error_is_the_only_one() -> None:
    """The tree is restored before the next error is made."""
    sources = [compile(tree, "boxes.py", "exec") for _, tree in places(SOURCE)]
    assert len(set(sources)) == len(sources)


def test_a_function_that_was_imported_elsewhere_gets_the_error() -> None:
    module = loaded()
    fits = module.fits
    place, tree = next(each for each in places(SOURCE) if each[0].new == "size <= LIMIT")
    patch(module, place.function, code_of(compile(tree, "boxes.py", "exec"), place.function))
    assert fits(5, print) == 5
    assert loaded().fits(5, print) is None


def test_a_property_is_found_and_a_missing_function_is_reported() -> None:
    module = loaded()
    assert function_of(module, "Box.double").__name__ == "double"
    with pytest.raises(UnreachableError):
        function_of(module, "Box.triple")


def test_each_function_has_the_tests_that_call_it() -> None:
    module = loaded()
    tests = (lambda: module.fits(3, print), lambda: module.Box().double, lambda: None)
    found = record(len(tests), lambda number: tests[number](), "boxes.py")
    assert {each.name: [visit.test for visit in visits] for each, visits in found.items()} == {
        "fits": [0],
        "Box.__init__": [1],
        "Box.double": [1],
    }
    assert Function("boxes.py", "fits") in found


def test_near_tests_are_tried_before_quick_ones_and_the_budget_ends_them() -> None:
    visits = [Visit(0, 0.5), Visit(1, 0.1), Visit(2, 2.0), Visit(3, 0.2)]
    far = {1}

    def distance(test: int) -> tuple[int, str]:
        return 2 if test in far else 0, ""

    assert worth_trying(visits, distance, 60) == [3, 0, 2, 1]
    assert worth_trying(visits, distance, 1.0) == [3, 1], "each distance has half"
    assert worth_trying([Visit(2, 2.0)], distance, 1.0) == [2]
