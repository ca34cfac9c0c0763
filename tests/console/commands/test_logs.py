"""`pairwatch logs` with an output that is not a terminal."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from console import cli
from console.commands.exits import INTERRUPTED
from tests.console.logs.lines import line, write


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two servers' folders; the older lines of the first are in a rotated file."""
    monkeypatch.setenv("TZ", "UTC")
    logs = []
    for server, seconds in (("dhcp-a", (3, 5)), ("dhcp-b", (2, 4))):
        folder = tmp_path / server / "logs"
        folder.mkdir(parents=True)
        write(folder / "name_dhcp_1_log", [line(at, f"lease 192.0.2.{at}", "Warning") for at in seconds])
        logs.append(str(folder / "name_dhcp_1_log"))
    write(tmp_path / "dhcp-a" / "logs" / "name_dhcp_1_log.01", [line(1, "lease 192.0.2.1")])
    return logs


def test_prints_files_merged_by_time_each_line_with_its_server(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["logs", *folders]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [(each.split()[0], each.split()[-1]) for each in printed] == [
        ("dhcp-a", "192.0.2.1"),
        ("dhcp-b", "192.0.2.2"),
        ("dhcp-a", "192.0.2.3"),
        ("dhcp-b", "192.0.2.4"),
        ("dhcp-a", "192.0.2.5"),
    ]


def test_prints_filtered_lines_as_json(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["logs", *folders, "--json", "--filter", "level:warning address:192.0.2.4"]) == 0
    (only,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert only == {
        "server": "dhcp-b",
        "at": "2026-07-15T03:00:04Z",
        "level": "Warning",
        "category": "Failover",
        "id": "18100",
        "text": "lease 192.0.2.4",
        "client": None,
        "address": "192.0.2.4",
    }


def test_prints_a_last_line_without_a_line_end(
    tmp_path: Path, folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with Path(folders[0]).open("a", encoding="utf-8") as file:
        file.write(line(9, "torn"))
    assert cli.run(["logs", *folders]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("torn")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["logs", "/no/such/log"], 1, "no file /no/such/log: name a server's log"),
        (["logs", "--filter", "id:x-y", "/no/such/log"], 2, "--filter: 'x-y' is not a valid message id"),
    ],
)
def test_an_error_has_its_remedy(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == status
    assert words in capsys.readouterr().err


def test_follow_prints_new_lines_and_survives_a_rotation(folders: list[str]) -> None:
    code = "from console.cli import main; main()"
    command = [sys.executable, "-c", code, "logs", "--follow", "--filter", "address:192.0.2.7", *folders]
    following = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A shell starts what it runs in the background with the signal ignored, and the children of that inherit it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert following.stdout is not None
        log = Path(folders[0])
        write(log, [line(20, "before lease 192.0.2.7")], "a")
        assert following.stdout.readline().rstrip().endswith("before lease 192.0.2.7")
        log.rename(log.with_name("name_dhcp_1_log.02"))
        write(log, [line(21, "none"), line(22, "after lease 192.0.2.7")])
        assert following.stdout.readline().rstrip().endswith("after lease 192.0.2.7")
    finally:
        following.send_signal(signal.SIGINT)
        following.wait(10)
        if following.stdout is not None:
            following.stdout.close()
    assert following.returncode == INTERRUPTED


def test_printing_does_not_load_the_terminal(folders: list[str]) -> None:
    code = "import sys; from console.cli import run; run(sys.argv[1:]); assert 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, "logs", *folders], check=True, capture_output=True)
