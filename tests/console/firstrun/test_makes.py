"""What make answers at an address, and pairs of any make added to a configuration that exists."""

import os
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console import cli
from console.errors import ConfigError, Refused, SourceError
from console.firstrun.adding import NewPair, NewServer, add_pair, parse_setting, text_with
from console.firstrun.probe import ServerAddress, probe
from console.firstrun.writing import write_configuration
from console.makes.recognising import Login, recognise
from console.settings.document import load
from console.tui.app import PairwatchApp
from tests.console.makes.kea.stand_in import KeaStandIn, kea_pair_serving
from tests.console.scenes import NOW, PAIR
from tests.console.stand_in import PASSWORD, USER, free_port
from tests.console.test_cli import Site, site
from tests.console.tui.screens.stage import settle, shown

__all__ = ["site"]

Kea = tuple[KeaStandIn, KeaStandIn]
COMMENTED = """# pairs of the campus
[console]
theme = "day"  # bright room

[[pair]] # the first
name = "old"
make = "isc"
[[pair.server]]
name = "a"
role = "main"
[[pair.server]]
name = "b"
role = "backup"

# at the end
[traps]
listen = "127.0.0.1:1162"
"""


@pytest.fixture
def kea() -> Iterator[Kea]:
    with kea_pair_serving() as both:
        yield both


def pair(name: str = "new") -> NewPair:
    return NewPair(name, "isc", (NewServer("c", "main"), NewServer("d", "backup")))


async def test_the_make_is_found_out_by_asking(kea: Kea, site: Site) -> None:
    found = await recognise(Login(kea[0].api))
    assert (found.make, found.identity.name, dict(found.identity.pairs)) == ("kea", "server1", {"server2": "main"})
    ours = await recognise(Login(site.main.api, USER, PASSWORD))
    assert (ours.make, ours.identity.name) == ("pairwatch", "dhcp-a")
    kea[0].service = "dhcp6"
    assert (await recognise(Login(kea[0].api))).further == {"service": "dhcp6"}


async def test_a_wrong_login_and_an_unknown_server_are_told_apart(kea: Kea, site: Site) -> None:
    kea[0].login = "pw:right"
    with pytest.raises(Refused, match="the user or the password is wrong"):
        await recognise(Login(kea[0].api, "pw", "mistaken"), "kea")
    assert (await recognise(Login(kea[0].api, "pw", "right"))).make == "kea"
    with pytest.raises(SourceError, match="pairwatch: it requires a user; kea: "):
        await recognise(Login(site.main.api))
    with pytest.raises(SourceError, match="Connection refused"):
        await recognise(Login(f"http://127.0.0.1:{free_port()}", USER, PASSWORD))


async def test_the_first_run_writes_a_pair_of_kea(kea: Kea, tmp_path: Path) -> None:
    addresses = ServerAddress(kea[1].api, "", ""), ServerAddress(kea[0].api, "", "")
    result = await probe(addresses, lambda: NOW)
    assert result.fault is None
    assert result.lines[0].endswith("server2 (Kea), backup with server1")
    assert result.found is not None
    write_configuration(tmp_path / "pairwatch.toml", result.found, "", False)
    (pair,) = load(tmp_path / "pairwatch.toml").pair
    assert (pair.name, pair.make, [each.name for each in pair.server]) == (
        "server1-server2",
        "kea",
        ["server1", "server2"],
    )
    assert os.listdir(tmp_path) == ["pairwatch.toml"], "there is no password to write"


async def test_a_copied_configuration_is_no_pair(kea: Kea) -> None:
    kea[1].own_name = "server1"
    result = await probe((ServerAddress(kea[0].api, "", ""), ServerAddress(kea[1].api, "", "")), lambda: NOW)
    assert result.fault is not None
    assert "both servers call themselves server1" in result.fault


async def test_two_makes_are_no_pair(kea: Kea, site: Site) -> None:
    addresses = ServerAddress(site.main.api, USER, PASSWORD), ServerAddress(kea[1].api, "", "")
    result = await probe(addresses, lambda: NOW)
    assert result.fault == "one server is Pairwatch and the other Kea: name both in the file by hand"


async def test_the_form_of_the_first_run_needs_no_user_for_kea(
    kea: Kea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    app = PairwatchApp.unconfigured()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press(*kea[0].api, "tab", *kea[1].api, "enter")
        await settle(pilot)
        text = " ".join(shown(pilot).split())
        assert "The pair server1-server2: main server1 load-balancing, backup server2 load-balancing" in text
        await pilot.press("f10")
        await settle(pilot)
    assert load(tmp_path / "pairwatch" / "pairwatch.toml").pair[0].make == "kea"


def test_add_keeps_comments_and_order(tmp_path: Path) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    path.chmod(0o640)
    add_pair(path, pair())
    text = path.read_text(encoding="utf-8")
    for each in ("# pairs of the campus", "# bright room", "[[pair]] # the first", "# at the end", 'theme = "day"'):
        assert each in text
    assert [each.name for each in load(path).pair] == ["old", "new"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["pairwatch.toml"]


@pytest.mark.parametrize("text", ["not toml [", "pair = 3\n", COMMENTED.replace('"old"', '"new"')])
def test_a_file_that_would_be_wrong_is_not_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        add_pair(path, pair())
    assert path.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["pairwatch.toml"]
    assert ".pairwatch.toml." not in str(error.value)


def test_a_pair_is_added_where_there_is_no_file_and_where_there_is_no_pair(tmp_path: Path) -> None:
    add_pair(tmp_path / "new" / "pairwatch.toml", pair())
    assert load(tmp_path / "new" / "pairwatch.toml").pair[0].name == "new"
    assert tomllib.loads(text_with("[console]\n", pair()))["pair"][0]["name"] == "new"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("log=/var/log/kea.log", ("both", "log", "/var/log/kea.log")),
        ("main.port = 7911", ("main", "port", 7911)),
        ('backup.trap_sources=["192.0.2.1"]', ("backup", "trap_sources", ["192.0.2.1"])),
        ("service=dhcp6", ("both", "service", "dhcp6")),
    ],
)
def test_a_further_setting_is_toml_or_text(text: str, read: tuple[str, str, object]) -> None:
    assert parse_setting(text) == read


@pytest.mark.parametrize("text", ["log", "=x", "other.log=x", "main.=x"])
def test_a_setting_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid setting"):
        parse_setting(text)


def test_the_command_adds_a_pair_of_kea(kea: Kea, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    asked = ["add", "--config", str(path), kea[1].api, kea[0].api, "--name", "campus", "--set", "main.log=kea.log"]
    assert cli.run([*asked, "--dry-run"]) == 0
    assert 'make = "kea"' in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert cli.run(asked) == 0
    assert "added the pair campus (Kea)" in capsys.readouterr().out
    added = load(path).named("campus")
    assert [(each.name, each.role, each.log) for each in added.server] == [
        ("server1", "main", tmp_path / "kea.log"),
        ("server2", "backup", None),
    ]
    assert cli.run(["doctor", "--config", str(path)]) in (0, 1)
    assert "campus server1: main, load-balancing\n" in capsys.readouterr().out


def test_the_command_adds_pairs_of_other_makes(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    path = site.folder / "other.toml"
    config = ["--config", str(path)]
    login = ["--user", USER, "--password-file", "password"]
    assert cli.run(["add", *config, *login, site.backup.api, site.main.api, "--environment", "lab"]) == 0
    assert cli.run(["add", *config, "--make", "isc", "--name", "attic", "a", "b"]) == 0
    settings = load(path)
    assert [(each.name, each.make, each.environment) for each in settings.pair] == [
        (PAIR, "pairwatch", "lab"),
        ("attic", "isc", ""),
    ]
    assert settings.pair[0].server[0].password() == PASSWORD
    assert PASSWORD not in path.read_text(encoding="utf-8")
    capsys.readouterr()
    assert cli.run(["add", *config, *login, site.main.api, site.backup.api]) != 0
    assert "two pairs have the same name" in capsys.readouterr().err
    assert cli.run(["add", *config, "--make", "isc", "a", "b"]) != 0


class Exporter(BaseHTTPRequestHandler):
    """A page of windows_exporter."""

    def do_GET(self) -> None:
        known = self.path == "/metrics"
        page = b"windows_dhcp_failover_bndupd_sent_total 7\n" if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Write nothing."""


def test_servers_that_report_no_roles_are_added_in_the_order_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """windows_exporter reports neither the name of the server nor its role."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        path, port = tmp_path / "pairwatch.toml", http.server_port
        apis = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        assert cli.run(["add", "--config", str(path), "--name", "hq", *apis]) == 0
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
    assert "Windows" in capsys.readouterr().err
    added = load(path).named("hq")
    assert [(each.make, each.name, each.role) for each in added.server] == [
        ("windows", "127.0.0.1", "main"),
        ("windows", "localhost", "backup"),
    ]


def test_the_doctor_names_the_make_that_answers(kea: Kea, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.apis["dhcp-a"] = kea[0].api
    assert cli.run(["doctor", "--config", site.config()]) == 1
    text = capsys.readouterr().out
    assert f"FAIL example-pair dhcp-a: Kea answers at {kea[0].api}" in text
    assert 'set make = "kea"' in text
