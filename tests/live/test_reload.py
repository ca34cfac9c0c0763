"""Reloading a running server: nothing in a configuration or on the machine ends it, and no answer shows a secret."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import ApiError, LivePair, LiveServer, RelayedClient, eventually

pytestmark = pytest.mark.live

MARKER = "marker-of-a-secret"
OUT_OF_RANGE = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z",
    "2106-02-07T06:28:16Z",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A main without its partner, with secrets in its configuration."""
    live = LivePair(tmp_path)
    path = live.main.directory / "config.toml"
    text = path.read_text().replace('backup = "backup"', f'backup = "backup"\nshared-secret = "{MARKER}-1"')
    path.write_text(text.replace('name = "test"', f'name = "test"\ncommunity = "{MARKER}-2"'))
    live.main.start()
    try:
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
    finally:
        live.stop()


def refused(server: LiveServer, path: str, content: object) -> ApiError:
    with pytest.raises(ApiError) as caught:
        server.ask(path, content)
    return caught.value


def reload_and_wait(server: LiveServer, text: str) -> None:
    """Send SIGHUP, and wait for one more line with the text."""
    assert server.process is not None
    before = server.log().count(text)
    server.process.send_signal(signal.SIGHUP)
    eventually(f"the log has {text!r}", lambda: server.log().count(text) > before)


def test_no_log_answer_or_process_list_shows_a_secret(server: LiveServer) -> None:
    """A failed reload printed the whole table into the log, and a viewer could read it by GET /log."""
    path = server.directory / "config.toml"
    good = path.read_text()
    answers = []
    for bad in (
        good.replace("[[failover-pair]]", "[failover-pair]"),
        good.replace("[[trap-recipient]]", "[trap-recipient]"),
        good.replace(f'"{MARKER}-1"', f'["{MARKER}-1"]'),
        good.replace(f'"{MARKER}-2"', f'{{ value = "{MARKER}-2" }}'),
        good.replace("shared-secret", "shared-secrt"),
        good.replace(f'"{MARKER}-1"', f'"{MARKER}-1'),
    ):
        assert bad != good
        path.write_text(bad)
        error = refused(server, "/api/v1/reload?force=true", {})
        assert error.status == 422
        answers.append(error.octets.decode())
        reload_and_wait(server, "Not reloaded")
    path.write_text(good)
    answers += [
        json.dumps(server.ask(f"/api/v1/{what}")) for what in ("log?limit=1000", "config", "status", "leases?scope=s1")
    ]
    answers += [server.log(), (server.directory / "stderr").read_text(), server.ask("/metrics")]
    assert server.process is not None
    answers.append(Path(f"/proc/{server.process.pid}/cmdline").read_text())
    answers.append((server.directory / "state.json").read_text())
    for answer in answers:
        assert MARKER not in answer


def test_a_start_that_fails_shows_no_secret(server: LiveServer, tmp_path: Path) -> None:
    path = tmp_path / "wrong" / "config.toml"
    path.parent.mkdir()
    path.write_text((server.directory / "config.toml").read_text().replace("[[failover-pair]]", "[failover-pair]"))
    command = [sys.executable, "-m", "dhcpserver.main", "--data", str(path.parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "failover-pair" in done.stderr
    assert MARKER not in done.stderr + done.stdout


def test_a_date_that_cannot_be_stored_changes_nothing(server: LiveServer) -> None:
    """Case S10: it gave HTTP 500, the state was PARTNER-DOWN, and the server did not start again."""
    before = server.pair()
    assert before is not None
    for date in (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z",
        "2106-02-07T06:28:16Z",
    ):
        error = refused(server, "/api/v1/pairs/example-pair/set-partner-down", {"date": date, "expert": True})
        assert error.status == 422
        assert json.loads(error.octets)["errors"][0]["field"] == "date"
    after = server.pair()
    assert after is not None
    assert (after["state_since"], after["partner_down_time"]) == (before["state_since"], before["partner_down_time"])
    server.kill(signal.SIGTERM)
    server.start()
    eventually("it starts again", lambda: server.state() is not None)


def test_an_unreadable_state_leads_to_recover(server: LiveServer) -> None:
    """A record that cannot be read does not keep a server from starting."""
    server.kill()
    (server.directory / "state.json").write_text('{"uid": 7, "failover": {}}')
    server.start()
    eventually("RECOVER", lambda: server.state() == "RECOVER")
    assert "18303" in server.log()
    assert (server.directory / "state.json.unreadable").exists()


def test_a_configuration_that_cannot_be_started_is_replaced_by_the_previous_one(
    server: LiveServer, client: RelayedClient
) -> None:
    """A port that is taken ended the process."""
    path = server.directory / "config.toml"
    good = path.read_text()
    with socket.socket() as taken:
        taken.bind((server.address, 0))
        taken.listen()
        path.write_text(good.replace(f"port = {server.api}", f"port = {taken.getsockname()[1]}"))
        assert server.ask("/api/v1/reload", {}) == {"result": "reloading"}
        eventually("it tries", lambda: "Not started: cannot open the API" in server.log())
        eventually("the previous configuration is used", lambda: "could not be started" in server.log())
        eventually("it answers", lambda: server.state() == "PARTNER-DOWN")
        assert server.ask("/api/v1/status")["server"]["reload_pending"]
        assert client.get(server) is not None


def test_many_reloads_in_a_row_do_not_end_the_process(server: LiveServer, client: RelayedClient) -> None:
    assert server.process is not None
    process = server.process
    for _ in range(15):
        reload_and_wait(server, " 18200 ")
    eventually("it answers", lambda: server.state() == "PARTNER-DOWN")
    assert process.poll() is None
    assert client.get(server) is not None


def test_a_pair_is_normal_again_soon_after_both_servers_were_reloaded(tmp_path: Path) -> None:
    """The main dials soon after its partner has stopped, and not after a minute, as after a refusal."""
    live = LivePair(tmp_path)
    try:
        live.start()
        for server in (live.main, live.backup):
            reload_and_wait(server, "-> NORMAL")
    finally:
        live.stop()
