"""The first run: the answers of two servers become a configuration, and faults are shown."""

import stat
import tomllib
from pathlib import Path

import pytest

from console.errors import ConfigError
from console.firstrun.probe import ProbedPair, ProbedServer, ServerAddress, api_address, probe
from console.firstrun.writing import configuration_text, password_file, write_configuration
from console.model.phases import Phase
from console.settings.document import load
from console.tui.app import PairwatchApp
from console.tui.screens.setup import SetupScreen
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR
from tests.console.stand_in import PASSWORD, USER, free_port
from tests.console.test_cli import Site, site
from tests.console.tui.screens.stage import settle, shown

__all__ = ["site"]


def address(api: str, secret: str = PASSWORD) -> ServerAddress:
    return ServerAddress(api, USER, secret)


def probed(main: str = MAIN, pair: str = PAIR, secret: str = "x") -> ProbedPair:
    servers = [
        ProbedServer(ServerAddress(f"https://{name}:8067", "watcher", secret), name, role, Phase.NORMAL, "viewer", 0.0)
        for name, role in ((main, "main"), (BACKUP, "backup"))
    ]
    return ProbedPair(pair, servers[0], servers[1])


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
def test_accepts_an_address_in_any_usual_form(typed: str, api: str) -> None:
    assert api_address(typed) == api


@pytest.mark.parametrize(
    "typed", ["", "http://", "ftp://dhcp-a", "dhcp-a:port", "a b", "https://x/api", "[::1", "x:99999"]
)
def test_refuses_an_address_that_is_not_valid(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a valid address"):
        api_address(typed)


async def test_takes_the_roles_from_the_servers_in_any_order(site: Site) -> None:
    result = await probe((address(site.backup.api), address(site.main.api)), lambda: NOW)
    assert result.fault is None
    assert result.found is not None
    assert (result.found.pair, result.found.main.name, result.found.backup.name) == (PAIR, MAIN, BACKUP)
    assert result.found.main.address.api == site.main.api
    assert result.lines[0].endswith("dhcp-b, example-pair (backup); admin is expert")


async def test_reports_a_server_that_does_not_answer(site: Site) -> None:
    result = await probe((address(site.main.api), address(f"http://127.0.0.1:{free_port()}")), lambda: NOW)
    assert result.found is None
    assert "Connection refused" in result.lines[1]


async def test_reports_a_wrong_password_without_showing_it(site: Site) -> None:
    result = await probe((address(site.main.api, "mistaken"), address(site.backup.api)), lambda: NOW)
    assert result.found is None
    assert "mistaken" not in "".join(result.lines)


async def test_refuses_one_server_at_both_addresses(site: Site) -> None:
    result = await probe((address(site.main.api), address(site.main.api)), lambda: NOW)
    assert result.fault == "both servers are the main of example-pair: are the two addresses one server?"


async def test_refuses_servers_of_different_pairs(site: Site) -> None:
    site.backup.status["pairs"][0]["name"] = "another"
    result = await probe((address(site.main.api), address(site.backup.api)), lambda: NOW)
    assert result.fault is not None
    assert "no pair in common" in result.fault


@pytest.mark.parametrize("junk", [{}, {"pairs": 3, "server": []}, {"pairs": [None], "server": {"name": None}}])
async def test_reports_an_answer_of_another_form(site: Site, junk: dict[str, object]) -> None:
    site.main.status = {"version": 1, "pairs": [], **junk}
    result = await probe((address(site.main.api), address(site.backup.api)), lambda: NOW)
    assert result.found is None
    assert result.fault


def test_writes_the_probed_pair_with_password_files_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pairwatch.toml"
    write_configuration(path, probed(secret="s3cret"), "production", False)
    settings = load(path)
    assert (settings.pair[0].name, settings.pair[0].environment, settings.pair[0].write) == (PAIR, "production", False)
    assert settings.pair[0].server[0].password() == "s3cret"
    assert "s3cret" not in path.read_text(encoding="utf-8")
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_never_replaces_an_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="exists already"):
        write_configuration(path, probed(), "", False)
    assert [each.name for each in tmp_path.iterdir()] == ["pairwatch.toml"]
    assert path.read_text(encoding="utf-8") == "mine"


def test_removes_the_files_of_a_configuration_that_is_not_valid(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        write_configuration(tmp_path / "pairwatch.toml", probed(pair="(console)"), "", False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ['a"b', "a\nb", "../../etc", "", "ä"])
def test_quotes_any_name_of_a_server(name: str) -> None:
    parsed = tomllib.loads(configuration_text(probed(main=name), "", True))
    assert parsed["pair"][0]["server"][0]["name"] == name
    assert "/" not in password_file(probed(main=name).main)


def unconfigured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PairwatchApp:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return PairwatchApp.unconfigured()


async def test_sets_up_a_pair_by_keys(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = unconfigured(tmp_path / "home", monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "has no configuration yet" in shown(pilot)
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
    assert app.setup_requested
    settings = load(tmp_path / "home" / "pairwatch" / "pairwatch.toml")
    assert (settings.pair[0].environment, settings.pair[0].write) == ("lab", False)


async def test_an_edit_after_the_probe_requires_a_new_probe(
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
    assert not app.setup_requested
    assert not (tmp_path / "home").exists()


async def test_shows_a_fault_on_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = unconfigured(tmp_path, monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press(*"no address", "enter")
        await settle(pilot)
        assert "is not a valid address" in shown(pilot)
