"""UDP to one recipient: the connected socket, receiving with a deadline, and the error for a missing answer."""

import select
import socket
import time
from collections.abc import Sequence

from snmp.errors import DeliveryError
from snmp.send.recipient import Recipient

MAXIMUM_DATAGRAM = 65_535


def connect(recipient: Recipient, sources: Sequence[str]) -> socket.socket:
    """Open a socket that sends to the recipient and receives from it only.

    The local address is the first of `sources` that has the recipient's address family. Raises OSError.
    """
    found = socket.getaddrinfo(recipient.host, recipient.port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        source = next((text for text in sources if (":" in text) == (family == socket.AF_INET6)), None)
        if source is not None:
            sock.bind((source, 0))
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


def receive(sock: socket.socket, deadline: float) -> bytes | None:
    """Return the next datagram, or None when none arrives before `deadline` (monotonic seconds)."""
    while (left := deadline - time.monotonic()) > 0:
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        if not poller.poll(left * 1000):
            return None
        try:
            return sock.recv(MAXIMUM_DATAGRAM)
        except ConnectionRefusedError:
            # No process listens there. Wait until the deadline, so that retries keep their interval.
            time.sleep(max(0.0, deadline - time.monotonic()))
            return None
    return None


def no_acknowledgement(recipient: Recipient) -> DeliveryError:
    """Return the error for an inform that the recipient did not acknowledge."""
    waited = recipient.timeout_seconds * (recipient.retries + 1)
    return DeliveryError(f"no acknowledgement within {waited:g} s, after {recipient.retries + 1} attempts")
