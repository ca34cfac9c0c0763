"""The page of conformity: each RFC is there, each row has a state, and what is done has tests that exist."""

import ast
import re
from functools import cache

import pytest

from tests.importgraph import ROOT

PAGE = ROOT / "docs" / "conformity.md"
RFCS = (
    951, 1542, 2131, 2132, 3011, 3046, 3203, 3396, 3442, 3527,
    3925, 4039, 4361, 4388, 4702, 5107, 6842, 6926, 8357, 8925,
)  # fmt: skip
STATES = ("done", "not done", "not applicable")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[tuple[int, list[str]]]:
    """Return the rows of every table with the number of their RFC."""
    found: list[tuple[int, list[str]]] = []
    rfc = 0
    for line in PAGE.read_text().splitlines():
        heading = re.fullmatch(r"## RFC (\d+): .+", line)
        if heading is not None:
            rfc = int(heading[1])
        elif line.startswith("| ") and not line.startswith("| section"):
            found.append((rfc, [cell.strip() for cell in line.strip("|").split("|")]))
    return found


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def exists(path: str, name: str) -> bool:
    return (ROOT / path).is_file() and name in functions(path)


@pytest.mark.parametrize("rfc", RFCS)
def test_each_rfc_has_rows_with_a_state(rfc: int) -> None:
    states = [cells[2] for number, cells in rows() if number == rfc and len(cells) == 4]
    assert len(states) == sum(number == rfc for number, _ in rows())
    assert states
    assert set(states) <= set(STATES)


def test_what_is_done_has_tests_and_the_rest_has_a_reason() -> None:
    for rfc, (section, subject, state, shown) in rows():
        assert (TEST.search(shown) is not None) is (state == "done"), (rfc, section, subject)
        assert len(shown) > 15, (rfc, section, subject)


def test_every_test_that_the_page_names_exists() -> None:
    named = {(path, name) for path, name in TEST.findall(PAGE.read_text())}
    assert len(named) > 50
    assert {each for each in named if not exists(*each)} == set()


def test_a_missing_test_is_noticed() -> None:
    assert exists("tests/test_conformity.py", "test_a_missing_test_is_noticed")
    assert not exists("tests/test_conformity.py", "test_nothing")
    assert not exists("tests/test_nowhere.py", "test_nothing")
