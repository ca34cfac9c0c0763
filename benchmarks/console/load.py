"""The site as one process: it answers status requests, writes the log lines and sends the traps of all servers.

    python -m benchmarks.console.load FOLDER PAIRS HTTP_PORT TRAP_PORT LINES TRAPS

LINES and TRAPS are rates a second for the whole site, shared equally by its servers. It prints `ready` when it answers,
and runs until it is stopped. Then it prints its counters as JSON: requests, lines, traps, and the largest delay (s).
"""

import asyncio
import json
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import parse_qs, urlsplit

from benchmarks.console.answers import status
from benchmarks.console.site import Endpoint, endpoints
from snmp.codec import encoding
from snmp.mib import specs

TURN_SECONDS = 0.05
"""Lines and traps are sent in twenty equal parts a second."""


class Load:
    """The work of the site. The attributes count it."""

    def __init__(self, folder: Path, pairs: int, traps_to: int, lines: float, traps: float) -> None:
        self._servers = endpoints(pairs)
        self._began = time.time()
        self._lines, self._traps = lines, traps
        self._to = ("127.0.0.1", traps_to)
        self._logs: list[TextIO] = [each.log(folder).open("a", encoding="utf-8", buffering=1) for each in self._servers]
        self._senders = [_bound(each) for each in self._servers] if traps else []
        self.requests = self.written = self.sent = 0
        self.behind = 0.0

    async def run(self, port: int) -> None:
        """Run until SIGTERM."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=1024)
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        pouring = asyncio.create_task(self._send_load())
        print("ready", flush=True)
        await stopping.wait()
        pouring.cancel()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve the part of HTTP that these clients use: GET on a connection that stays open."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = urlsplit(head.split(b" ", 2)[1].decode())
                number, _, path = target.path.lstrip("/").partition("/")
                since = int(parse_qs(target.query).get("since", ["0"])[0])
                if path == "api/v1/status":
                    document: object = status(self._servers[int(number)], self._began, time.time(), since)
                else:
                    document = {"user": "admin", "role": "expert"}
                body = json.dumps(document).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                    % (len(body), body)
                )
                self.requests += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _send_load(self) -> None:
        began, turn = time.monotonic(), 0
        while True:
            turn += 1
            self._write(int(turn * TURN_SECONDS * self._lines))
            self._send(int(turn * TURN_SECONDS * self._traps))
            late = time.monotonic() - began - turn * TURN_SECONDS
            self.behind = max(self.behind, late)
            await asyncio.sleep(max(0.0, -late))

    def _write(self, until: int) -> None:
        stamp = datetime.now(UTC)
        head = f"{stamp:%m/%d/%Y} {stamp.hour}:{stamp:%M:%S} name/dhcp/1"
        while self.written < until:
            number = self.written
            host = f"10.{number % 4}.{number // 250 % 16}.{number % 250 + 1}"
            text = f"Failover 0 18106 BNDUPD sent xid {number} lease {host} status ACTIVE"
            self._logs[number % len(self._logs)].write(f"{head} Activity {text}\n")
            self.written += 1

    def _send(self, until: int) -> None:
        while self.sent < until:
            sender = self._senders[self.sent % len(self._senders)]
            low = specs.free_address_low(f"scope-{self.sent % 4}", "10.0.0.0", 5 + self.sent % 90, 20)
            sender.sendto(encoding.v2c(low, "public", self.sent), self._to)
            self.sent += 1


def _bound(server: Endpoint) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((server.address, 0))
    return sock


def main() -> None:
    folder, pairs, port, traps_to, lines, traps = sys.argv[1:]
    load = Load(Path(folder), int(pairs), int(traps_to), float(lines), float(traps))
    asyncio.run(load.run(int(port)))
    counters = {"requests": load.requests, "lines": load.written, "traps": load.sent, "behind": round(load.behind, 3)}
    print(json.dumps(counters), flush=True)


if __name__ == "__main__":
    main()
