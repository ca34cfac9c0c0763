"""Every setting is explained, with its value and where that comes from; secrets are not."""

import json
import re
from pathlib import Path

import pytest

from console import cli
from console.settings.document import load
from console.settings.explain import settings_known, values

CONFIG = """\
[[pair]]
name = "example-pair"
[[pair.server]]
name = "dhcp-a"
role = "main"
api = "http://127.0.0.11:8067"
user = "admin"
[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "http://127.0.0.12:8067"
user = "admin"
[traps]
communities = ["hidden-one"]
[[traps.community]]
name = "hidden-two"
[[notify]]
name = "pager"
url = ["json://hidden-three@example.net"]
[console]
poll_interval = 2.0
[keys]
"go.alarms" = "f5"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pairwatch.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_every_setting_has_words() -> None:
    assert [each.name for each in settings_known() if len(each.meaning) < 10] == []


def test_a_value_is_told_with_the_line_that_sets_it(config: Path) -> None:
    found = {each.path: each for each in values(load(config), CONFIG)}
    interval, role = found["console.poll_interval"], found["pair[1].server[2].role"]
    assert (interval.value, interval.line) == ("2.0", CONFIG.splitlines().index("poll_interval = 2.0") + 1)
    assert (role.value, role.line) == ('"backup"', 10)
    assert (found["console.theme"].value, found["console.theme"].line) == ('"night"', None)
    assert found["keys"].value == '{"go.alarms" = "f5"}'


def test_no_secret_is_shown(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["config", "--explain", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "hidden" not in out
    assert out.count("(secret)") == 3


def test_one_setting_is_explained_by_its_name(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["config", "--config", str(config), "poll_interval"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("console.poll_interval = 2.0    (pairwatch.toml:")
    assert "Seconds between two questions to a server." in out


def test_without_a_configuration_every_setting_is_explained_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert cli.run(["config", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "pair.server.api\n" in out
    assert "default: 14.0" in out


def test_a_setting_that_is_none_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["config", "--config", str(config), "colour_of_the_sky"]) == 2
    assert "unknown setting 'colour_of_the_sky'" in capsys.readouterr().err


def test_a_sound_configuration_is_said_to_be_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["config", "--config", str(config)]) == 0
    assert capsys.readouterr().out == f"{config}: valid; pairs: example-pair\n"


def test_a_wrong_configuration_is_refused_by_line(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.replace("poll_interval = 2.0", "poll_interval = -1"), encoding="utf-8")
    assert cli.run(["config", "--config", str(config)]) == 1
    assert ":21: console.poll_interval" in capsys.readouterr().err


def test_keys_are_listed_by_the_names_under_which_they_are_bound(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["config", "--keys", "--json"]) == 0
    names = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert names["go.alarms"]["keys"] == ["a"]
    assert names["app.quit"]["where"] == "everywhere"


def test_every_page_that_an_explanation_names_exists() -> None:
    root = Path(__file__).parents[3]
    named = {
        (each.name, page) for each in settings_known() for page in re.findall(r"docs/[\w./-]+?\.(?:md|toml)", str(each))
    }
    assert named, "some explanations name a page"
    assert [each for each in named if not (root / each[1]).is_file()] == []
