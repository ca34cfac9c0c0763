"""The pages: every file that they name exists, every link leads to a file, and they are in plain English.

The words that are not used are those of the table in CONTRIBUTING.md. The docstrings of the packages are searched too.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from itertools import groupby
from pathlib import Path

import pytest

from tests.importgraph import PACKAGES, ROOT
from tests.test_structure import TOP, tracked

GUIDE = "CONTRIBUTING.md"
GENERATED = frozenset({"docs/rules.md", "docs/requirements.md", "docs/gallery.md"})
"""Written by commands, from the seed's rules and from the names of tests and screens."""
TABLE_OF_ALARMS = "## Every kind"
"""The rest of docs/alarms.md is the table of the code."""
NAMING = ("docs/architecture.md", GUIDE, "README.md")
"""The pages whose file names are checked."""

CODE = re.compile(r"`([^`\n]+)`")
PLACEHOLDER = re.compile(r"[A-Z]{3,}(?=[_./])")
PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"\n\n(?: {4,}.*\n?)+")
"""A block of code: indented lines after an empty one."""
QUOTED = re.compile(r'`[^`]*`|"[^"\n]*"')
WORDS = re.compile(r"<!-- words -->(.*)<!-- end of words -->", re.DOTALL)
ALLOWED = re.compile(r"\bthere (?:is|are) no\b|\b(?:is|are) no (?:longer|one|more)\b", re.IGNORECASE)


def pages() -> list[str]:
    return [name for name in tracked() if name.endswith(".md")]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def named_paths(page: str) -> set[str]:
    """The files and folders that a page names as code: those that begin with a name at the top of the tree."""
    found = {name for code in CODE.findall(FENCE.sub("", read(page))) for name in code.split()}
    return {name for name in found if name.rstrip("/").split("/")[0] in TOP and not PLACEHOLDER.search(name)}


@pytest.mark.parametrize("page", NAMING)
def test_every_file_and_folder_that_a_page_names_exists(page: str) -> None:
    paths = named_paths(page)
    assert paths
    assert {name for name in paths if not any(ROOT.glob(name.rstrip("/")))} == set()


@pytest.mark.parametrize("page", pages())
def test_every_relative_link_of_a_page_leads_to_a_file(page: str) -> None:
    targets = {target.partition("#")[0] for target in LINK.findall(read(page)) if "://" not in target}
    folder = (ROOT / page).parent
    assert {target for target in targets if target and not (folder / target).exists()} == set()


def test_every_page_that_the_code_names_exists() -> None:
    """The text of a setting is shown by `pairwatch config --explain`."""
    named = {
        (name, page) for name in tracked() if name.endswith(".py") for page in PAGE.findall((ROOT / name).read_text())
    }
    assert {each for each in named if not (ROOT / each[1]).exists()} == set()


@cache
def unplain() -> re.Pattern[str]:
    """The words of the guide's table as one pattern. `...` is one to four words."""
    found = WORDS.search(read(GUIDE))
    assert found is not None
    rows = [line.split("|")[1] for line in found[1].splitlines() if line.startswith("| ")][1:]
    words = [re.escape(word.strip()) for row in rows for word in row.split(",")]
    return re.compile(rf"\b(?:{'|'.join(words)})(?!\w)".replace(r"\.\.\.", r"\w+(?: \w+){0,3}"), re.IGNORECASE)


def hits(text: str) -> list[str]:
    """The words in a text that the guide replaces. Code, quotations and the guide's exceptions do not count."""
    text = INDENTED.sub("\n", FENCE.sub("", text))
    return unplain().findall(ALLOWED.sub("", re.sub(r"\s+", " ", QUOTED.sub("", text))))


def own_text(page: str) -> str:
    """What people wrote of a page: not the table of alarms, and not the guide's table of words."""
    return WORDS.sub("", read(page).partition(TABLE_OF_ALARMS)[0])


@pytest.mark.parametrize("page", [page for page in pages() if page not in GENERATED])
def test_a_page_is_in_plain_english(page: str) -> None:
    assert hits(own_text(page)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The table is read anew.", ["anew"]),
        ("What the other server says", ["What the other server says"]),
        ("It is no setting; there is no setting; it is no longer a setting.", ["is no setting"]),
        ('`anew`, or "anew"\n\n    anew', []),
    ],
)
def test_words_are_found_outside_code_and_quotations_only(text: str, words: list[str]) -> None:
    assert hits(text) == words


def docstrings(path: Path) -> Iterator[str]:
    """The strings of a module that are statements: docstrings, and those below constants and attributes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield cleandoc(text)


def folder_of(path: Path) -> str:
    """`console/insight`; of a module at the top of a package the package."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[: min(2, len(parts) - 1)])


def hits_by_folder() -> Mapping[str, list[str]]:
    """The words that each folder's docstrings use, with their files."""
    modules = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    found = {}
    for folder, paths in groupby(sorted(modules, key=folder_of), key=folder_of):
        found[folder] = [f"{path.name}: {word}" for path in paths for text in docstrings(path) for word in hits(text)]
    return found


def test_docstrings_are_in_plain_english() -> None:
    assert {folder: words for folder, words in hits_by_folder().items() if words} == {}
