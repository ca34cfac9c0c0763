"""`pairwatch who-had`: the answer from the files of the lease log, as text and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from console import cli
from dhcpserver.api.whohad import NO_CLIENT, run
from dhcpserver.runtime.leaselog import JSON_NAME

TUESDAY = 1795529100.0
"""2026-11-24 14:05:00 UTC."""
HELD = {
    "at": "2026-11-24T12:00:00Z",
    "event": "leased",
    "address": "10.1.2.3",
    "scope": "office",
    "hardware": "1,6,02:00:00:00:00:01",
    "client_id": None,
    "host_name": "lap\x1btop",
    "relay_agent_info": "01:04:70:6f:72:74",
    "until": "2026-11-24T20:00:00Z",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    ended = {**HELD, "at": "2026-11-24T18:00:00Z", "event": "released"}
    older = {**HELD, "at": "2026-11-20T00:00:00Z", "address": "10.1.2.9"}
    lines = [json.dumps(each, separators=(",", ":")) for each in (older, HELD, ended)]
    (tmp_path / "logs" / JSON_NAME).write_text("\n".join(lines) + "\n")
    return tmp_path


def test_the_client_of_an_address_at_a_time(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what a machine is found by, and without a character that a terminal obeys."""
    assert run(data, "10.1.2.3", TUESDAY, as_json=False) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("10.1.2.3 at 2026-11-24T14:05:00Z: 1,6,02:00:00:00:00:01\n")
    for words in (
        "host name          lap\N{REPLACEMENT CHARACTER}top",
        "option 82          01:04:70:6f:72:74",
        "office",
    ):
        assert words in shown
    assert "client identifier" not in shown


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (5, "no client had it, as far as this log shows. The last event before was: released at 2026-11-24T18:00:00Z."),
        (-24, "no client had it, as far as this log shows.\n"),
        (-24 * 30, "not known. The lease log begins at 2026-11-20T00:00:00Z."),
    ],
)
def test_no_client_is_not_the_same_as_not_known(
    data: Path, capsys: pytest.CaptureFixture[str], hours: int, words: str
) -> None:
    assert run(data, "10.1.2.3", TUESDAY + hours * 3600, as_json=False) == NO_CLIENT
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("address", ["10.1.2", "x"])
def test_what_is_no_address_is_an_error(data: Path, address: str) -> None:
    assert run(data, address, TUESDAY, as_json=False) == 1


def test_a_directory_without_a_log_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not an answer that no client had it."""
    assert run(tmp_path, "10.1.2.3", TUESDAY, as_json=False) == 1
    assert 'set lease-log = ["json"]' in capsys.readouterr().err


def test_the_command(data: Path) -> None:
    """A time with a zone; a wrong one is an error of use."""
    asked = ["who-had", "10.1.2.3", "--data", str(data), "--json", "--at"]
    result = CliRunner().invoke(cli.pairwatch, [*asked, "2026-11-24 14:05Z"], standalone_mode=False)
    assert result.return_value == 0
    assert json.loads(result.output)["holder"]["host_name"] == "lap\x1btop"
    assert CliRunner().invoke(cli.pairwatch, [*asked, "tuesday"]).exit_code == 2
