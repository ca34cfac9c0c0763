"""The commands with pairs of other makes: ISC dhcpd, known from traps and logs alone, and a make with few facts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import cli
from console.incidents.moments import find_moments
from console.incidents.report import incident_page
from console.journal.files import read_recording, write_recording
from console.journal.recorded_pairs import pairs_of
from console.model.observations import Observation
from console.state.replay import Player
from tests.console.makes.mute import MUTE, MuteSource, mute_answer, mute_pair
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, status
from tests.console.stand_in import PASSWORD, USER, StandIn, free_port, serving

TRAPS = f'[traps]\nlisten = "127.0.0.1:{free_port()}"\n[console]\njournal = "journal.db"\naudit_log = "audit.log"\n'
ISC_SERVERS = """[[pair.server]]
name = "dhcp-a"
role = "main"
[[pair.server]]
name = "dhcp-b"
role = "backup"
log = "dhcpd.log"
trap_sources = ["192.0.2.21"]
"""


def write_config(folder: Path, text: str) -> list[str]:
    (folder / "pairwatch.toml").write_text(text + TRAPS, encoding="utf-8")
    return ["--config", str(folder / "pairwatch.toml")]


@pytest.fixture
def isc(tmp_path: Path) -> list[str]:
    return write_config(tmp_path, f'[[pair]]\nname = "{PAIR}"\nmake = "isc"\nwrite = true\n{ISC_SERVERS}')


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[list[str]]:
    """The main is a Pairwatch server, its partner an ISC dhcpd."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    with serving(StandIn(status(MAIN))) as server:
        own = f'make = "pairwatch"\napi = "{server.api}"\nuser = "{USER}"\npassword_file = "password"\n'
        servers = ISC_SERVERS.replace('role = "main"\n', f'role = "main"\n{own}')
        yield write_config(tmp_path, f'[[pair]]\nname = "{PAIR}"\nmake = "isc"\nwrite = true\n{servers}')


@pytest.fixture
def mute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A pair whose servers report almost nothing. They replace Pairwatch servers."""
    monkeypatch.setattr("console.settings.clients.open_source", lambda server, pair: MuteSource(server.name))
    monkeypatch.setattr("console.settings.setup.profile", lambda name, polled: MUTE)
    servers = "".join(
        f'[[pair.server]]\nname = "{name}"\nrole = "{role}"\napi = "http://127.0.0.1:1"\nuser = "x"\n'
        for name, role in ((MAIN, "main"), (BACKUP, "backup"))
    )
    return write_config(tmp_path, f'[[pair]]\nname = "{PAIR}"\nwrite = true\n{servers}')


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.run(arguments)
    output = capsys.readouterr()
    return code, output.out, output.err


def test_a_pair_that_is_not_polled_is_unknown(isc: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["status", *isc], capsys)
    assert code == 3
    first, *rest, _ = out.splitlines()
    assert first == ("UNKNOWN - example-pair: Data from traps and logs only: cannot tell whether clients are served")
    assert all("not polled: ISC dhcpd, known from its traps and its log only" in line for line in rest)
    code, out, _ = run(["status", "--json", *isc], capsys)
    servers = json.loads(out)["pairs"][0]["servers"]
    assert {(each["make"], each["service"], each["state"]) for each in servers} == {("isc", "unknown", None)}


def test_a_pair_of_two_makes_is_known_in_part(mixed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["status", "--json", *mixed], capsys)
    (document,) = json.loads(out)["pairs"]
    assert code == 3
    assert document["severity"] == "unknown"
    assert [(each["make"], each["service"]) for each in document["servers"]] == [
        ("pairwatch", "serves"),
        ("isc", "unknown"),
    ]
    assert "cannot see dhcp-b" in document["summary"]


@pytest.mark.parametrize(
    "action",
    [
        ["set-partner-down"],
        ["use-safe-period", "--use", "off"],
        ["extend-safe-period", "--for", "9h"],
        ["stop", "--on", MAIN, "--absence", "short"],
        ["reload", "--on", MAIN],
        ["rebalance"],
        ["force-available", "--on", MAIN, "--address", "192.0.2.7"],
    ],
    ids=lambda each: each[0],
)
@pytest.mark.parametrize("make", ["isc", "mute"])
def test_every_action_is_refused(
    make: str, action: list[str], request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    config: list[str] = request.getfixturevalue(make)
    name, *options = action
    if name == "set-partner-down":
        options += ["--on", MAIN]
    code, _, err = run(["act", name, PAIR, *options, "--yes", "--reason", "x", "--dry-run", *config], capsys)
    assert code == 4
    assert "the console cannot do this on that make" in err


def test_a_pair_of_servers_that_report_nothing_is_unknown(mute: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["status", *mute], capsys)
    assert code == 3
    first, main, backup, _ = out.splitlines()
    assert first.startswith("UNKNOWN - example-pair: Cannot tell whether clients are served")
    assert "|" not in first
    for line in (main, backup):
        assert "unknown, communications unknown, partner unknown, free addresses unknown" in line
        assert line.endswith("unacknowledged updates unknown")


def test_doctor_reports_servers_that_are_not_polled(isc: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(["doctor", *isc], capsys)
    assert out.count("ISC dhcpd, known from its traps and its log only: it is not polled") == 2


def test_a_recording_of_servers_that_report_nothing_is_saved_played_and_reported(tmp_path: Path) -> None:
    observations: list[Observation] = [
        mute_answer(name, NOW - 60 * ago) for ago in range(9, -1, -1) for name in (MAIN, BACKUP)
    ]
    path = tmp_path / "incident.jsonl.gz"
    write_recording(path, observations)
    recording = read_recording(path)
    assert recording.observations == observations
    player = Player(recording.observations, [mute_pair()], ZONE)
    found = find_moments(player, PAIR)
    page = incident_page(player.store.pair(PAIR), found, observations, {}, None, ZONE)
    assert "Cannot tell whether clients are served" in page
    assert "NORMAL" not in page
    assert len(pairs_of(recording)) == 1
