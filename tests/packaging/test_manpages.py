"""The man pages: one for each command, up to date, and rendered by man without a warning."""

import os
import subprocess
from pathlib import Path

import click
import pytest

from console.cli import pairwatch
from docs import manpages
from tests.packaging.units import COLLECT, SERVE, required, settings

PAGES = sorted(manpages.FOLDER.glob("*.1"))


def names(command: click.Command, name: str) -> list[str]:
    """The command and those inside it, as their pages are called."""
    inner = command.commands if isinstance(command, click.Group) else {}
    return [name, *(found for word, each in inner.items() for found in names(each, f"{name}-{word}"))]


def test_each_command_has_a_page_that_is_up_to_date() -> None:
    assert sorted(path.stem for path in PAGES) == sorted(names(pairwatch, "pairwatch"))
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES} == dict(manpages.pages())


def test_a_page_that_is_old_or_of_no_command_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(manpages, "FOLDER", tmp_path / "man")
    monkeypatch.setattr("sys.argv", ["manpages"])
    assert manpages.main() == 0
    monkeypatch.setattr("sys.argv", ["manpages", "--check"])
    assert manpages.main() == 0
    (tmp_path / "man" / "pairwatch-gone.1").write_text("old", encoding="utf-8")
    (tmp_path / "man" / "pairwatch-serve.1").write_text("old", encoding="utf-8")
    assert manpages.main() == 1
    assert "(pairwatch-gone.1, pairwatch-serve.1)" in capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_man_renders_a_page(page: Path) -> None:
    command = [required("man", "man-db"), "--warnings", "-l", str(page)]
    environment = {**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    flat = " ".join(done.stdout.replace("\N{HYPHEN}\n", "").split())
    assert f"NAME {page.stem} - " in flat
    for option in (word for line in page.read_text().splitlines() if line.startswith("\\fB\\-") for word in [line]):
        assert option.replace("\\fB", "").replace("\\fP", "").replace("\\-", "-").strip() in flat


def test_the_units_name_pages_that_exist() -> None:
    documented = [settings(unit, "Documentation")[0] for unit in (SERVE, COLLECT)]
    assert [each.removeprefix("man:").removesuffix("(1)") in {page.stem for page in PAGES} for each in documented]
