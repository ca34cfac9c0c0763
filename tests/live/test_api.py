"""The HTTP API of a running server as a client uses it, and a server whose disk is full."""

import json
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.pair import ApiError, LivePair, LiveServer, RelayedClient, eventually

pytestmark = pytest.mark.live


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A main without its partner, which serves after its startup time."""
    live = LivePair(tmp_path)
    live.main.start()
    try:
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
    finally:
        live.stop()


def refused(server: LiveServer, path: str, content: object = None, **who: str) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        server.ask(path, content, **who)
    assert caught.value.kind == "application/problem+json"
    document: dict[str, Any] = json.loads(caught.value.octets)
    assert document["status"] == caught.value.status
    return document


def test_a_new_main_serves_alone(server: LiveServer, client: RelayedClient) -> None:
    """R-229, C-20: without stored state a main starts PARTNER-DOWN, and the line of R-074 is in its log."""
    assert client.get(server) is not None
    assert client.seconds == 600
    assert "Info Configuration 0 04092 Failover is enabled server-wide." in server.log()


def test_an_error_is_a_problem_document_with_the_field(server: LiveServer) -> None:
    assert refused(server, "/api/v1/status", password="wrong")["status"] == 401
    assert refused(server, "/api/v1/nothing")["status"] == 404
    assert refused(server, "/api/v1/leases/300.1.1.1")["errors"][0]["field"] == "address"
    assert refused(server, "/api/v1/leases?scope=s1&limit=0")["errors"][0]["field"] == "limit"
    assert refused(server, "/api/v1/leases?scope=nowhere")["status"] == 404
    action = "/api/v1/pairs/example-pair/set-partner-down"
    assert refused(server, action, {"dat": None})["errors"][0]["field"] == "dat"
    assert refused(server, action, {"date": "yesterday"})["errors"][0]["field"] == "date"
    assert refused(server, action.replace("example", "other"), {})["status"] == 404
    assert refused(server, action, {}, user="looker")["status"] == 403


def test_status_returns_only_the_changes_since_a_version(server: LiveServer, client: RelayedClient) -> None:
    whole = server.ask("/api/v1/status")
    assert [pool["name"] for pool in whole["pairs"][0]["pools"]] == ["s1"]
    assert whole["pairs"][0]["pools"][0]["total"] == 200
    since = server.ask(f"/api/v1/status?since={whole['version'] + 1}")
    assert since["pairs"][0]["pools"] == []
    assert client.get(server) is not None
    (pool,) = server.ask(f"/api/v1/status?since={whole['version'] + 1}")["pairs"][0]["pools"]
    assert pool["leased"] == 1
    parts = ("available", "other_available", "leased", "offered", "pending_available", "unavailable")
    assert sum(pool[part] for part in parts) == pool["total"]


def test_status_reports_clients_and_relays(server: LiveServer, client: RelayedClient) -> None:
    """R-240: the facts for diagnosis: which clients were seen, through which relay, and how many were new."""
    assert client.get(server) is not None
    pair = server.ask("/api/v1/status")["pairs"][0]
    (pool,) = pair["pools"]
    assert (pool["new_clients"], pool["renewals"], pool["lease_time"]) == (1, 0, 600)
    assert pair["traffic"]["requests"] >= 2
    (relay,) = pair["traffic"]["relays"]
    assert relay["clients_5m"] == 1
    assert pair["buckets"] == {"main": 256, "backup": 0}
    process = server.ask("/api/v1/status")["server"]
    assert process["configuration_changed"] <= process["configuration_read"]
    (attempt,) = pair["transports"]
    assert (attempt["transport"], attempt["outcome"], attempt["errno"]) == ("ipv4", "failed", 111)


def test_finds_a_lease_by_the_clients_hardware_address(server: LiveServer, client: RelayedClient) -> None:
    address = client.get(server)
    found = server.ask(f"/api/v1/leases?client=1,6,{client.hardware.hex(':')}")
    assert [lease["address"] for lease in found["leases"]] == [str(address)]
    assert found["leases"][0]["state"] == "leased"
    assert refused(server, "/api/v1/leases?client=printer")["errors"][0]["field"] == "client"
    assert refused(server, "/api/v1/leases")["errors"][0]["field"] == "scope"


def test_leases_are_paged(server: LiveServer, client: RelayedClient) -> None:
    for number in range(5):
        client.hardware = bytes((2, 0, 0, 0, 9, number))
        assert client.get(server) is not None
    first = server.ask("/api/v1/leases?scope=s1&limit=3")
    rest = server.ask(f"/api/v1/leases?scope=s1&limit=1000&after={first['next']}")
    addresses = [lease["address"] for lease in first["leases"] + rest["leases"]]
    assert len(addresses) == len(set(addresses)) == 5
    assert rest["next"] is None


def test_the_log_can_be_paged_and_followed(server: LiveServer) -> None:
    page = server.ask("/api/v1/log?limit=5")
    assert page["lines"]
    assert server.ask(f"/api/v1/log?after={page['next']}&follow=0.05")["lines"] == []


def test_metrics_and_health_need_no_login(server: LiveServer) -> None:
    base = f"http://{server.address}:{server.api}"
    with urllib.request.urlopen(f"{base}/healthz") as answer:
        assert answer.read() == b"serving"
    with urllib.request.urlopen(f"{base}/metrics") as answer:
        text = answer.read().decode()
    assert 'pairwatch_failover_state{pair="example-pair",state="PARTNER-DOWN"} 1.0' in text
    assert "pairwatch_turns_total" in text
    assert "# TYPE pairwatch_dhcp6_dropped_total counter" in text


def test_no_answer_contains_a_secret(server: LiveServer) -> None:
    text = json.dumps(server.ask("/api/v1/config"))
    assert "scrypt" not in text
    assert "password" not in text
    assert "/api/v1/status" in server.ask("/api/v1/openapi.json")["paths"]


def test_a_full_disk_stops_service_until_writes_succeed(server: LiveServer, client: RelayedClient) -> None:
    """No ACK without its stored lease: the server stops, reports why, and serves again when the disk accepts writes."""
    assert server.process is not None
    first = client.get(server)
    assert first is not None
    unlimited = resource.RLIM_INFINITY
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (8192, unlimited))
    client.hardware = b"\2\0\0\0\7\1"
    assert client.get(server) is None
    status = eventually("the reason is reported", lambda: server.ask("/api/v1/status")["server"]["not_serving_reason"])
    assert "cannot write" in status
    with pytest.raises(ApiError) as caught:
        server.ask("/healthz")
    assert caught.value.status == 503
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    eventually("it serves again", lambda: server.ask("/api/v1/status")["server"]["serving"])
    eventually("it is past STARTUP", lambda: server.state() == "PARTNER-DOWN")
    assert server.lease(first) is not None
    assert client.get(server) is not None


def test_a_reload_applies_a_valid_configuration_and_refuses_another(server: LiveServer) -> None:
    path = server.directory / "config.toml"
    good = path.read_text()
    path.write_text(good.replace("backup-port", "bakup-port"))
    assert server.ask("/api/v1/status")["server"]["reload_pending"]
    assert "did you mean backup-port" in refused(server, "/api/v1/reload", {})["detail"]
    assert server.process is not None
    server.process.send_signal(signal.SIGHUP)
    eventually("the log has the refusal", lambda: "Not reloaded" in server.log())
    path.write_text(good.replace('name = "s1"', 'name = "renamed"'))
    server.process.send_signal(signal.SIGHUP)

    def renamed() -> bool:
        pair = server.pair()
        return pair is not None and bool(pair["pools"]) and pair["pools"][0]["name"] == "renamed"

    eventually("the scope has its new name", renamed)
    assert not server.ask("/api/v1/status")["server"]["reload_pending"]


def test_a_server_in_recover_is_not_reloaded_without_force(tmp_path: Path) -> None:
    """R-186: the request is refused with the reason, and the server continues; with force it reloads."""
    live = LivePair(tmp_path)
    live.backup.start()
    try:
        eventually("RECOVER", lambda: live.backup.state() == "RECOVER")
        document = refused(live.backup, "/api/v1/reload", {})
        assert document["status"] == 409
        assert "receives its partner's leases" in document["detail"]
        assert live.backup.state() == "RECOVER"
        assert live.backup.ask("/api/v1/reload?force=true", {}) == {"result": "reloading"}
        eventually("the warning is in the log", lambda: "18121" in live.backup.log())
    finally:
        live.stop()


def run(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dhcpserver.main", "--data", str(directory)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_server_that_cannot_start_prints_one_line(server: LiveServer, tmp_path: Path) -> None:
    taken = run(server.directory)
    assert (taken.returncode, taken.stderr.count("\n")) == (1, 1)
    assert "in use by another server" in taken.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = run(empty)
    assert missing.returncode == 1
    assert missing.stderr.startswith("pairwatch: cannot read")
    text = (server.directory / "config.toml").read_text()
    (empty / "config.toml").write_text(text.replace(f"port = {server.api}", f"port = {server.api + 1}"))
    port = run(empty)
    assert port.returncode == 1
    assert f"cannot listen on {server.address}" in port.stderr or "cannot open" in port.stderr


def test_random_data_on_every_port_changes_nothing(server: LiveServer, client: RelayedClient) -> None:
    """No input stops a server."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for size in (0, 1, 239, 240, 300, 1400):
            sock.sendto(b"\1" * size, (server.address, server.dhcp))
            sock.sendto(b"\xff" * size, (server.address, server.dhcp))
    with socket.create_connection((server.address, server.api)) as connection:
        connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
    assert client.get(server) is not None
