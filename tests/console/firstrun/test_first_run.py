"""The first run: what two servers say of themselves becomes a configuration, and what cannot is said."""

import stat
import tomllib
from pathlib import Path

import pytest

from console.errors import ConfigError
from console.firstrun.probe import Address, Found, Server, api_of, probe
from console.firstrun.writing import configuration, password_file, write
from console.model.phases import Phase
from console.settings.document import load
from console.tui.app import PairwatchApp
from console.tui.screens.setup import SetupScreen
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR
from tests.console.stand_in import PASSWORD, USER, free_port
from tests.console.test_cli import Site, site
from tests.console.tui.screens.stage import settle, shown

__all__ = ["site"]


def at(api: str, secret: str = PASSWORD) -> Address:
    return Address(api, USER, secret)


def found(main: str = MAIN, pair: str = PAIR, secret: str = "x") -> Found:
    servers = [
        Server(Address(f"https://{name}:8067", "watcher", secret), name, role, Phase.NORMAL, "viewer", 0.0)
        for name, role in ((main, "main"), (BACKUP, "backup"))
    ]
    return Found(pair, servers[0], servers[1])


@pytest.mark.parametrize(
    ("typed", "api"),
    [
        ("dhcp-a", "https://dhcp-a:8067"),
        ("dhcp-a:9000", "https://dhcp-a:9000"),
        (" http://192.0.2.11/ ", "http://192.0.2.11:8067"),
        ("127.0.0.11:8067", "http://127.0.0.11:8067"),
        ("localhost", "http://localhost:8067"),
        ("[::1]:9000", "http://[::1]:9000"),
        ("[2001:db8::1]", "https://[2001:db8::1]:8067"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed: str, api: str) -> None:
    assert api_of(typed) == api


@pytest.mark.parametrize(
    "typed", ["", "http://", "ftp://dhcp-a", "dhcp-a:port", "a b", "https://x/api", "[::1", "x:99999"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        api_of(typed)


async def test_the_servers_say_who_is_the_main_whatever_the_order(site: Site) -> None:
    came = await probe((at(site.backup.api), at(site.main.api)), lambda: NOW)
    assert came.fault is None
    assert came.found is not None
    assert (came.found.pair, came.found.main.name, came.found.backup.name) == (PAIR, MAIN, BACKUP)
    assert came.found.main.address.api == site.main.api
    assert came.said[0].endswith("dhcp-b, example-pair (backup); admin is expert")


async def test_a_server_that_does_not_answer_is_said(site: Site) -> None:
    came = await probe((at(site.main.api), at(f"http://127.0.0.1:{free_port()}")), lambda: NOW)
    assert came.found is None
    assert "Connection refused" in came.said[1]


async def test_a_wrong_password_is_said(site: Site) -> None:
    came = await probe((at(site.main.api, "mistaken"), at(site.backup.api)), lambda: NOW)
    assert came.found is None
    assert "mistaken" not in "".join(came.said)


async def test_one_server_twice_is_no_pair(site: Site) -> None:
    came = await probe((at(site.main.api), at(site.main.api)), lambda: NOW)
    assert came.fault == "both say that they are the main of example-pair: is it one server twice?"


async def test_servers_of_different_pairs_are_no_pair(site: Site) -> None:
    site.backup.status["pairs"][0]["name"] = "another"
    came = await probe((at(site.main.api), at(site.backup.api)), lambda: NOW)
    assert came.fault is not None
    assert "no pair in common" in came.fault


@pytest.mark.parametrize("junk", [{}, {"pairs": 3, "server": []}, {"pairs": [None], "server": {"name": None}}])
async def test_an_answer_that_is_none_stops_nothing(site: Site, junk: dict[str, object]) -> None:
    site.main.status = {"version": 1, "pairs": [], **junk}
    came = await probe((at(site.main.api), at(site.backup.api)), lambda: NOW)
    assert came.found is None
    assert came.fault


def test_the_configuration_is_what_was_found_and_its_passwords_are_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pairwatch.toml"
    write(path, found(secret="s3cret"), "production", False)
    settings = load(path)
    assert (settings.pair[0].name, settings.pair[0].environment, settings.pair[0].write) == (PAIR, "production", False)
    assert settings.pair[0].server[0].password() == "s3cret"
    assert "s3cret" not in path.read_text(encoding="utf-8")
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already"):
        write(path, found(), "", False)
    assert [each.name for each in tmp_path.iterdir()] == ["pairwatch.toml"]
    assert path.read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_used_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        write(tmp_path / "pairwatch.toml", found(pair="(console)"), "", False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ['a"b', "a\nb", "../../etc", "", "ä"])
def test_names_that_a_server_gives_are_only_names(name: str) -> None:
    parsed = tomllib.loads(configuration(found(main=name), "", True))
    assert parsed["pair"][0]["server"][0]["name"] == name
    assert "/" not in password_file(found(main=name).main)


def unconfigured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PairwatchApp:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return PairwatchApp.unconfigured()


async def test_a_pair_is_set_up_by_keys(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = unconfigured(tmp_path / "home", monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "watches no pair yet" in shown(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, SetupScreen)
        await pilot.press("f10")
        assert isinstance(app.screen, SetupScreen)
        for typed in (site.backup.api, site.main.api, USER, PASSWORD, "", "lab"):
            await pilot.press(*typed, "tab")
        await pilot.press("enter")
        await settle(pilot)
        text = shown(pilot)
        assert "main dhcp-a NORMAL, backup dhcp-b NORMAL" in " ".join(text.split())
        assert PASSWORD not in text
        await pilot.press("f10")
        await settle(pilot)
    assert app.wants_pair
    settings = load(tmp_path / "home" / "pairwatch" / "pairwatch.toml")
    assert (settings.pair[0].environment, settings.pair[0].write) == ("lab", False)


async def test_what_was_found_counts_no_more_once_the_words_are_others(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = unconfigured(tmp_path / "home", monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        for typed in (site.backup.api, site.main.api, USER, PASSWORD):
            await pilot.press(*typed, "tab")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("shift+tab", "x", "f10")
        await settle(pilot)
    assert not app.wants_pair
    assert not (tmp_path / "home").exists()


async def test_a_fault_is_said_on_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = unconfigured(tmp_path, monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press(*"no address", "enter")
        await settle(pilot)
        assert "is no address" in shown(pilot)
