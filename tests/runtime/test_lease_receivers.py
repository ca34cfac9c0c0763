"""Webhooks and syslog receivers of lease events, with a real HTTP server and real sockets."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from dhcpserver.config.leaseevents import SYSLOG, WEBHOOKS, target
from dhcpserver.runtime.outlet import Batch, Carrier, Change, NotDeliveredError, Outlet
from dhcpserver.runtime.syslog import Syslog
from dhcpserver.runtime.webhook import Webhook
from tests.runtime.receivers import HttpReceiver, closed_port, eventually

STARTED = "2026-11-23T10:00:00Z"


def event(number: int = 1, **more: object) -> dict[str, Any]:
    return {"at": "2026-11-23T12:00:00Z", "event": "leased", "address": f"192.0.2.{number}", **more}


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    opened = HttpReceiver()
    yield opened
    opened.gate.set()
    opened.close()


def webhook(port: int, secret: str = "", context: ssl.SSLContext | None = None) -> Webhook:
    scheme = "http" if context is None else "https"
    at = target(f"{scheme}://127.0.0.1:{port}/leases?site=1", WEBHOOKS)
    return Webhook(at, context, "X-Token", secret, "dhcp-a", STARTED)


class Site:
    """An outlet and what it reports."""

    def __init__(self, carrier: Carrier, limit: int = 1000, batch: int = 100) -> None:
        self.changes: list[Change] = []
        self.outlet = Outlet("there", carrier, limit, batch, self.changes.append)

    def end(self, seconds: float = 5.0) -> int:
        self.outlet.request_end(seconds)
        return self.outlet.join()


@contextlib.contextmanager
def running(carrier: Carrier, limit: int = 1000, batch: int = 100) -> Iterator[Site]:
    site = Site(carrier, limit, batch)
    yield site
    site.end(0.0)


def test_events_are_posted_as_json(receiver: HttpReceiver) -> None:
    """One request for what happens within a short time, with the secret header, on a connection that is kept."""
    with running(webhook(receiver.port, "s3cret")) as site:
        site.outlet.put([event(1), event(2)])
        site.outlet.put([event(3)])
        eventually("they arrive", lambda: receiver.requests)
        site.outlet.put([event(4)])
        eventually("the next ones too", lambda: len(receiver.requests) == 2)
        eventually("they are counted", lambda: site.outlet.status().sent == 4)
        path, headers, body = receiver.requests[0]
        assert path == "/leases?site=1"
        assert headers["Content-Type"] == "application/json"
        assert headers["X-Token"] == "s3cret"
        assert body == {
            "server": "dhcp-a",
            "started": STARTED,
            "first": 1,
            "dropped": 0,
            "events": [event(1), event(2), event(3)],
        }
        assert receiver.requests[1][2]["first"] == 4
        assert receiver.connections == 1
        assert site.changes == []


def test_a_batch_is_bounded(receiver: HttpReceiver) -> None:
    with running(webhook(receiver.port), batch=2) as site:
        site.outlet.put([event(number) for number in range(1, 6)])
        eventually("they arrive", lambda: len(receiver.events) == 5)
        assert [len(body["events"]) for _, _, body in receiver.requests] == [2, 2, 1]
        assert receiver.events == [event(number) for number in range(1, 6)]


def test_what_was_not_received_is_sent_again() -> None:
    """Nothing listens at first. The events wait, the fault is reported once, and so is its end."""
    port = closed_port()
    with running(webhook(port)) as site:
        site.outlet.put([event(1)])
        eventually("it fails", lambda: site.changes)
        assert site.changes == [Change("there", "Connection refused", False, 0)]
        status = site.outlet.status()
        assert (status.sent, status.waiting, status.fault) == (0, 1, "Connection refused")
        late = HttpReceiver(port)
        eventually("it is sent again", lambda: late.events == [event(1)])
        eventually("that is reported", lambda: site.changes[1:] == [Change("there", None, True, 0)])
        assert site.outlet.status().fault is None
        late.close()


@pytest.mark.parametrize(("answer", "received"), [(503, 2), (401, 2), (302, 2), (400, 1), (422, 1)])
def test_only_a_refused_content_is_not_sent_again(receiver: HttpReceiver, answer: int, received: int) -> None:
    """A wrong secret or an overloaded receiver can be repaired; a batch that is wrong stays wrong."""
    receiver.answers = [answer]
    with running(webhook(receiver.port), batch=1) as site:
        site.outlet.put([event(1), event(2)])
        eventually("both are handled", lambda: site.outlet.status().waiting == 0)
        assert receiver.events == [event(1)] * received + [event(2)]
        assert site.outlet.status().dropped == 2 - received
        assert site.changes == [
            Change("there", f"the answer is HTTP {answer}", False, 2 - received),
            Change("there", None, True, 0),
        ]
        assert receiver.requests[-1][2]["dropped"] == 2 - received


def test_a_full_queue_drops_the_oldest_events_and_says_how_many(receiver: HttpReceiver) -> None:
    """A receiver that hangs holds nobody up. It can see the gap in `first` and `dropped`."""
    receiver.gate.clear()
    with running(webhook(receiver.port), limit=100) as site:
        site.outlet.put([event(1)])
        eventually("a request is under way", lambda: receiver.connections)
        for number in range(2, 152):
            site.outlet.put([event(number)])
        status = site.outlet.status()
        assert (status.sent, status.dropped, status.waiting) == (0, 51, 100)
        receiver.gate.set()
        eventually("the rest arrives", lambda: len(receiver.events) == 101)
        assert receiver.events == [event(1), *(event(number) for number in range(52, 152))]
        eventually("it is counted", lambda: site.outlet.status().waiting == 0)
        status = site.outlet.status()
        assert (status.sent, status.dropped) == (101, 50), "the first one was received while it was counted as dropped"
        assert (receiver.requests[1][2]["first"], receiver.requests[1][2]["dropped"]) == (52, 50)
        assert [change.dropped for change in site.changes] == [50]


def test_events_that_wait_are_sent_at_the_end(receiver: HttpReceiver) -> None:
    site = Site(webhook(receiver.port))
    site.outlet.put([event(1)])
    assert site.end() == 0
    assert receiver.events == [event(1)]
    site.outlet.put([event(2)])
    assert site.outlet.status().dropped == 1


def test_what_cannot_be_sent_at_the_end_is_counted() -> None:
    """The end does not wait for the receiver longer than it may."""
    site = Site(webhook(closed_port()))
    site.outlet.put([event(1), event(2)])
    eventually("it fails", lambda: site.changes)
    assert site.end(0.5) == 2
    assert site.outlet.status().dropped == 2


def test_a_receiver_that_closed_the_connection_gets_the_next_batch(receiver: HttpReceiver) -> None:
    """A kept connection may be closed between two batches. That is no fault."""
    receiver.hangs_up = True
    carrier = webhook(receiver.port)
    for number in (1, 2, 3):
        carrier.send(Batch(number, 0, [event(number)]))
    carrier.close()
    assert receiver.events == [event(1), event(2), event(3)]
    assert receiver.connections == 3


def tls(directory: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the context of a receiver, and one that trusts its authority."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_https_with_a_trusted_certificate(tmp_path: Path) -> None:
    server, trusting = tls(tmp_path)
    secured = HttpReceiver(context=server)
    carrier = webhook(secured.port, context=trusting)
    carrier.send(Batch(1, 0, [event(1)]))
    carrier.close()
    assert secured.events == [event(1)]
    secured.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "192.0.2.1"])
def test_https_with_another_certificate_is_a_fault(tmp_path: Path, name: str) -> None:
    """Of an unknown authority, or for another name: nothing is sent."""
    server, trusting = tls(tmp_path, name)
    if name == "127.0.0.1":
        trusting = ssl.create_default_context()
    secured = HttpReceiver(context=server)
    with pytest.raises(NotDeliveredError, match="its certificate is not trusted"):
        webhook(secured.port, "s3cret", trusting).send(Batch(1, 0, [event(1)]))
    assert secured.requests == []
    secured.close()


HEADER = re.compile(r"<30>1 2026-11-23T12:00:00Z dhcp_a pairwatch \d+ leased - (\{.*\})")


def syslog(scheme: str, port: int, context: ssl.SSLContext | None = None) -> Syslog:
    return Syslog(target(f"{scheme}://127.0.0.1:{port}", SYSLOG), context, "dhcp a", "daemon")


def test_syslog_over_udp() -> None:
    """RFC 5424: priority, version, time, host, application, process, message ID, no structured data, and the text."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving:
        receiving.bind(("127.0.0.1", 0))
        receiving.settimeout(20)
        carrier = syslog("udp", receiving.getsockname()[1])
        carrier.send(Batch(1, 0, [event(1, host_name="caf\xe9"), event(2)]))
        first, second = receiving.recv(4096).decode("ascii"), receiving.recv(4096).decode("ascii")
        carrier.close()
    found = HEADER.fullmatch(first)
    assert found is not None
    assert found[1] == (r'{"at":"2026-11-23T12:00:00Z","event":"leased","address":"192.0.2.1","host_name":"caf\u00e9"}')
    assert '"address":"192.0.2.2"' in second


def messages(octets: bytes) -> list[bytes]:
    """Return the messages of a stream with octet counting (RFC 6587 section 3.4.1)."""
    found = []
    while octets:
        length, _, rest = octets.partition(b" ")
        found.append(rest[: int(length)])
        octets = rest[int(length) :]
    return found


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_syslog_over_a_connection(scheme: str, tmp_path: Path) -> None:
    """Each message has its length before it. A connection that the receiver closed is opened again."""
    server, trusting = tls(tmp_path)
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def receive() -> None:
            for _ in range(2):
                opened, _ = listening.accept()
                if scheme == "tls":
                    opened = server.wrap_socket(opened, server_side=True)
                opened.settimeout(20)
                octets = opened.recv(65_536)
                received.append(octets)
                opened.close()

        thread = threading.Thread(target=receive, daemon=True)
        thread.start()
        carrier = syslog(scheme, listening.getsockname()[1], trusting if scheme == "tls" else None)
        carrier.send(Batch(1, 0, [event(1), event(2)]))
        eventually("the first connection is over", lambda: len(received) == 1)
        opened = carrier._socket
        assert opened is not None
        eventually("its end arrives", lambda: carrier._closed_there(opened))
        carrier.send(Batch(3, 0, [event(3)]))
        thread.join(20)
        carrier.close()
    assert [len(messages(each)) for each in received] == [2, 1]
    assert all(HEADER.fullmatch(message.decode()) for each in received for message in messages(each))


def test_a_syslog_receiver_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(NotDeliveredError, match="Connection refused"):
        syslog("tcp", closed_port()).send(Batch(1, 0, [event(1)]))


class Broken:
    """A carrier with an error of its own."""

    def __init__(self) -> None:
        self.tries = 0

    def send(self, batch: Batch) -> None:
        self.tries += 1
        raise KeyError("x")

    def close(self) -> None:
        pass


def test_an_unexpected_error_ends_neither_the_thread_nor_the_server() -> None:
    """The events are dropped and counted; the next ones are tried."""
    carrier = Broken()
    with running(carrier) as site:
        for tries in (1, 2):
            site.outlet.put([event(1)])
            eventually("it is tried", lambda tries=tries: carrier.tries == tries)  # type: ignore[misc]
            eventually("it is counted", lambda tries=tries: site.outlet.status().dropped == tries)  # type: ignore[misc]
        assert site.changes[0].fault == "internal error: KeyError('x')"
