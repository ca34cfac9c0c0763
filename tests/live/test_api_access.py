"""Who gets into the HTTP API, and what a stranger can make it do: nothing is read or parsed before the login."""

import json
import re
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.live.pair import LivePair, LiveServer, eventually

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A main without its partner. The tests of this module change nothing that the others depend on."""
    live = LivePair(tmp_path_factory.mktemp("access"))
    live.main.start()
    try:
        eventually("it answers", lambda: live.main.state() is not None)
        yield live.main
    finally:
        live.stop()


def operations(server: LiveServer) -> list[tuple[str, str]]:
    """Every method and path of the OpenAPI document but the public ones, with a value for each parameter."""
    paths: dict[str, Any] = server.ask("/api/v1/openapi.json")["paths"]
    found = [
        (method.upper(), path.format(name="example-pair", address="10.9.1.1", of="failover-pair"))
        for path, described in paths.items()
        for method in described
        if path not in ("/healthz", "/metrics")
    ]
    assert len(found) >= 12
    return found


def request(
    server: LiveServer, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection(server.address, server.api, timeout=10)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def basic(user: str, password: str) -> dict[str, str]:
    from base64 import b64encode

    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def test_every_operation_needs_a_login_before_anything_else(server: LiveServer) -> None:
    """A wrong body, a wrong parameter or a wrong method is not an answer for a stranger: 401 comes first."""
    for method, path in operations(server):
        for body in (b"", b"{", b'{"nothing": 1}'):
            status, headers, octets = request(server, method, path, body, {"Content-Type": "application/json"})
            assert (status, headers["content-type"]) == (401, "application/problem+json"), (method, path)
            assert "Basic" in headers["www-authenticate"]
            assert json.loads(octets)["status"] == 401
    assert request(server, "DELETE", "/api/v1/status")[0] == 401
    assert request(server, "GET", "/api/v1/nothing")[0] == 401
    assert request(server, "GET", "/api/v1/leases?limit=-1")[0] == 401


def test_a_viewer_may_change_nothing(server: LiveServer) -> None:
    """403 comes before a look at the body, for every operation that changes something."""
    changing = [each for each in operations(server) if each[0] != "GET"]
    assert len(changing) >= 7
    for method, path in changing:
        for body in (b"", b"{", b'{"nothing": 1}'):
            status, _, octets = request(server, method, path, body, basic("looker", "secret"))
            assert status == 403, (method, path)
            assert re.search("needs the role (operator|expert)", json.loads(octets)["detail"])


def test_an_expert_may_use_every_operation(server: LiveServer) -> None:
    """The same requests, with wrong contents, get past the login."""
    for method, path in operations(server):
        if method == "POST" and not path.endswith(("/stop", "/reload")):
            status, _, _ = request(server, method, path, b'{"nothing": 1}', basic("admin", "secret"))
            assert status in (200, 404, 409, 422), (method, path)


def test_a_body_without_a_login_is_not_read(server: LiveServer) -> None:
    """300 MiB without credentials were read into memory (678 MiB), and the answer was 422."""
    assert server.process is not None
    before = peak_kib(server)
    with socket.create_connection((server.address, server.api), timeout=10) as sock:
        sock.sendall(
            b"POST /api/v1/pairs/example-pair/set-partner-down HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 314572800\r\n\r\n"
        )
        octets = b"x" * (1 << 20)
        try:
            for _ in range(300):
                sock.sendall(octets)
        except (ConnectionError, TimeoutError):
            pass  # The server has closed the connection.
    assert peak_kib(server) - before < 8 * 1024
    assert server.ask("/healthz") == "serving"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_bounded_for_users_too(server: LiveServer, chunked: bool) -> None:
    path = "/api/v1/pairs/example-pair/safe-period"
    connection = HTTPConnection(server.address, server.api, timeout=10)
    body = b" " * 70_000 + b"{}"
    headers = {"Content-Type": "application/json", **basic("admin", "secret")}
    if chunked:
        connection.request("POST", path, iter([body]), headers, encode_chunked=True)
    else:
        connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    assert answer.status == 413
    assert "65536" in json.loads(answer.read())["detail"]
    connection.close()


def peak_kib(server: LiveServer) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def closed_after(sock: socket.socket, seconds: float) -> float:
    """Seconds until the server closes the connection. A real timer of the server is tested: this has to wait."""
    began = time.monotonic()
    sock.settimeout(seconds)
    try:
        while sock.recv(4096):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - began


def test_slow_heads_and_bodies_are_cut_off(server: LiveServer) -> None:
    """Half a head and half a body: both connections end after ten seconds, and the second with an answer."""
    head = socket.create_connection((server.address, server.api))
    head.sendall(b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    body = socket.create_connection((server.address, server.api))
    lines = [f"{name}: {value}" for name, value in basic("admin", "secret").items()]
    lines += ["Host: x", "Content-Type: application/json", "Content-Length: 100"]
    body.sendall(("POST /api/v1/stop HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n{").encode())
    with head, body:
        assert 8 < closed_after(head, 15) < 14
        body.settimeout(5)
        assert body.recv(4096).startswith(b"HTTP/1.1 408")


def test_one_source_cannot_take_every_connection(server: LiveServer) -> None:
    """The connections beyond 64 of one source are closed at once; another source is still served."""
    opened = []
    try:
        for _ in range(100):
            sock = socket.create_connection((server.address, server.api), source_address=("127.0.0.99", 0))
            opened.append(sock)
        eventually("the rest is closed", lambda: sum(is_closed(sock) for sock in opened) >= 36)
        assert server.ask("/api/v1/status")["server"]["serving"]
    finally:
        for sock in opened:
            sock.close()


def is_closed(sock: socket.socket) -> bool:
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_wrong_passwords_are_slowed_and_logged(server: LiveServer) -> None:
    """889 wrong passwords in a minute left no line. Now a few are tried, the rest is refused, and the log has both."""
    statuses = [request(server, "GET", "/api/v1/session", b"", basic("looker", f"guess-{n}"))[0] for n in range(30)]
    assert statuses[:3] == [401] * 3
    assert statuses.count(429) >= 25
    _, headers, _ = request(server, "GET", "/api/v1/session", b"", basic("looker", "guess"))
    assert int(headers["retry-after"]) >= 1
    lines = [line for line in server.log().splitlines() if " 18207 " in line]
    assert any("Login failed from 127.0.0.1 as user 'looker'" in line for line in lines)
    assert len(lines) < 10
    assert server.ask("/api/v1/session")["user"] == "admin", "another user is not slowed"


def test_a_name_in_the_log_cannot_control_a_terminal(server: LiveServer) -> None:
    request(server, "GET", "/api/v1/session", b"", basic("\x1b]0;title\x07\u202e", "x"))
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in server.log().replace("\n", ""))
    assert "\u202e" not in server.log()
