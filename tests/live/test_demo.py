"""The demo as a new user runs it: one command, real servers, real clients, and a main that is killed."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv6Address
from pathlib import Path
from random import Random
from typing import Any

import pytest

from console.demo.ipv6 import WIFI
from console.demo.layout import plan_layout
from console.demo.options import DemoOptions
from console.demo.run import Demo
from console.demo.scenarios import SCENARIOS, Scenario, Step
from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.command6 import read_server
from dhcpserver.client.effects6 import LeaseGranted6, Send6
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.population6 import link_local
from dhcpserver.client.relay6 import Relay6, RelaySettings6
from dhcpserver.wire.dhcp6duid import link_layer
from dhcpserver.wire.dhcp6ia import IAKind
from tests.live.pair import LiveServer as Server
from tests.live.pair import RelayedClient, eventually
from tests.peers.programs import need_root, program

pytestmark = pytest.mark.live

HARDWARE = bytes.fromhex("020000000079")
PAIRWATCH = [str(Path(sys.executable).with_name("pairwatch"))]


class RunningDemo:
    """A headless demo in a directory."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self._output = (directory.parent / "demo.output").open("w+")
        self.process = subprocess.Popen(
            [*PAIRWATCH, "demo", "--headless", "--dir", str(directory), *options],
            stdout=self._output,
            stderr=self._output,
        )

    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.directory / "demo.json").read_text())
        return document

    def server(self, role: str) -> Server:
        """A LiveServer for one of the demo's servers."""
        (found,) = (server for server in self.json()["servers"] if server["role"] == role)
        server = Server(found["name"], found["api"].split("/")[2].split(":")[0], Path(found["data"]))
        server.api = int(found["api"].rsplit(":", 1)[1])
        server.dhcp = int(found["dhcp4"].rsplit(":", 1)[1])
        server.password = Path(self.json()["password_file"]).read_text().strip()
        return server

    def status(self) -> tuple[int, str]:
        command = [*PAIRWATCH, "status", "--config", self.json()["config"]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout

    def sources(self) -> set[str]:
        """What has reported that the main does not respond: trap, poll, log."""
        command = [*PAIRWATCH, "status", "--json", "--config", self.json()["config"]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        (pair,) = json.loads(done.stdout)["pairs"]
        alarms = [alarm for alarm in pair["alarms"] if alarm["kind"] == "other-server-not-responding"]
        return {source for alarm in alarms for source in alarm["sources"]}

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self._output.close()
        return status


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path / "demo", "--clients", "40")
    try:
        eventually("demo.json", (running.directory / "demo.json").exists, 30)
        eventually("both NORMAL", lambda: "both NORMAL" in running.status()[1], 40)
        yield running
    finally:
        running.stop()


def lease_over_ipv6(server: str) -> list[str]:
    """Have a client of a relay with the link-address ::1 get an address and a prefix; what it got, and its state."""
    host, port = read_server(server)
    ias = (IARequest(IAKind.NA, 1), IARequest(IAKind.PD, 2))
    client = Client6(Identity6(link_layer(1, HARDWARE), ias), Random(), Timing6((0.0, 0.0), collect=False))
    with closing(Relay6(RelaySettings6(IPv6Address("::1"), ((host, port),)))) as relay:
        effects, found = client.start(0.0), []
        while any(isinstance(effect, Send6) for effect in effects):
            for effect in effects:
                if isinstance(effect, Send6):
                    relay.forward(effect.octets, link_local(HARDWARE), HARDWARE)
            if not select.select([relay], [], [], 1.0)[0]:
                return []
            effects = tuple(one for _, message in relay.answers() for one in client.receive(message, 0.0))
            for effect in effects:
                if isinstance(effect, LeaseGranted6):
                    network = WIFI[1] if effect.lease.kind is IAKind.NA else WIFI[2]
                    assert IPv6Address(effect.lease.address) in network
                    found.append(f"{effect.lease.kind.name}{effect.lease.iaid}")
    return [*found, client.state.name]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_creates_the_documented_files_and_leaves_no_process(demo: RunningDemo) -> None:
    """R-170, R-171: both NORMAL, a client gets a lease, and the documented files are there."""
    document = demo.json()
    assert document["pair"] == "example-pair"
    assert [server["role"] for server in document["servers"]] == ["main", "backup"]
    for key in ("traps", "config", "user", "password_file"):
        assert document[key]
    assert Path(document["password_file"]).stat().st_mode & 0o077 == 0
    code, output = demo.status()
    assert code == 0
    assert output.splitlines()[0].startswith("OK - example-pair: both NORMAL | ")
    client = RelayedClient(77, "127.0.0.77")
    address = client.get(demo.server("main"))
    client.close()
    assert address is not None
    assert address.startswith("10.64.")
    assert client.seconds == 60
    answers = [lease_over_ipv6(server["dhcp6"]) for server in document["servers"]]
    assert answers == [["NA1", "PD2", "BOUND"], []], "the backup does not answer a new client while both are NORMAL"
    assert demo.stop() == 0
    assert not any(is_running(server["pid"]) for server in document["servers"])


def test_kill_9_of_the_main_from_end_to_end(demo: RunningDemo, request: pytest.FixtureRequest) -> None:
    """R-001, R-010, R-011, R-139, R-192, R-241: the backup serves, a trap is sent, the main recovers, none is lost."""
    document = demo.json()
    main, backup = demo.server("main"), demo.server("backup")
    eventually("clients have leases", lambda: (main.pair() or {"pools": [{"leased": 0}]})["pools"][0]["leased"] >= 3)
    time.sleep(1.0)  # The collector does not report when it is ready, and a trap is sent only once.
    os.kill(document["servers"][0]["pid"], signal.SIGKILL)
    killed = time.monotonic()
    client = RelayedClient(78, "127.0.0.78")
    request.addfinalizer(client.close)
    address = eventually("the backup serves a new client", lambda: client.get(backup), 10)
    assert time.monotonic() - killed < 5
    assert client.seconds == 60
    assert 14_300 < (backup.pair() or {})["safe_period_remaining"] <= 14_400
    code, output = demo.status()
    assert code == 2
    assert "CRITICAL" in output
    eventually("the trap of the backup is in the journal that status reads", lambda: "trap" in demo.sources())
    with (main.directory / "output").open("ab") as output_file:
        again = subprocess.Popen(
            [sys.executable, "-m", "dhcpserver.main", "--data", str(main.directory)], stderr=output_file
        )
    try:
        eventually("both NORMAL again", lambda: demo.status()[0] == 0, 40)
        eventually("the main has the lease", lambda: (main.lease(address) or {}).get("binding_status") == "ACTIVE")
        client.close()
        for journal in ("clients-0.jsonl", "clients6.jsonl"):
            _check_that_no_lease_is_lost(demo.directory / journal, main)
    finally:
        again.terminate()
        again.wait(20)


def _check_that_no_lease_is_lost(journal: Path, main: Server) -> None:
    """The main has every lease of the clients, and no two clients had one address or prefix at the same time."""
    holders: dict[str, tuple[str, float]] = {}
    for line in journal.read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "grant":
            other, until = holders.get(event["address"], (event["client"], 0.0))
            assert other == event["client"] or until <= event["at"]
            holders[event["address"]] = (event["client"], event["expires_at"])
        else:
            holders.pop(event["address"], None)
    now = time.time()
    held = {address for address, (_, until) in holders.items() if until > now}
    assert held
    for address in held:
        lease = main.lease(address)
        assert lease is not None
        assert lease["binding_status"] == "ACTIVE"


def test_a_main_that_a_scenario_starts_again_serves_after_the_last_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process ends with the thread that started it, and the steps are over long before the demo."""
    steps = ((0.0, Step.KILL_MAIN), (1.0, Step.START_MAIN))
    monkeypatch.setitem(SCENARIOS, "short", Scenario("short", "a main that fails and returns", steps))
    layout = plan_layout(tmp_path)
    with closing(Demo(layout, DemoOptions(scenario="short", clients=0))) as demo:
        demo.start()
        log = layout.main.data / "logs" / "name_dhcp_1_log"
        again = "18200 Server 'dhcp-a'"
        eventually("the main was started twice", lambda: log.read_text().count(again) == 2, 20)
        eventually("it is NORMAL again", lambda: log.read_text().rpartition(again)[2].count("-> NORMAL"), 20)


@pytest.mark.peer
def test_starts_without_dhcpv6_on_a_host_without_ipv6_and_states_it(tmp_path: Path) -> None:
    """The pair is as it is with DHCPv4 alone; `demo.json` has no DHCPv6 endpoint."""
    need_root()
    name = f"pairwatch-{os.getpid()}-demo"
    inside = [program("ip"), "netns", "exec", name]
    subprocess.run([program("ip"), "netns", "add", name], check=True)
    try:
        subprocess.run([*inside, program("sysctl"), "-qw", "net.ipv6.conf.all.disable_ipv6=1"], check=True)
        subprocess.run([*inside, program("ip"), "link", "set", "lo", "up"], check=True)
        options = ["--headless", "--dir", str(tmp_path), "--clients", "2", "--seconds", "2"]
        done = subprocess.run([*inside, *PAIRWATCH, "demo", *options], capture_output=True, text=True, timeout=60)
    finally:
        subprocess.run([program("ip"), "netns", "delete", name], check=True)
    assert done.returncode == 0, done.stderr
    assert "demo: starts without DHCPv6: ::1 cannot be used (Cannot assign requested address)" in done.stdout
    document = json.loads((tmp_path / "demo.json").read_text())
    assert [server["dhcp6"] for server in document["servers"]] == [None, None]
    assert '"event": "grant"' in (tmp_path / "clients-0.jsonl").read_text()
