"""`pairwatch serve` and `pairwatch collect` as a service manager starts them."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.test_cli import Site, site
from tests.live.pair import LivePair, eventually, free_port
from tests.packaging.units import SERVE, required, settings
from tests.runtime.test_supervision import Manager

__all__ = ["site"]
pytestmark = pytest.mark.live

FAST = "300000"
"""WATCHDOG_USEC: three messages in 0.3 s."""


class Told:
    """The messages of a process, in their order."""

    def __init__(self, manager: Manager) -> None:
        self._manager = manager
        self.all: list[str] = []

    def count(self, message: str) -> int:
        self.all += (each.splitlines()[0] for each in self._manager.received())
        return self.all.count(message)

    def wait_for(self, message: str, count: int = 1) -> None:
        eventually(f"{count} times {message}", lambda: self.count(message) >= count)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    found = Manager(str(tmp_path / "notify"))
    yield found
    found.close()


def environment(manager: Manager) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": FAST}


def test_a_server_reports_ready_when_its_api_answers_and_feeds_the_watchdog(tmp_path: Path, manager: Manager) -> None:
    live = LivePair(tmp_path / "pair")
    server, told = live.main, Told(manager)
    server.environment = environment(manager)
    try:
        server.start()
        told.wait_for("READY=1")
        assert server.ask("/healthz")
        told.wait_for("WATCHDOG=1", 5)
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        told.wait_for("READY=1", 2)
        assert server.kill(signal.SIGTERM) == 0
        told.wait_for("STOPPING=1")
    finally:
        live.stop()
    assert [each for each in told.all if each != "WATCHDOG=1"] == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]


def test_a_server_that_cannot_start_never_reports_ready(tmp_path: Path, manager: Manager) -> None:
    live = LivePair(tmp_path / "pair")
    server, told = live.main, Told(manager)
    server.environment = environment(manager)
    path = server.directory / "config.toml"
    path.write_text(path.read_text().replace("[server]", "[sever]"))
    server.start()
    assert server.process is not None
    assert server.process.wait(20) == 1
    assert told.count("READY=1") == 0


def test_a_collector_reports_each_step(site: Site, manager: Manager, tmp_path: Path) -> None:
    told = Told(manager)
    command = [sys.executable, "-m", "console.cli", "collect"]
    variables = {**os.environ, **environment(manager), "PAIRWATCH_CONFIG": site.config()}
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=variables)
    try:
        told.wait_for("READY=1")
        told.wait_for("WATCHDOG=1", 5)
        process.send_signal(signal.SIGHUP)
        told.wait_for("READY=1", 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        told.wait_for("STOPPING=1")
    finally:
        process.kill()
        process.wait()
    assert [each for each in told.all if each != "WATCHDOG=1"] == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]


def test_the_capabilities_of_the_unit_are_enough_for_the_ports_of_dhcp_and_failover(tmp_path: Path) -> None:
    """Ports 67 and 647, packet sockets and echo requests, with no other capability than those of the unit."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a process a set of capabilities")
    names = settings(SERVE, "AmbientCapabilities")[0].lower().replace("cap_", "+").split()
    code = (
        "import socket\n"
        "for kind, port in ((socket.SOCK_DGRAM, 67), (socket.SOCK_STREAM, 647)):\n"
        "    socket.socket(socket.AF_INET, kind).bind(('127.0.0.23', port))\n"
        "socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)\n"
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)\n"
    )

    def run(capabilities: list[str]) -> int:
        limit = [
            required("setpriv", "util-linux"),
            "--inh-caps=-all",
            "--bounding-set=" + ",".join(["-all", *capabilities]),
        ]
        command = [*limit, sys.executable, "-W", "ignore", "-c", code]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert run(names) == 0
    assert [run([each for each in names if each != left_out]) for left_out in names] == [1] * len(names)


def test_a_collector_serves_its_metrics_and_works_on_if_their_port_is_in_use(site: Site, tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    path = Path(site.config())
    path.write_text(path.read_text() + f'[collect]\nmetrics = "127.0.0.1:{port}"\n', encoding="utf-8")
    command = [sys.executable, "-m", "console.cli", "collect", "--config", str(path)]
    processes = []

    def page() -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    try:
        for name in ("first", "second"):
            with (tmp_path / name).open("wb") as output:
                processes.append(subprocess.Popen(command, stdout=output, stderr=output))
            eventually("both servers are seen", lambda: page().count('",state="NORMAL"} 1.0') == 2)
        eventually(
            "the second reports the port", lambda: "cannot serve metrics on" in (tmp_path / "second").read_text()
        )
        assert processes[1].poll() is None
        processes[0].send_signal(signal.SIGHUP)
        again = "the configuration was read again"
        eventually(again, lambda: again in (tmp_path / "first").read_text())
        eventually("the page is there again", lambda: page().count('",state="NORMAL"} 1.0') == 2)
    finally:
        for process in processes:
            process.kill()
            process.wait()
