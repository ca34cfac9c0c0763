"""The shape of the tree: what may be at its top, how long a module may be, and that no modules import each other."""

import subprocess
from pathlib import Path
from statistics import median

import pytest

from benchmarks.console.logs import lnav
from tests.importgraph import ROOT, circles, import_graph

TOP = frozenset(
    {
        ".ci",
        ".editorconfig",
        ".gitignore",
        ".pre-commit-config.yaml",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "benchmarks",
        "console",
        "dhcpserver",
        "docs",
        "packaging",
        "pyproject.toml",
        "snmp",
        "tests",
        "themes",
    }
)
LONGEST_LINES = 400
TYPICAL_LINES = (60, 130)


def tracked() -> list[str]:
    """The files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in output.splitlines() if (ROOT / name).is_file()]


def lengths() -> dict[str, int]:
    """The lines of every Python module."""
    return {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in tracked() if name.endswith(".py")
    }


def test_the_top_of_the_tree_has_the_agreed_names_only() -> None:
    assert {name.split("/")[0] for name in tracked()} == TOP


def test_no_module_is_longer_than_400_lines() -> None:
    assert {name: lines for name, lines in lengths().items() if lines > LONGEST_LINES} == {}


def test_the_median_module_is_near_100_lines() -> None:
    shortest, longest = TYPICAL_LINES
    product = [lines for name, lines in lengths().items() if not name.startswith("tests/") and lines > 5]
    assert shortest <= median(product) <= longest


def test_no_modules_import_each_other() -> None:
    """Imports inside functions, under TYPE_CHECKING and by name as a string count too."""
    assert circles(import_graph()) == []


@pytest.mark.parametrize(
    "importing",
    [
        "from demo.b import VALUE",
        "def later() -> None:\n    import demo.b",
        "if TYPE_CHECKING:\n    from demo import b",
    ],
    ids=["at-the-top", "in-a-function", "for-types"],
)
def test_a_circle_is_found_however_it_is_imported(importing: str, tmp_path: Path) -> None:
    package = tmp_path / "demo"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text(f"from typing import TYPE_CHECKING\n\n{importing}\n")
    (package / "b.py").write_text("from demo.a import TYPE_CHECKING\n\nVALUE = TYPE_CHECKING\n")
    assert circles(import_graph(tmp_path, ("demo",))) == [("demo.a", "demo.b")]


def test_lnav_has_a_home_outside_the_tree(tmp_path: Path) -> None:
    """The benchmark runs lnav, which otherwise writes its configuration and formats into the checkout."""
    environment = lnav(tmp_path).environment
    assert environment.keys() >= {"HOME", "XDG_CONFIG_HOME"}
    assert all(Path(value).is_relative_to(tmp_path) for value in environment.values())
