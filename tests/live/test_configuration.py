"""The configuration of a running server, edited by HTTP: staged, saved with the comments of the file, and reloaded."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import ApiError, LivePair, LiveServer, RelayedClient, eventually

pytestmark = pytest.mark.live

CONFIG = "/api/v1/config"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A main without its partner."""
    live = LivePair(tmp_path)
    path = live.main.directory / "config.toml"
    path.write_text(path.read_text().replace("dhcp-lease-time = 600", "dhcp-lease-time = 600   # ten minutes"))
    live.main.start()
    try:
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
    finally:
        live.stop()


def reload(server: LiveServer) -> None:
    started = server.ask("/api/v1/status")["server"]["started"]

    def restarted() -> bool:
        try:
            return bool(
                server.ask("/api/v1/status")["server"]["started"] != started and server.state() == "PARTNER-DOWN"
            )
        except OSError:
            return False

    server.ask("/api/v1/reload", {})
    eventually("it serves again", restarted)


@pytest.mark.requirement("R-072")
def test_an_edit_applies_after_save_and_reload(server: LiveServer, client: RelayedClient) -> None:
    """R-072: until the reload the running configuration is the former one, and the reload is pending."""
    path = server.directory / "config.toml"
    before = path.read_text()
    server.ask(f"{CONFIG}/objects/policy/default", {"set": {"dhcp-lease-time": "5m"}}, method="PATCH")
    server.ask(f"{CONFIG}/objects/scope", {"name": "s2", "values": {"subnet": "10.8.0.0/24", "ranges": "10.8.0.9"}})
    assert path.read_text() == before
    assert server.ask(f"{CONFIG}/save", {})["changes"] == [
        "policy default: replace dhcp-lease-time: 600 -> 5m",
        "scope s2: add",
    ]
    assert path.read_text().startswith(before.split("dhcp-lease-time")[0])
    assert 'dhcp-lease-time = "5m"   # ten minutes' in path.read_text()
    assert (path.parent / "config.toml.1").read_text() == before
    assert server.ask("/api/v1/status")["server"]["reload_pending"]
    assert client.get(server)
    assert client.seconds == 600
    reload(server)
    assert not server.ask("/api/v1/status")["server"]["reload_pending"]
    assert client.renew(server)
    assert client.seconds == 300
    assert server.ask("/api/v1/leases?scope=s2") == {"leases": [], "next": None}
    log = server.log()
    assert "18247 Configuration edited by admin from 127.0.0." in log
    assert "18248 Configuration saved by admin from 127.0.0." in log


def test_what_is_staged_outlives_the_reload_of_another_operator(server: LiveServer) -> None:
    server.ask(f"{CONFIG}/objects/scope/s1", {"set": {"backup-pct": "0"}}, method="PATCH")
    reload(server)
    staged = server.ask(f"{CONFIG}/staged")
    assert (staged["changes"], staged["running"]) == (["scope s1: add backup-pct: 0"], True)


@pytest.mark.requirement("R-228")
def test_a_preview_warns_of_leases_and_the_reload_forgets_them(server: LiveServer, client: RelayedClient) -> None:
    """R-228: what the preview counts is what the log counts after the reload."""
    assert client.get(server)
    server.ask(f"{CONFIG}/objects/scope/s1", method="DELETE")
    preview = server.ask(f"{CONFIG}/preview", {})
    assert preview["losses"] == [{"of": "scope", "name": "s1", "leases": 1, "active": 1}]
    server.ask(f"{CONFIG}/save", {})
    reload(server)
    assert " 18201 1 stored leases belong to no scope" in server.log()


def test_a_configuration_with_faults_is_neither_saved_nor_started(server: LiveServer) -> None:
    server.ask(f"{CONFIG}/objects/scope/s1", {"set": {"subnet": "10.7.0.0/24"}}, method="PATCH")
    with pytest.raises(ApiError) as caught:
        server.ask(f"{CONFIG}/save", {})
    assert caught.value.status == 422
    assert json.loads(caught.value.octets)["errors"][0]["field"] == "scope s1: ranges 10.9.1.0-10.9.1.199"
    server.ask(f"{CONFIG}/discard", {})
    assert server.ask(f"{CONFIG}/staged")["saved"]
