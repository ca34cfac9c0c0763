"""Notifications to the service manager, received by a socket of the test."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dhcpserver.runtime.supervision import Supervisor


class Manager:
    """The manager's side of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def close(self) -> None:
        self._socket.close()

    def received(self) -> list[str]:
        """What has arrived since the last call."""
        found: list[str] = []
        while True:
            try:
                found.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return found


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = f"@pairwatch-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "notify")
    found = Manager(name)
    yield found
    found.close()


def test_each_step_of_a_service_is_one_message(manager: Manager) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": manager.address}, 1)
    before = time.monotonic_ns() // 1000
    supervisor.ready()
    supervisor.reloading()
    supervisor.stopping()
    ready, reloading, stopping = manager.received()
    assert (ready, stopping) == ("READY=1", "STOPPING=1")
    first, second = reloading.splitlines()
    assert first == "RELOADING=1"
    assert before <= int(second.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


async def test_the_watchdog_is_fed_by_the_event_loop_and_not_by_a_loop_that_hangs(manager: Manager) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "30000"}, 1)
    watch = asyncio.create_task(supervisor.watch())
    async with asyncio.timeout(10):
        fed = 0
        while fed < 4:
            await asyncio.sleep(0.001)
            fed += manager.received().count("WATCHDOG=1")
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass
    assert manager.received() == [], "nothing is sent while the loop does not run"
    watch.cancel()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, None),
        ({"NOTIFY_SOCKET": "/x"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000"}, 60.0),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 60.0),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "0"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "-5"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_there_is_a_watchdog_only_where_the_manager_asks_this_process_for_it(
    environment: dict[str, str], expected: float | None
) -> None:
    assert Supervisor(environment, 7).watchdog_seconds == expected


async def test_a_manager_that_is_away_ends_nothing(tmp_path: Path) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nothing")}, 1)
    supervisor.ready()
    await supervisor.watch()


def test_children_are_not_told_of_the_manager(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    supervisor = Supervisor.of_process()
    assert supervisor.watchdog_seconds == 60.0
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & set(os.environ)
    supervisor.ready()
    assert manager.received() == ["READY=1"]
