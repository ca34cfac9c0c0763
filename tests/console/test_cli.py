"""The commands as run from a shell: output, exit status, one line for an error, and the modules that they import."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from console import cli
from console.sources.traps import ForwardingReceiver
from snmp.forward.forwarder import Forwarder, ForwardRule
from snmp.send.recipient import Recipient
from tests.console.scenes import BACKUP, MAIN, PAIR, text
from tests.console.scenes import status as status_of
from tests.console.stand_in import PASSWORD, USER, StandIn, free_port, serving

ALONE = "COMMUNICATIONS-INTERRUPTED"


class Site:
    """A configuration with two stand-in servers. `kill` makes one of them unreachable."""

    def __init__(self, folder: Path, main: StandIn, backup: StandIn) -> None:
        self.folder = folder
        self.main, self.backup = main, backup
        self.apis = {MAIN: main.api, BACKUP: backup.api}
        self.write = True
        (folder / "password").write_text(PASSWORD, encoding="utf-8")

    def kill(self, server: str) -> None:
        self.apis[server] = f"http://127.0.0.1:{free_port()}"

    def config(self) -> str:
        servers = "".join(
            f'[[pair.server]]\nname = "{name}"\nrole = "{role}"\napi = "{self.apis[name]}"\nuser = "{USER}"\n'
            'password_file = "password"\n'
            for name, role in ((MAIN, "main"), (BACKUP, "backup"))
        )
        path = self.folder / "pairwatch.toml"
        path.write_text(
            f'[[pair]]\nname = "{PAIR}"\nwrite = {str(self.write).lower()}\n{servers}'
            f'[traps]\nlisten = "127.0.0.1:{free_port()}"\n'
            '[console]\njournal = "journal.db"\naudit_log = "audit.log"\npoll_interval = 0.2\n',
            encoding="utf-8",
        )
        return str(path)


def now() -> float:
    import time

    return time.time()


def alone(server: str) -> dict[str, Any]:
    """A server that lost contact ten minutes ago, by the real clock that commands use."""
    at = now()
    return status_of(
        server,
        at,
        ALONE,
        started=text(at - 86400),
        state_since=text(at - 600),
        start_of_communications_interrupted=text(at - 600),
        last_contact=text(at - 600),
        safe_period_remaining=13800,
        safe_period_ends=text(at + 13800),
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        main = stack.enter_context(serving(StandIn(status_of(MAIN, now()))))
        backup = stack.enter_context(serving(StandIn(status_of(BACKUP, now()))))
        yield Site(tmp_path, main, backup)


ACT = ["act", "set-partner-down", PAIR]


def test_act_sets_partner_down_for_a_partner_that_is_down(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """R-136, R-150: from the shell, with the same guards as on the screen."""
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    site.backup.after_post = status_of(BACKUP, now(), "PARTNER-DOWN")
    assert cli.run([*ACT, "--yes", "--reason", "burnt", "--config", site.config()]) == 0
    assert "dhcp-b is PARTNER-DOWN" in capsys.readouterr().out
    assert site.backup.bodies[0]["reason"] == "burnt"
    assert (site.folder / "audit.log").stat().st_mode & 0o777 == 0o600


def test_act_switches_the_safe_period_off_on_both(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """R-141: one command acts on both servers, and reports a refusal with the time of that server's takeover."""
    site.main.status, site.backup.status = alone(MAIN), alone(BACKUP)
    for server, name in ((site.main, MAIN), (site.backup, BACKUP)):
        server.after_post = alone(name)
        server.after_post["pairs"][0].update(use_safe_period=False, safe_period_remaining=None, safe_period_ends=None)
    act = ["act", "use-safe-period", PAIR, "--use", "off", "--config", site.config()]
    assert cli.run([*act, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "dhcp-a:" in out
    assert "dhcp-b:" in out
    assert "to run it again: pairwatch act use-safe-period example-pair --use off" in out
    assert site.main.bodies == site.backup.bodies == []
    assert cli.run([*act, "--yes"]) == 0
    assert site.main.bodies == site.backup.bodies == [{"use": False}]
    assert "NOT YET" not in capsys.readouterr().err


def test_act_runs_on_one_server_if_the_other_is_unreachable(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """R-141: exit status 4 for the refusal, and the action runs on the other server."""
    site.kill(MAIN)
    site.backup.status, site.backup.after_post = alone(BACKUP), alone(BACKUP)
    site.backup.after_post["pairs"][0].update(use_safe_period=False, safe_period_remaining=None, safe_period_ends=None)
    act = ["act", "use-safe-period", PAIR, "--use", "off", "--yes", "--config", site.config()]
    assert cli.run(act) == 4, "without a reason nothing is sent while one server cannot be changed"
    assert site.backup.bodies == []
    assert cli.run([*act, "--reason", "main out of reach"]) == 4
    out = capsys.readouterr()
    assert "the safe period is off on dhcp-b" in out.out
    assert "dhcp-a: cannot see dhcp-a" in out.err
    assert site.backup.bodies == [{"use": False}]


def test_act_stops_a_server_only_while_the_other_serves(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    act = ["act", "stop", PAIR, "--on", MAIN, "--absence", "long", "--yes", "--config", site.config()]
    site.backup.status = status_of(BACKUP, now(), "RECOVER")
    assert cli.run(act) == 4
    assert "does not serve clients" in capsys.readouterr().err
    assert site.main.bodies == []
    site.backup.status = status_of(BACKUP, now())
    site.main.problem = (409, {"title": "state", "status": 409, "detail": "this server is in RECOVER"})
    assert cli.run(act) == 1
    assert "dhcp-a refused: this server is in RECOVER" in capsys.readouterr().out
    assert site.main.bodies == [{"absence": "long"}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["stop", PAIR, "--on", MAIN], "stop needs --absence short or long"),
        (["stop", PAIR, "--absence", "short"], "which server is to run the action? Name it with --on"),
        (["use-safe-period", PAIR], "use-safe-period needs --use off or on"),
        (["extend-safe-period", PAIR, "--for", "soon"], "--for: 'soon' is not a valid duration"),
    ],
)
def test_act_reports_a_missing_or_wrong_option(
    site: Site, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert cli.run(["act", *arguments, "--yes", "--config", site.config()]) == 2
    assert words in capsys.readouterr().err


def test_act_refuses_set_partner_down_while_the_partner_serves(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """R-136: both servers run."""
    site.main.status, site.backup.status = alone(MAIN), alone(BACKUP)
    config = site.config()
    assert cli.run([*ACT, "--on", BACKUP, "--yes", "--reason", "x", "--config", config]) == 4
    err = capsys.readouterr().err
    assert "pairwatch: dhcp-a answers and is COMMUNICATIONS-INTERRUPTED" in err
    assert site.backup.bodies == []


def test_act_without_confirmation_and_without_a_terminal_refuses(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    assert cli.run([*ACT, "--config", site.config()]) == 4
    assert "then confirm with --yes" in capsys.readouterr().err
    assert site.backup.bodies == []


def test_a_dry_run_prints_the_consequences_and_changes_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """R-151: the consequences, with numbers."""
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    config = site.config()
    assert cli.run([*ACT, "--dry-run", "--config", config]) == 0
    out = capsys.readouterr().out
    assert "955 free addresses" in out
    assert "setPartnerDown" in out
    assert cli.run([*ACT, "--dry-run", "--json", "--yes", "--config", config]) == 0
    assert json.loads(capsys.readouterr().out)["addresses_gained"] == 955
    assert site.backup.bodies == []
    assert not (site.folder / "audit.log").exists()


@pytest.mark.parametrize(
    ("date", "status", "words"),
    [
        ("-1d", 4, "only expert mode"),
        ("nonsense", 2, "cannot read"),
        ("2099-01-01 00:00", 4, "future"),
        ("2999-01-01 00:00", 2, "outside the range of dates"),
    ],
)
def test_act_refuses_a_date_that_is_not_possible(
    site: Site, capsys: pytest.CaptureFixture[str], date: str, status: int, words: str
) -> None:
    """R-149, R-152, R-153."""
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    assert cli.run([*ACT, "--yes", "--date", date, "--config", site.config()]) == status
    assert words in capsys.readouterr().err
    assert site.backup.bodies == []


def test_a_read_only_pair_needs_write(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.write = False
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    site.backup.after_post = status_of(BACKUP, now(), "PARTNER-DOWN")
    config = site.config()
    assert cli.run([*ACT, "--yes", "--config", config]) == 4
    assert "read-only" in capsys.readouterr().err
    assert cli.run([*ACT, "--yes", "--write", "--config", config]) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--nonsense"], 2, "No such option"),
        (["nonsense"], 2, "No such command"),
        (["config", "--config", "/nowhere/pairwatch.toml"], 1, "No such file"),
        (["act", "reboot", PAIR], 2, "set-partner-down"),
        (["traps", "--listen", "here"], 2, "ADDRESS:PORT"),
        (["replay", "/nowhere/file"], 1, "/nowhere/file"),
        (["replay", "--from", "-1h", "file"], 2, "--from and --to cannot be used with a FILE"),
        (["serve"], 2, "--data"),
    ],
)
def test_an_error_is_one_line_with_its_remedy(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == status
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("pairwatch: ")
    assert out.err.count("\n") == 1
    assert words in out.err


def test_status_without_a_configuration_shows_how_to_create_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert cli.run(["status"]) == 3
    assert "try 'pairwatch demo'" in capsys.readouterr().err


def test_each_fault_of_a_configuration_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairwatch.toml"
    path.write_text("pair = 3\n[console]\npoll_interval = 0\nnonsense = 1\n", encoding="utf-8")
    assert cli.run(["status", "--config", str(path)]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"{path}:1", f"{path}:3", f"{path}:4"]


HEAVY = ("textual", "pysnmp", "sqlalchemy")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["status"], ["act"]])
def test_shell_commands_do_not_import_the_terminal(site: Site, arguments: list[str]) -> None:
    """A status command that runs every minute must start fast."""
    if arguments == ["status"]:
        arguments = ["status", "--config", site.config()]
    if arguments == ["act"]:
        arguments = [*ACT, "--dry-run", "--config", site.config()]
    code = (
        "import sys; from console import cli; status = cli.run(sys.argv[1:]); "
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


class FakeCounters:
    received, decoded, coalesced, rejected, dropped, kernel_drops = 3, 1, 2, 0, 0, 0


def test_traps_prints_one_line_for_each_trap_and_the_counters_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from tests.console.sources.test_traps import Note, Receiver

    class Counting(Receiver):
        def counters(self) -> Any:
            return FakeCounters()

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("console.commands.traps.open_receiver", lambda settings: Counting())
    assert cli.run(["traps", "--seconds", "0"]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == ("2026-07-15T03:12:00Z 192.0.2.12:5000 v2c other-server-not-responding x2 server=192.0.2.11")
    assert last == "counters: received 3, decoded 1, coalesced 2, rejected 0, dropped 0, kernel drops 0"
    monkeypatch.setattr(Note, "json_line", lambda self: json.dumps({"name": self.name}), raising=False)
    assert cli.run(["traps", "--seconds", "0", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"name": "other-server-not-responding"}
    assert lines[-1]["counters"]["coalesced"] == 2
    assert lines[-1]["forwarded"] == {}


def test_traps_prints_what_was_forwarded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from tests.console.sources.test_traps import Receiver

    forwarder = Forwarder([ForwardRule(Recipient("192.0.2.9:162", "192.0.2.9"), as_received=True)])
    monkeypatch.setattr(forwarder, "forward", lambda notification, now: None)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(
        "console.commands.traps.open_receiver", lambda settings: ForwardingReceiver(Receiver(), forwarder)
    )
    assert cli.run(["traps", "--seconds", "0"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "forwarded to 192.0.2.9:162: sent 0, failed 0, dropped 0, returned 0"


def test_serve_and_demo_pass_their_options_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[Any] = []

    def serve(data: Path, config: Path | None) -> int:
        calls.append((data, config))
        return 7

    def run(options: Any, open_console: Any, itself: Any) -> int:
        calls.append(vars(options))
        return 8

    monkeypatch.setitem(sys.modules, "dhcpserver.main", SimpleNamespace(serve=serve))
    monkeypatch.setitem(sys.modules, "console.demo.run", SimpleNamespace(run=run))
    monkeypatch.setitem(sys.modules, "console.demo.options", SimpleNamespace(DemoOptions=SimpleNamespace))
    assert cli.run(["serve", "--data", str(tmp_path)]) == 7
    assert cli.run(["demo", "--headless", "--dir", str(tmp_path), "--clients", "0", "--seconds", "5"]) == 8
    assert calls[0] == (tmp_path, None)
    assert calls[1] == {
        "headless": True,
        "dir": tmp_path,
        "seconds": 5.0,
        "scenario": "steady",
        "mclt": 60,
        "clients": 0,
        "pool": 4096,
    }
