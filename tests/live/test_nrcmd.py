"""The command language on a real pair: edits, save, reload, synchronisation and the operator's commands."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.live.pair import PASSWORD, LivePair, LiveServer, RelayedClient, eventually

pytestmark = pytest.mark.live


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[LivePair]:
    live = LivePair(tmp_path)
    try:
        live.start()
        yield live
    finally:
        live.stop()


def pool(server: LiveServer, name: str) -> dict[str, Any]:
    """Return a pool of the status; empty while the server does not have it."""
    pools = (server.pair() or {}).get("pools", [])
    return next((each for each in pools if each["name"] == name), {})


def nrcmd(pair: LivePair, server: LiveServer, *words: str, lines: str | None = None) -> tuple[int, str]:
    """Run `pairwatch nrcmd` on a server, with what reaches the other; return its exit status and output."""
    other = pair.backup if server is pair.main else pair.main
    command = [sys.executable, "-m", "console.cli", "nrcmd", "-C", f"{server.address}:{server.api}"]
    command += ["--server", f"{other.name}={other.address}:{other.api}", *words]
    done = subprocess.run(
        command,
        input=lines or "",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PAIRWATCH_PASSWORD": PASSWORD},
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def test_an_edit_is_staged_then_saved_then_reloaded(pair: LivePair) -> None:
    """R-104, R-109: nothing is in use before the reload, and the file keeps its comments."""
    file = pair.main.directory / "config.toml"
    file.write_text(file.read_text() + "# a comment of the operator\n")
    pair.main.ask("/api/v1/reload", {})
    eventually("NORMAL", lambda: pair.main.state() == "NORMAL")
    before = file.read_text()
    assert nrcmd(pair, pair.main, "scope", "s1", "set", "backup-pct=20") == (0, "100 Ok")
    assert nrcmd(pair, pair.main, "scope", "s1", "get", "backup-pct") == (0, "100 Ok: backup-pct=20")
    assert file.read_text() == before
    status, text = nrcmd(pair, pair.main, "changes")
    assert (status, text.splitlines()[0]) == (0, "100 Ok")
    assert "backup-pct" in text
    assert nrcmd(pair, pair.main, "save")[0] == 0
    assert "backup-pct = 20" in file.read_text()
    assert "# a comment of the operator" in file.read_text()
    status, text = nrcmd(pair, pair.main, "dhcp", "reload")
    assert status == 0, text
    eventually("in use", lambda: pool(pair.main, "s1").get("backup_pct") == 20)


def test_a_synchronisation_from_the_main_to_the_backup(pair: LivePair) -> None:
    """R-071, R-072, R-073, R-075, R-206: a report first, then the change, which waits for save and reload of both.

    Afterwards both are in NORMAL and healthy, their logs have no new error, and a client gets a lease.
    """
    script = "\n".join(
        (
            "scope lab create 10.8.0.0/24 ranges=10.8.0.10-10.8.0.90   # a new scope",
            "scope lab addReservation ipaddr=10.8.0.5 mac=02:00:00:00:00:05",
            "policy default set grace-period=7m",
            "save",
        )
    )
    status, text = nrcmd(pair, pair.main, lines=script)
    assert status == 0, text
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "sync", "exact", "main-to-backup", "-report")
    assert status == 0, text
    assert "scope lab: add (Scopes)" in text.splitlines()
    assert nrcmd(pair, pair.backup, "scope", "listnames") == (0, "100 Ok\ns1")
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "sync", "exact", "-yes")
    assert status == 0, text
    assert nrcmd(pair, pair.backup, "scope", "listnames") == (0, "100 Ok\ns1\nlab")
    assert "lab" not in (pair.backup.directory / "config.toml").read_text()
    assert nrcmd(pair, pair.backup, "save")[0] == 0
    assert not any(pool(server, "lab") for server in (pair.main, pair.backup)), "before they are started again"
    for server in (pair.main, pair.backup):
        assert nrcmd(pair, server, "dhcp", "reload")[0] == 0
    for server in (pair.main, pair.backup):
        eventually("lab is served", partial(pool, server, "lab"))
    pair.wait_until_normal()
    assert (pair.backup.pair() or {})["config_mismatch"] == []
    client = RelayedClient(1)
    assert client.get(pair.main) is not None
    client.close()
    status, text = nrcmd(pair, pair.backup, "failover-pair", "example-pair", "confirm")
    assert (status, text.splitlines()[0]) == (0, "100 Ok: the pair works"), text
    for server in (pair.main, pair.backup):
        assert nrcmd(pair, server, "dhcp", "getHealth") == (0, "100 Ok: the server serves clients")
        status, text = nrcmd(pair, server, "failover-pair", "example-pair", "getStatus")
        assert status == 0
        assert {"state = NORMAL", "partner-state = NORMAL", "communications = ok"} <= set(text.splitlines())
        assert " Error " not in server.log().rpartition(" 18102 ")[2], "since both have the same configuration"


def test_what_the_guards_ask_needs_yes(pair: LivePair) -> None:
    """R-147, R-212: set partner down and switching failover off, with the states of both servers."""
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "delete")
    assert status == 1
    assert text.startswith("361 Refused: repeat the command with -yes\nthis server is NORMAL, its partner is NORMAL.")
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "setPartnerDown")
    assert status == 1
    assert pair.main.state() == "NORMAL"
    pair.backup.kill()
    eventually("contact lost", lambda: pair.main.state() == "COMMUNICATIONS-INTERRUPTED")
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "set", "failover=false")
    assert status == 1
    assert "this server is COMMUNICATIONS-INTERRUPTED, its partner was last NORMAL. Keep the pair configured" in text
    status, text = nrcmd(pair, pair.main, "failover-pair", "example-pair", "setPartnerDown", "-yes")
    assert status == 0, text
    assert text.startswith("100 Ok: PARTNER-DOWN; the partner's addresses can be used from ")
    assert pair.main.state() == "PARTNER-DOWN"


def test_related_servers_and_errors(pair: LivePair) -> None:
    """R-236."""
    status, text = nrcmd(pair, pair.main, "dhcp", "getRelatedServers", "column-separator=;")
    assert (status, text.splitlines()[2]) == (
        0,
        f"example-pair;failover;backup;{pair.backup.address};main;NORMAL;NORMAL;ok",
    ), text
    assert nrcmd(pair, pair.main, "scope", "nowhere", "show")[1].startswith("302 Not Found")
    status, text = nrcmd(pair, pair.main, lines="scope s1 set backup-pct=200\nsave\n")
    assert (status, text.splitlines()[0][:3]) == (1, "306"), text
    assert "backup-pct" in text
