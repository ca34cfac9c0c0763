"""`pairwatch doctor` with stand-in servers, real files and environments: faults and their remedies."""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from console import cli
from console.doctor.results import Health
from console.doctor.terminal import check_terminal
from tests.console.scenes import MAIN
from tests.console.test_cli import Site, site

__all__ = ["site"]

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def results(capsys: pytest.CaptureFixture[str], config: str, status: int) -> dict[str, dict[str, str]]:
    assert cli.run(["doctor", "--config", config, "--json"]) == status
    return {each["what"]: each for each in json.loads(capsys.readouterr().out)}


def private(site: Site) -> str:
    config = site.config()
    (site.folder / "password").chmod(0o600)
    return config


def test_finds_no_fault_in_a_sound_installation(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    found = results(capsys, private(site), 0)
    assert found["example-pair dhcp-a"]["health"] == "ok"
    assert found["example-pair dhcp-a"]["fact"] == "main, NORMAL; admin is expert"
    assert found["password of dhcp-a"]["health"] == "ok"
    assert {"journal", "audit log", "theme", "configuration"} <= found.keys()


def test_finds_a_server_that_does_not_answer(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.kill(MAIN)
    found = results(capsys, private(site), 1)
    assert found["example-pair dhcp-a"]["health"] == "fail"
    assert "Connection refused" in found["example-pair dhcp-a"]["fact"]
    assert found["example-pair dhcp-b"]["health"] == "ok"


def test_finds_a_wrong_password_and_shows_the_remedy(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    (site.folder / "password").write_text("mistaken", encoding="utf-8")
    found = results(capsys, private(site), 1)
    assert "the user or its password is not valid" in found["example-pair dhcp-a"]["todo"]
    assert "mistaken" not in str(found)


def test_finds_servers_whose_addresses_are_exchanged(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.main.status, site.backup.status = site.backup.status, site.main.status
    assert cli.run(["doctor", "--config", private(site)]) == 1
    out = capsys.readouterr().out
    assert "FAIL example-pair dhcp-a: it is the backup, but configured here as main" in out
    assert "WARN example-pair dhcp-a: its name is dhcp-b" in out


def test_finds_a_password_file_that_others_may_read(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    config = site.config()
    (site.folder / "password").chmod(0o644)
    found = results(capsys, config, 0)
    assert found["password of dhcp-a"]["health"] == "warn"
    assert found["password of dhcp-a"]["todo"] == f"chmod 600 {site.folder / 'password'}"


def test_finds_a_trap_port_that_is_in_use(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    config = private(site)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        text = Path(config).read_text(encoding="utf-8")
        (site.folder / "taken.toml").write_text(_with_traps_at(text, port), encoding="utf-8")
        found = results(capsys, str(site.folder / "taken.toml"), 0)
    assert found["traps"]["health"] == "warn"
    assert "in use" in found["traps"]["fact"]


def _with_traps_at(text: str, port: int) -> str:
    return "\n".join(
        f'listen = "127.0.0.1:{port}"' if line.startswith("listen") else line for line in text.splitlines()
    )


@pytest.mark.parametrize(
    ("line", "what", "words"),
    [
        ('journal = "/proc/nowhere/journal.db"', "journal", "cannot open"),
        ('audit_log = "/proc/nowhere/audit.log"', "audit log", "cannot be written"),
        ('theme = "mauve"', "theme", "unknown theme 'mauve'"),
    ],
)
def test_finds_a_setting_that_cannot_be_used(
    site: Site, capsys: pytest.CaptureFixture[str], line: str, what: str, words: str
) -> None:
    name = line.split(" ")[0]
    kept = [each for each in Path(private(site)).read_text(encoding="utf-8").splitlines() if not each.startswith(name)]
    config = site.folder / "broken.toml"
    config.write_text("\n".join([*kept, line]), encoding="utf-8")
    found = results(capsys, str(config), 1)
    assert found[what]["health"] == "fail"
    assert words in found[what]["fact"]


def test_reports_faults_of_the_configuration_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "pairwatch.toml"
    config.write_text('[console]\npoll_interval = "soon"\n', encoding="utf-8")
    assert cli.run(["doctor", "--config", str(config)]) == 1
    out = capsys.readouterr().out
    assert f"FAIL configuration: {config}:2: console.poll_interval" in out
    assert "config --explain" in out


def test_shows_how_to_create_a_missing_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert cli.run(["doctor"]) == 1
    assert "run 'pairwatch' to create it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "size", "encoding", "what"),
    [
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, (80, 24), "UTF-8", "terminal"),
        (GOOD, (79, 24), "UTF-8", "size"),
        (GOOD, (80, 23), "UTF-8", "size"),
        (GOOD, (80, 24), "ANSI_X3.4-1968", "encoding"),
        ({"TERM": "xterm"}, (80, 24), "UTF-8", "colours"),
        ({**GOOD, "TMUX": "/tmp/tmux,1,0"}, (80, 24), "UTF-8", "clipboard"),
        ({**GOOD, "STY": "1.pts"}, (80, 24), "UTF-8", "clipboard"),
    ],
)
def test_shows_the_remedy_for_a_limited_terminal(
    environment: Mapping[str, str], size: tuple[int, int], encoding: str, what: str
) -> None:
    doubtful = [each for each in check_terminal(environment, size, encoding, True) if each.health is not Health.OK]
    assert [each.what for each in doubtful] == [what]
    assert doubtful[0].todo


def test_reports_no_fault_for_a_full_terminal() -> None:
    assert all(each.health is Health.OK for each in check_terminal(GOOD, (80, 24), "utf-8", True))
    assert all(each.health is Health.OK for each in check_terminal({**GOOD, "NO_COLOR": "1"}, (200, 60), "utf8", True))


def test_finds_a_log_that_does_not_exist(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(private(site)).read_text(encoding="utf-8")
    config = site.folder / "logs.toml"
    config.write_text(text.replace('role = "main"', 'role = "main"\nlog = "no-such-log"'), encoding="utf-8")
    found = results(capsys, str(config), 0)
    assert found["log of dhcp-a"]["health"] == "warn"
    assert os.sep in found["log of dhcp-a"]["fact"]


def test_checks_the_mib_modules(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    config = Path(private(site))
    (site.folder / "mibs").mkdir()
    (site.folder / "mibs" / "a").write_text("A-MIB DEFINITIONS ::= BEGIN\nx OBJECT IDENTIFIER ::= { y\nEND\n")
    text = config.read_text(encoding="utf-8")
    traps = '[traps]\nmib_dirs = ["mibs"]\n'
    config.write_text(text.replace("[traps]\n", traps) if "[traps]" in text else f"{text}\n{traps}", encoding="utf-8")
    assert cli.run(["doctor", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "WARN MIB modules: " in out
    assert "mibs/a (A-MIB), line 3" in out
