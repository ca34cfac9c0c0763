"""An attribute of the failover pair, as CONTRIBUTING.md adds it: declared once, and passed to the failover core."""

import re
from pathlib import Path

from tests.importgraph import PACKAGES, ROOT
from tests.recipes.changed_tree import ChangedTree
from tests.recipes.page import named_files, recipe

OBJECTS = "dhcpserver/config/classes/failover_pair.py"
SETTINGS = "dhcpserver/failover/settings.py"
STATUS = "dhcpserver/contract/pair.py"

EXAMPLE = "safe_period_strict"
"""An attribute that the console uses as a fact; the recipe names all its files."""


def test_an_attribute_needs_three_files_from_the_configuration_to_the_core_and_the_status(tmp_path: Path) -> None:
    tree = ChangedTree(tmp_path)
    tree.insert_after(
        OBJECTS,
        '    port: Annotated[Port, About("the TCP port of the link", Visibility.EXPERT)] = FAILOVER_PORT',
        '    keepalive_retries: Annotated[int, Field(ge=1, le=10), About("attempts")] = 3',
    )
    tree.insert_after(SETTINGS, "    keepalive: int", "    keepalive_retries: int")
    tree.insert_after(STATUS, "    mclt: Seconds", "    keepalive_retries: Count | None = None")
    assert tree.run("tests.recipes.trial_attribute").splitlines() == [
        "read: 5, default 3",
        "a wrong value is reported at line 14",
        "in the status: 5",
        "GET /api/v1/config: {'name': 'example', 'main': 'a', 'backup': 'b', 'keepalive-retries': 5}",
        "compared by the console: failover-pair example keepalive-retries: 5 / (default)",
    ]
    assert tree.new_circles() == []
    assert tree.files == named_files("An attribute of the failover pair")
    assert len(tree.files) <= 3


def test_the_recipe_names_every_file_of_an_attribute_that_a_screen_shows() -> None:
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if re.search(rf"\b{EXAMPLE}\b", path.read_text(encoding="utf-8"))
    }
    text = recipe("An attribute of the failover pair")
    example = text[text.index("`safe-period-strict`") :]
    assert set(re.findall(r"`((?:dhcpserver|console)/[\w/]+\.py)`", example)) == files
