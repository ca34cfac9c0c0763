"""PAIRWATCH_CONFIG and PAIRWATCH_THEME: an option has priority over the variable, and a variable over the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from console import cli
from console.commands import opening
from console.commands import replay as replaying
from console.makes.pairwatch import settings as make
from console.settings.environment import CONFIG_VARIABLE, PASSWORD_VARIABLE, THEME_VARIABLE, VARIABLES
from tests.console.settings.test_explain import CONFIG

EXPLAIN = ("config", "--explain")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that only the variable names."""
    path = tmp_path / "named.toml"
    path.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


@pytest.fixture
def themes(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The themes that the console and a replay were opened with."""
    seen: list[str | None] = []

    def open_console(config: Any, theme: str | None, *rest: Any) -> int:
        seen.append(theme)
        return 0

    def replay(config: Any, file: Any, start: Any, end: Any, theme: str | None, *rest: Any) -> int:
        seen.append(theme)
        return 0

    monkeypatch.setattr(opening, "open_console", open_console)
    monkeypatch.setattr(replaying, "run", replay)
    return seen


def test_the_variable_names_the_configuration_of_every_command(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["config"]) == 0
    assert capsys.readouterr().out.startswith(f"{config}: valid")


@pytest.mark.parametrize("before", [True, False])
def test_the_option_has_priority_over_the_variable(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(CONFIG, encoding="utf-8")
    option = ["--config", str(other)]
    assert cli.run([*option, "config"] if before else ["config", *option]) == 0
    assert capsys.readouterr().out.startswith(f"{other}: valid")


def test_an_empty_variable_counts_as_not_set(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    assert cli.run(["config"]) == 1
    assert "no configuration" in capsys.readouterr().err


def test_a_named_file_that_does_not_exist_is_an_error_and_not_a_first_start(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.unlink()
    assert cli.run([]) == 1
    assert f"cannot read {config}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "arguments", "expected"),
    [
        (None, [], None),
        ("day", [], "day"),
        ("day", ["--theme", "contrast"], "contrast"),
        ("day", ["replay"], "day"),
        ("day", ["--theme", "contrast", "replay"], "contrast"),
        ("day", ["replay", "--theme", "contrast"], "contrast"),
        ("day", ["--theme", "night", "replay", "--theme", "contrast"], "contrast"),
    ],
)
def test_the_theme_is_the_option_else_the_variable(
    themes: list[str | None],
    monkeypatch: pytest.MonkeyPatch,
    variable: str | None,
    arguments: list[str],
    expected: str | None,
) -> None:
    if variable is None:
        monkeypatch.delenv(THEME_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(THEME_VARIABLE, variable)
    assert cli.run(arguments) == 0
    assert themes == [expected]


def test_explain_shows_every_variable_and_no_password(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "hidden-four")
    monkeypatch.delenv(THEME_VARIABLE, raising=False)
    assert cli.run([*EXPLAIN]) == 0
    out = capsys.readouterr().out
    assert f'{CONFIG_VARIABLE} = "{config}"    (environment)' in out
    assert f"{THEME_VARIABLE} = not set    (environment)" in out
    assert "hidden-four" not in out
    assert cli.run([*EXPLAIN, "--json"]) == 0
    out = capsys.readouterr().out
    assert "hidden-four" not in out
    assert {each.name for each in VARIABLES} <= {each["path"] for each in json.loads(out)}


def test_the_variables_are_explained_without_a_configuration(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(CONFIG_VARIABLE)
    assert cli.run([*EXPLAIN, THEME_VARIABLE]) == 0
    assert capsys.readouterr().out.startswith(f"{THEME_VARIABLE} = ")


def test_the_password_variable_is_the_one_that_the_make_reads() -> None:
    assert PASSWORD_VARIABLE == make.PASSWORD_VARIABLE
