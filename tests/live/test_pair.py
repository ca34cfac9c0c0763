"""A pair of real processes: replication, failure, return, and operator actions."""

import signal
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.pair import ApiError, LivePair, RelayedClient, eventually

pytestmark = pytest.mark.live


def test_the_partner_receives_a_lease_at_once(pair: LivePair, client: RelayedClient) -> None:
    """R-008, R-013, R-129, R-173: the first lease time is the MCLT, and the backup has the lease."""
    address = client.get(pair.main)
    assert address is not None
    assert client.seconds == 4
    eventually("the backup has the lease", lambda: (pair.backup.lease(address) or {}).get("binding_status") == "ACTIVE")
    eventually(
        "the update is acknowledged", lambda: not (pair.main.lease(address) or {"needs_update": True})["needs_update"]
    )
    assert client.renew(pair.main) == address
    assert "DHCPBNDUPD" in pair.main.log()
    assert "DHCPBNDACK" in pair.main.log()
    assert "DHCPBNDUPD" in pair.backup.log()


def test_the_backup_does_not_answer_new_clients_in_normal_and_logs_it(pair: LivePair, client: RelayedClient) -> None:
    """R-014, R-174."""
    assert client.get(pair.backup) is None
    assert "Dropped DISCOVER" in pair.backup.log()


def test_a_killed_main_loses_no_lease_and_recovers_by_itself(pair: LivePair, client: RelayedClient) -> None:
    """R-001, R-009, R-010, R-139, R-191: the backup serves from its own pool; no command is needed afterwards."""
    address = client.get(pair.main)
    assert address is not None
    eventually("the backup has the lease", lambda: pair.backup.lease(address))
    assert pair.main.kill(signal.SIGKILL) == -signal.SIGKILL
    eventually("the backup detects it", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED")
    seen = pair.backup.pair()
    assert seen is not None
    assert 14_000 < seen["safe_period_remaining"] <= 14_400
    newcomer = RelayedClient(2, "127.0.0.24")
    other = newcomer.get(pair.backup)
    newcomer.close()
    assert other is not None
    assert other != address
    assert client.renew(pair.backup) == address
    pair.main.start()
    pair.wait_until_normal()
    eventually("the main gets the lease", lambda: (pair.main.lease(other) or {}).get("binding_status") == "ACTIVE")
    eventually("no update is pending", lambda: (pair.main.pair() or {"updates_pending": 1})["updates_pending"] == 0)


def test_kill_9_loses_no_acknowledged_lease(pair: LivePair) -> None:
    """R-011, R-128: what was acknowledged is in the store."""
    client, held = RelayedClient(1), set[str]()
    for number in range(20):
        client.hardware = b"\2\0\1" + number.to_bytes(3, "big")
        address = client.get(pair.main)
        assert address is not None
        held.add(address)
    client.close()
    pair.main.kill(signal.SIGKILL)
    with sqlite3.connect(pair.main.directory / "leases.db") as store:
        rows = store.execute("SELECT address FROM lease WHERE status = 2").fetchall()
    store.close()
    assert {".".join(str(octet) for octet in row[0].to_bytes(4, "big")) for row in rows} == held


def test_set_partner_down_requires_the_right_state_role_and_date(pair: LivePair, client: RelayedClient) -> None:
    """R-148, R-149, R-150, R-183: refused while the partner is in contact, for a viewer, and for a date too early."""
    action = "/api/v1/pairs/example-pair/set-partner-down"
    with pytest.raises(ApiError) as caught:
        pair.backup.ask(action, {}, user="looker")
    assert caught.value.status == 403
    pair.main.kill(signal.SIGKILL)
    eventually("the backup detects it", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED")
    early = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    with pytest.raises(ApiError) as caught:
        pair.backup.ask(action, {"date": early})
    assert caught.value.status == 422
    answer = pair.backup.ask(action, {"reason": "test"})
    assert answer["state"] == "PARTNER-DOWN"
    assert pair.backup.state() == "PARTNER-DOWN"
    assert client.get(pair.backup) is not None
    pair.main.start()
    pair.wait_until_normal()


def test_the_safe_period_ends_in_partner_down_without_an_operator(tmp_path_factory: pytest.TempPathFactory) -> None:
    """R-139, R-052: after the configured time."""
    live = LivePair(tmp_path_factory.mktemp("pair"), safe_period=2)
    try:
        live.start()
        live.main.kill(signal.SIGKILL)
        eventually("PARTNER-DOWN", lambda: live.backup.state() == "PARTNER-DOWN")
    finally:
        live.stop()


def test_a_clean_stop_is_announced_and_a_restart_continues(pair: LivePair) -> None:
    """R-031, R-188: the server stops in PAUSED; it restarts with its stored state."""
    assert pair.main.kill(signal.SIGTERM) == 0
    eventually("the backup detects it", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED")
    pair.main.start()
    pair.wait_until_normal()
    seen = pair.main.pair()
    assert seen is not None
    assert seen["previous_state"] != "PARTNER-DOWN"
