"""Lease events by syslog: one message of RFC 5424 for each, over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).

The text of a message is the event as a JSON object in ASCII. Over TCP and TLS each message has its length before it.
UDP has no acknowledgement, and neither has syslog over TCP: events can be lost on the way without a fault here.
"""

import json
import os
import re
import socket
import ssl
from collections.abc import Iterable

from dhcpserver.config.leaseevents import Target
from dhcpserver.runtime.outlet import Batch, Event, NotDeliveredError

TIMEOUT_SECONDS = 10.0
_SEVERITY_INFO = 6
FACILITIES = {"daemon": 3, **{f"local{number}": 16 + number for number in range(8)}}


class Syslog:
    """One receiver. `server`: the name that messages have as their host; `facility`: a key of FACILITIES."""

    def __init__(self, target: Target, context: ssl.SSLContext | None, server: str, facility: str) -> None:
        self._target = target
        self._context = context
        host = re.sub(r"[^\x21-\x7e]", "_", server)[:255]
        self._prefix = f"<{FACILITIES[facility] * 8 + _SEVERITY_INFO}>1 "
        self._origin = f" {host} pairwatch {os.getpid()} "
        self._socket: socket.socket | None = None

    def send(self, batch: Batch) -> None:
        """See Carrier."""
        try:
            if self._socket is not None and self._target.scheme != "udp" and self._closed_there(self._socket):
                self.close()
            if self._socket is None:
                self._socket = self._connect()
            self._write(self._socket, [self.message(event) for event in batch.events])
        except (OSError, UnicodeError) as error:
            self.close()
            reason = error.strerror if isinstance(error, OSError) else None
            raise NotDeliveredError(reason or str(error) or type(error).__name__) from error

    def message(self, event: Event) -> bytes:
        """Return the message of an event."""
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=True)
        return f"{self._prefix}{event['at']}{self._origin}{event['event']} - {text}".encode("ascii")

    def _write(self, opened: socket.socket, messages: Iterable[bytes]) -> None:
        if self._target.scheme == "udp":
            for message in messages:
                opened.send(message)
        else:
            opened.sendall(b"".join(b"%d %b" % (len(message), message) for message in messages))

    def _connect(self) -> socket.socket:
        host, port = self._target.host, self._target.port
        if self._target.scheme == "udp":
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            opened = socket.socket(family, kind, protocol)
            try:
                opened.connect(address)
            except OSError:
                opened.close()
                raise
            return opened
        plain = socket.create_connection((host, port), TIMEOUT_SECONDS)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    @staticmethod
    def _closed_there(opened: socket.socket) -> bool:
        """Whether the receiver has closed the connection. It never sends anything."""
        opened.setblocking(False)
        try:
            return not opened.recv(4096)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            opened.settimeout(TIMEOUT_SECONDS)

    def close(self) -> None:
        """See Carrier."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
