"""Lease events of real servers: a receiver that does not answer holds no client up."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pair import LivePair, LiveServer, RelayedClient, eventually
from tests.runtime.receivers import HttpReceiver

pytestmark = pytest.mark.live


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    opened = HttpReceiver()
    yield opened
    opened.gate.set()
    opened.close()


@pytest.fixture
def server(tmp_path: Path, receiver: HttpReceiver) -> Iterator[LiveServer]:
    """A main without its partner, which reports its leases."""
    live = LivePair(tmp_path)
    path = live.main.directory / "config.toml"
    events = f'\n[lease-events]\nwebhooks = ["http://127.0.0.1:{receiver.port}/"]\nwebhook-secret = "marker-7"\n'
    path.write_text(path.read_text() + events)
    live.main.start()
    try:
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        yield live.main
    finally:
        live.stop()


def test_a_receiver_that_hangs_delays_no_client(
    server: LiveServer, receiver: HttpReceiver, client: RelayedClient
) -> None:
    """The status shows what waits; the log has no secret; all events arrive when the receiver goes on."""
    receiver.gate.clear()
    client.patience = 10.0
    addresses = []
    for number in range(20):
        client.hardware = b"\2\0\0\7\7" + bytes((number,))
        addresses.append(client.get(server))
    assert None not in addresses

    def status() -> dict[str, object]:
        (found,) = server.ask("/api/v1/status")["server"]["lease_receivers"]
        return dict(found)

    assert (status()["waiting"], status()["sent"], status()["fault"]) == (20, 0, None)
    receiver.gate.set()
    eventually("they are sent", lambda: status()["sent"] == 20)
    assert [event["address"] for event in receiver.events] == addresses
    assert receiver.requests[0][1]["Authorization"] == "marker-7"
    assert "marker-7" not in server.log() + str(server.ask("/api/v1/config"))
    with urllib.request.urlopen(f"http://{server.address}:{server.api}/metrics") as answer:
        metrics = answer.read().decode()
    assert f'lease_events_total{{outcome="sent",to="http://127.0.0.1:{receiver.port}/"}} 20.0' in metrics
