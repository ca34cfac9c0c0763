"""Lease events by HTTP: a POST of a JSON object for each batch, on one connection while the receiver keeps it."""

import http.client
import json
import ssl
from typing import Any

from dhcpserver.config.leaseevents import Target
from dhcpserver.runtime.outlet import Batch, NotDeliveredError

TIMEOUT_SECONDS = 10.0
_FAILURES = (OSError, http.client.HTTPException, UnicodeError)
"""UnicodeError: a host name that is none."""
REFUSED = frozenset((400, 413, 415, 422))
"""Answers to the content of a request. Other errors can be repaired while the events wait."""


class Webhook:
    """One URL. `header` and `secret`: a header that each request has, if the secret is not empty."""

    def __init__(
        self, target: Target, context: ssl.SSLContext | None, header: str, secret: str, server: str, started: str
    ) -> None:
        self._target = target
        self._context = context
        self._headers = {"Content-Type": "application/json", "User-Agent": "pairwatch"}
        if secret:
            self._headers[header] = secret
        self._about = {"server": server, "started": started}
        self._connection: http.client.HTTPConnection | None = None

    def send(self, batch: Batch) -> None:
        """See Carrier."""
        body = self._body(batch)
        kept = self._connection is not None
        try:
            status = self._post(body)
        except _FAILURES as error:
            self.close()
            if not kept:
                raise NotDeliveredError(_reason(error)) from error
            # The receiver closed the connection between two batches.
            try:
                status = self._post(body)
            except _FAILURES as second:
                self.close()
                raise NotDeliveredError(_reason(second)) from second
        if not 200 <= status < 300:
            raise NotDeliveredError(f"the answer is HTTP {status}", refused=status in REFUSED)

    def _body(self, batch: Batch) -> bytes:
        document: dict[str, Any] = {
            **self._about,
            "first": batch.first,
            "dropped": batch.dropped,
            "events": list(batch.events),
        }
        return json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()

    def _post(self, body: bytes) -> int:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request("POST", self._target.path, body, self._headers)
        answer = self._connection.getresponse()
        answer.read(65_536)
        if answer.will_close or not answer.isclosed():
            self.close()
        return answer.status

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._target.host, self._target.port
        if self._context is not None:
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)

    def close(self) -> None:
        """See Carrier."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _reason(error: Exception) -> str:
    """Return why a request failed, without what was sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return f"the answer is not HTTP ({type(error).__name__})"
