"""The files that a recipe of CONTRIBUTING.md names: the first path of each numbered step."""

import re

from tests.importgraph import ROOT

PAGE = ROOT / "CONTRIBUTING.md"
STEP = re.compile(r"^\d+\. .*?`([\w/.]+\.\w+)`", re.MULTILINE)


def recipe(heading: str) -> str:
    """The text of a recipe. Raises ValueError if there is no such heading."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.index(f"### {heading}\n")
    end = text.find("\n### ", start + 1)
    return text[start : end if end > 0 else len(text)]


def named_files(heading: str, **names: str) -> set[str]:
    """The files of the steps. `names` has the values of placeholders such as NAME."""
    found = STEP.findall(recipe(heading))
    for placeholder, value in names.items():
        found = [file.replace(placeholder, value) for file in found]
    return set(found)
