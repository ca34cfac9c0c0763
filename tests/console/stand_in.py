"""A stand-in for a server's HTTP API on a real socket, with the part of docs/http-api.md that the console uses.

It replaces a server in tests of the console. The server itself has its own tests.
"""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "admin", "secret"


class StandIn:
    """The answers of a server. Attributes may be changed while it runs."""

    def __init__(self, status: dict[str, Any]) -> None:
        self.status = status
        self.role = "expert"
        self.log: list[str] = []
        self.leases: list[dict[str, Any]] = []
        self.page = 2
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.problem: tuple[int, dict[str, Any]] | None = None
        self.after_post: dict[str, Any] | None = None
        self.api = ""

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.requests.append((method, target))
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if method == "POST":
            self.bodies.append(body)
            if self.problem is not None:
                return self.problem
            if self.after_post is not None:
                self.status = self.after_post
            return 200, {"pair": "example-pair", "state": "PARTNER-DOWN"}
        if parts.path == "/api/v1/status":
            return 200, self._since(query)
        if parts.path == "/api/v1/session":
            return 200, {"user": USER, "role": self.role}
        if parts.path == "/api/v1/log":
            start = int(query.get("after", max(0, len(self.log) - int(query["limit"]))))
            lines = [{"cursor": number, "text": text} for number, text in enumerate(self.log)][start:]
            return 200, {"lines": lines, "next": len(self.log)}
        if parts.path == "/api/v1/leases":
            return 200, self.lease_page(query)
        return 404, {"title": "not found", "status": 404}

    def lease_page(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of a scope, of `page` leases; like the server's, the page after the last lease can be empty."""
        after = IPv4Address(query.get("after", "0.0.0.0"))
        known = [each for each in self.leases if each["scope"] == query["scope"]]
        found = [each for each in known if IPv4Address(each["address"]) > after]
        following = found[self.page - 1]["address"] if len(found) >= self.page else None
        return {"leases": found[: self.page], "next": following}

    def _since(self, query: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(self.status))
        if "since" in query:
            for pair in answer["pairs"]:
                pair["pools"] = [pool for pool in pair["pools"] if pool["version"] > int(query["since"])]
        return answer


@contextmanager
def serving(stand_in: StandIn, tls: ssl.SSLContext | None = None) -> Iterator[StandIn]:
    """Run the stand-in on a free loopback port, with TLS if there is a context; `api` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            if self.headers.get("Authorization") != expected:
                code, document = 401, {"title": "not authenticated", "status": 401}
            else:
                code, document = stand_in.answer(self.command, self.path, body)
            payload = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = _serve

        def handle(self) -> None:
            try:
                super().handle()
            except (ssl.SSLError, ConnectionError):
                """A client that does not trust the certificate ends the connection."""

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep the log out of the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    stand_in.api = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A port that nothing listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
