"""Extensions in a process of their own: answers, failures, a function that does not return, one that ends it."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from dhcpserver.wire.options4 import MessageType
from tests.live.pair import LivePair, LiveServer, RelayedClient, eventually

pytestmark = pytest.mark.live

SITE = """
import os
import time

STARTED = []


def begin(text):
    STARTED.append(text)
    print("this is not an answer")


def choose(request):
    last = int(request["hardware"][-2:], 16)
    if last == 2:
        time.sleep(60)
    if last == 3:
        os._exit(1)
    if last == 4:
        raise ValueError("not this one")
    return {"address": f"10.9.1.{last}"}


def add(request):
    return {"options": {"domain-name": STARTED[0]}}
"""
EXTENSION = """
[[extension]]
name = "choose"
file = "site.py"
entry = "choose"
time-limit = 300

[[extension]]
name = "add"
file = "site.py"
entry = "add"
init-entry = "begin"
init-args = "lab.example"
time-limit = 300

[[extension-point]]
name = "generate-lease"
extensions = ["choose"]

[[extension-point]]
name = "pre-packet-encode"
extensions = ["add"]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A main without its partner."""
    live = LivePair(tmp_path)
    path = live.main.directory / "config.toml"
    path.write_text(path.read_text() + EXTENSION)
    (live.main.directory / "extensions").mkdir()
    (live.main.directory / "extensions" / "site.py").write_text(SITE)
    live.main.start()
    try:
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
    finally:
        live.stop()


def counts(server: LiveServer) -> dict[str, int]:
    found: dict[str, int] = server.ask("/api/v1/status")["server"]["extensions"]["choose"]
    return found


def again(server: LiveServer, client: RelayedClient, before: int) -> bool:
    """Whether a client was answered by the extension once more."""
    client.get(server)
    return counts(server)["answered"] > before


def test_extensions_run_in_a_process_that_can_stop_nothing(server: LiveServer) -> None:
    """R-097: an answer is used; a failure, silence and the end of the process are counted and logged."""
    clients = {number: RelayedClient(number, f"127.0.0.{30 + number}") for number in (2, 3, 4, 77)}
    try:
        eventually("the extension answers", lambda: clients[77].get(server) == "10.9.1.77", 10)
        offer = clients[77].send(server, MessageType.DISCOVER)
        assert offer is not None
        assert offer.options[15] == b"lab.example"
        for number in (4, 2, 3):
            answered = counts(server)["answered"]
            assert clients[number].get(server) not in (None, f"10.9.1.{number}")
            eventually("it answers again", partial(again, server, clients[77], answered))
    finally:
        for each in clients.values():
            each.close()
    assert 'pairwatch_extensions_total{name="choose",outcome="late"}' in server.ask("/metrics")
    found = counts(server)
    assert found["failed"] > 0
    assert found["late"] > 0
    log = server.log()
    assert "Extension choose failed: ValueError: not this one" in log
    assert "gave no answer in time" in log
    assert server.kill(signal.SIGTERM) == 0
