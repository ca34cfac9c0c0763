"""A site of mixed makes as one process, for benchmarks/console/mixed.py.

    python -m benchmarks.console.mixed_site HTTP_PORT MAIN_OMAPI BACKUP_OMAPI

It prints `ready` when it answers, and runs until it is stopped. Then it prints the number of requests.
"""

import asyncio
import json
import signal
import sys
import time
from functools import partial
from urllib.parse import parse_qs, urlsplit

from benchmarks.console import makes
from benchmarks.console.answers import status
from benchmarks.console.site import Endpoint
from console.makes.isc.omapi import STARTUP, OmapiError, decode, encode


class MixedSite:
    """All servers. `requests` counts what was answered."""

    def __init__(self) -> None:
        self._began = time.time()
        self.requests = 0

    async def run(self, http: int, omapi: tuple[int, int]) -> None:
        """Run until SIGTERM."""
        servers = [await asyncio.start_server(self._http, "127.0.0.1", http, backlog=1024)]
        for port, role in zip(omapi, ("main", "backup"), strict=True):
            serve = partial(self._omapi, role)
            servers.append(await asyncio.start_server(serve, "127.0.0.1", port, backlog=1024))
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        print("ready", flush=True)
        await stopping.wait()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve the part of HTTP that these clients use, on a connection that stays open."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (int(line[15:]) for line in head.split("\r\n") if line[:15].lower() == "content-length:"), 0
                )
                body = await reader.readexactly(length)
                target = head.split(" ", 2)[1]
                kind, answer = self._answer(target, body)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(answer), answer)
                )
                self.requests += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, target: str, body: bytes) -> tuple[bytes, bytes]:
        parts = urlsplit(target)
        make, number, path = parts.path.lstrip("/").split("/", 2)
        server, now = Endpoint(int(number)), time.time()
        second = int(now - self._began)
        if make == "kea":
            found = makes.kea(server, json.loads(body)["command"], second)
            return b"application/json", json.dumps([{"result": 0, "arguments": found}]).encode()
        if make == "windows":
            return b"text/plain", makes.windows(second).encode()
        if make == "cisco":
            return b"application/json", makes.cisco(server, target, second).encode()
        since = int(parse_qs(parts.query).get("since", ["0"])[0])
        if path == "api/v1/status":
            return b"application/json", json.dumps(status(server, self._began, now, since)).encode()
        return b"application/json", json.dumps({"user": "admin", "role": "expert"}).encode()

    async def _omapi(self, role: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(STARTUP)
        try:
            received = (await reader.readexactly(len(STARTUP)))[len(STARTUP) :]
            while True:
                found = decode(received, None)
                if found is None:
                    part = await reader.read(1 << 16)
                    if not part:
                        break
                    received += part
                    continue
                message, length = found
                received = received[length:]
                second = int(time.time() - self._began)
                writer.write(encode(makes.isc(message, role, int(self._began), second), None))
                self.requests += 1
        except (asyncio.IncompleteReadError, ConnectionError, OmapiError):
            pass
        writer.close()


def main() -> None:
    site = MixedSite()
    http, first, second = map(int, sys.argv[1:])
    asyncio.run(site.run(http, (first, second)))
    print(json.dumps({"requests": site.requests}), flush=True)


if __name__ == "__main__":
    main()
