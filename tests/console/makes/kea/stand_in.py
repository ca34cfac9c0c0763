"""A stand-in for a Kea control agent on a real socket, with the answers of Kea 2.2."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.console.makes.kea.answers import CONFIGURATION, STATISTICS, status

NAMES = ("server1", "server2")


class KeaStandIn:
    """One server. `login` is `user:password` if it requires one; `service` is the daemon that runs."""

    def __init__(self, name: str) -> None:
        self.name = self.own_name = name
        self.login: str | None = None
        self.service = "dhcp4"
        self.api = ""

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("service") != [self.service]:
            return {"result": 1, "text": "unable to forward command: the server is likely to be offline"}
        first = self.name == NAMES[0]
        local = {"role": "primary" if first else "secondary", "scopes": [self.name]}
        configuration = deepcopy(CONFIGURATION)
        (relation,) = configuration["Dhcp4"]["hooks-libraries"][1]["parameters"]["high-availability"]
        relation["this-server-name"] = self.own_name
        found = {
            "status-get": status(local),
            "config-get": configuration,
            f"stat-lease{self.service[-1]}-get": STATISTICS,
            "ha-heartbeat": {"date-time": format_datetime(datetime.now(UTC), usegmt=True)},
        }
        if body["command"] not in found:
            return {"result": 2, "text": f"'{body['command']}' command not supported."}
        return {"result": 0, "arguments": found[body["command"]]}


@contextmanager
def kea_serving(server: KeaStandIn) -> Iterator[KeaStandIn]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            wanted = None if server.login is None else base64.b64encode(server.login.encode()).decode()
            if wanted is not None and self.headers.get("Authorization") != f"Basic {wanted}":
                self._send(401, {"result": 401, "text": "Unauthorized"})
            else:
                self._send(200, [server.answer(body)])

        def do_GET(self) -> None:
            self._send(400, {"result": 400, "text": "Bad Request"})

        def _send(self, code: int, answer: Any) -> None:
            data = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            """Write nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.api = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@contextmanager
def kea_pair_serving() -> Iterator[tuple[KeaStandIn, KeaStandIn]]:
    """Two servers that are partners."""
    with ExitStack() as stack:
        one, other = (stack.enter_context(kea_serving(KeaStandIn(name))) for name in NAMES)
        yield one, other
