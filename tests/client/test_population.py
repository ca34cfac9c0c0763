"""Many clients over days in virtual time, against a correct server and one that leases addresses twice."""

import json
import random
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from dhcpserver.client.crowd import Stats
from dhcpserver.client.ledger import Event, events, read
from dhcpserver.client.machine import Timing
from dhcpserver.client.population import Outgoing, Population, PopulationSettings
from dhcpserver.wire import dhcp4
from dhcpserver.wire.dhcp4 import Packet
from tests.client.responder import Responder
from tests.client.test_machine import FIRST, SERVER

SETTINGS = PopulationSettings(
    servers=(("127.0.0.11", 6067),),
    relays=(IPv4Address("127.0.17.1"), IPv4Address("127.0.18.1")),
    clients=50,
    arrivals_per_second=10.0,
    stay_seconds=600.0,
    away_seconds=300.0,
    release_share=0.5,
)


class FaultyResponder(Responder):
    """Leases addresses that other clients have."""

    def address(self, client: bytes) -> int:
        self.leases[client] = self.first + len(self.leases) % 7
        return self.leases[client]


def run(
    settings: PopulationSettings, server: Responder, seconds: float, lost: float = 0.0
) -> tuple[Population, list[Event], Stats]:
    """Run a population for `seconds` and lose that share of all packets. An exchange takes two milliseconds."""
    recorded: list[Event] = []
    population = Population(settings, recorded.append, 0.0)
    entropy = random.Random(5)
    in_transit: list[tuple[float, Packet]] = []
    now = 0.0

    def deliver(outgoing: list[Outgoing], now: float) -> None:
        for one in outgoing:
            answer = server.answer(one.packet) if entropy.random() >= lost else None
            if answer is not None and entropy.random() >= lost:
                in_transit.append((now + 0.002, answer))

    while now < seconds:
        arriving = in_transit[0][0] if in_transit else seconds
        now = min(max(now, population.next_due()), arriving, seconds)
        while in_transit and in_transit[0][0] <= now:
            deliver(list(population.receive(in_transit.pop(0)[1], now)), now)
        deliver(list(population.tick(now)), now)
    return population, recorded, population.stats(now, 0)


def test_every_client_gets_an_address_and_keeps_it() -> None:
    settings = replace(SETTINGS, stay_seconds=None)
    population, _, stats = run(settings, Responder(SERVER, FIRST, 1_000), 10_000.0)
    assert (stats.clients, stats.bound) == (50, 50)
    assert stats.sent["DISCOVER"] == 50
    assert stats.granted["REQUESTING"] == 50
    assert 50 * 15 < stats.granted["RENEWING"] < 50 * 25
    assert stats.latency_p50_ms == pytest.approx(4.0)
    assert len({grant.address for grant in population.ledger.held(10_000.0)}) == 50
    assert stats.conflicts == 0


@pytest.mark.parametrize("lost", [0.0, 0.2])
def test_clients_leave_and_come_back_without_a_conflict(lost: float) -> None:
    population, recorded, stats = run(SETTINGS, Responder(SERVER, FIRST, 1_000), 20_000.0, lost)
    assert stats.conflicts == 0
    assert stats.ended["released"] > 100
    assert stats.granted["REBOOTING"] > 100
    assert stats.sent["RELEASE"] == stats.ended["released"]
    assert population.ledger.grants == sum(stats.granted.values())
    assert len(recorded) == population.ledger.grants + sum(stats.ended.values())


def test_a_server_that_leases_an_address_twice_is_detected() -> None:
    _, _, stats = run(replace(SETTINGS, stay_seconds=None), FaultyResponder(SERVER, FIRST, 1_000), 60.0)
    assert stats.conflicts > 10


def test_the_same_seed_results_in_the_same_events() -> None:
    runs = [run(SETTINGS, Responder(SERVER, FIRST, 300), 2_000.0)[1] for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != run(replace(SETTINGS, seed=1), Responder(SERVER, FIRST, 300), 2_000.0)[1]


def test_clients_are_assigned_to_all_relays() -> None:
    population = Population(SETTINGS, lambda event: None, 0.0)
    assert {one.relay for one in population.tick(10.0)} == {0, 1}


def test_clients_that_wait_before_they_start_get_an_address() -> None:
    settings = replace(SETTINGS, timing=Timing(), stay_seconds=None)
    _, _, stats = run(settings, Responder(SERVER, FIRST, 1_000), 30.0)
    assert stats.bound == 50


@pytest.mark.live
def test_the_process_sends_real_packets_and_writes_its_leases(tmp_path: Path) -> None:
    server = Responder(SERVER, FIRST, 3)
    journal = tmp_path / "journal"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.11", 0))
        address = f"127.0.0.11:{sock.getsockname()[1]}"
        serving = threading.Thread(target=_serve, args=(server, sock), daemon=True)
        serving.start()
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "dhcpserver.client", "--server", address, "--relay", "127.0.17.1"),
                *("--clients", "20", "--rate", "1000", "--report", "0.2", "--journal", str(journal)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                stats = json.loads(line)
                if stats["granted"].get("RENEWING", 0) >= 20:
                    break
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        sock.sendto(b"", sock.getsockname())
        serving.join(5)
    assert stats["bound"] == 20
    assert stats["conflicts"] == 0
    with journal.open() as lines:
        ledger = read(lines)
    assert not ledger.conflicts
    with journal.open() as lines:
        granted = {event.address for event in events(lines)}
    assert granted == {str(IPv4Address(leased)) for leased in server.leases.values()}


def _serve(server: Responder, sock: socket.socket) -> None:
    """Answer to the relay, or to the client if there is none, until an empty datagram arrives."""
    while data := sock.recvfrom(2_000)[0]:
        packet = dhcp4.parse(data)
        answer = server.answer(packet)
        if answer is not None:
            to = (str(IPv4Address(packet.giaddr)), 67) if packet.giaddr else (str(IPv4Address(packet.ciaddr)), 68)
            sock.sendto(dhcp4.encode(answer), to)


def test_relays_outside_loopback_are_refused() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dhcpserver.client"),
            *("--server", "127.0.0.11:67", "--relay", "192.0.2.1", "--seconds", "0"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "192.0.2.1 is not in 127.0.0.0/8" in done.stderr
