"""pairwatch.toml: what it may say, and how every mistake is told at once."""

from pathlib import Path

import pytest

from console.errors import ConfigError
from console.makes.pairwatch.settings import PASSWORD_VARIABLE
from console.settings.document import endpoint, load

GOOD = """\
[[pair]]
name = "example-pair"
environment = "lab"
write = true
[[pair.server]]
name = "dhcp-a"
role = "main"
api = "http://127.0.0.11:8067/"
user = "admin"
password_file = "password"
trap_sources = ["127.0.0.11"]
[[pair.server]]
name = "dhcp-b"
role = "backup"
api = "http://127.0.0.12:8067"
user = "admin"
log = "b/log"
[console]
journal = "journal.db"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "pairwatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD))
    main, backup = settings.pair[0].server
    assert main.where == "http://127.0.0.11:8067"
    assert main.secret_file == tmp_path / "password"
    assert backup.log == tmp_path / "b" / "log"
    assert settings.journal_url == f"sqlite:///{tmp_path / 'journal.db'}"
    assert settings.traps.communities == ("public",)


def test_three_mistakes_are_three_lines_with_their_places(tmp_path: Path) -> None:
    text = GOOD.replace('role = "main"', 'role = "primary"').replace("write = true", 'write = "maybe"')
    text = text.replace('api = "http://127.0.0.12:8067"', 'api = "127.0.0.12:8067"')
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load(path)
    places = [line.split(": ")[0] for line in raised.value.lines]
    assert places == [f"{path}:4", f"{path}:7", f"{path}:15"]
    assert "primary" in raised.value.lines[1]
    assert "write http://HOST:PORT" in raised.value.lines[2]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('user = "admin"\npassword', "password", "user is missing: add it"),
        ("write = true", "writable = true", "not a setting of this table"),
        ('role = "backup"', 'role = "main"', "exactly two servers"),
        ('name = "dhcp-b"', 'name = "dhcp-a"', "different names"),
        ("[console]", "[console]\npoll_interval = 0", "greater than or equal"),
        ("[console]", '[traps]\nlisten = "localhost"\n[console]', "ADDRESS:PORT"),
        ('["127.0.0.11"]', '["dhcp-a"]', "IPv4 or IPv6"),
        ("[[pair]]", "[[pear]]", "pair"),
        ("[[pair]]", "[[pair]", "not TOML"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=words):
        load(written(tmp_path, GOOD.replace(old, new, 1)))


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "nothing")
    path = tmp_path / "latin"
    path.write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path)


def test_an_unknown_pair_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="choose one of example-pair"):
        load(written(tmp_path, GOOD)).named("other")


def test_passwords_come_from_the_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main, backup = load(written(tmp_path, GOOD)).pair[0].server
    with pytest.raises(ConfigError, match="password file of dhcp-a"):
        main.password()
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    assert main.password() == "secret"
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    with pytest.raises(ConfigError, match=PASSWORD_VARIABLE):
        backup.password()
    monkeypatch.setenv(PASSWORD_VARIABLE, "other")
    assert backup.password() == "other"


@pytest.mark.parametrize(("text", "expected"), [("127.0.0.1:1162", ("127.0.0.1", 1162)), ("[::1]:162", ("::1", 162))])
def test_endpoints(text: str, expected: tuple[str, int]) -> None:
    assert endpoint(text) == expected
